#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs the five shipped pipelines, from the catalog alone, and lets `pedigree docs update` write docs/models,
# docs/methods and docs/tutorial from them. With --check nothing is written: it fails when a page is stale, or when the
# terminal report in a model's page is not what `pedigree verify` prints.
# usage: docs/generate/models.sh [--check]    (pedigree must be on PATH)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

# An empty home: no Hub cache, no earlier results, one width and no colour.
pedigree_alone() {
  env -i PATH="$PATH" HOME="$work" XDG_CACHE_HOME="$work/cache" COLUMNS=100 NO_COLOR=1 LANG=C.UTF-8 LC_ALL=C.UTF-8 \
    ${ASAN_OPTIONS:+ASAN_OPTIONS="$ASAN_OPTIONS"} pedigree "$@"
}

# The block of a page that shows the terminal: between the markers, without the fence.
pasted() { sed -n '/pedigree:begin terminal/,/pedigree:end terminal/p' "$1" | sed '1,2d;$d' | sed '$d'; }

runs=()
mkdir "$work/runs"
for pipeline in "$root"/pipelines/models/*.yaml; do
  run=$work/runs/$(basename "$pipeline" .yaml)
  pedigree_alone verify "$pipeline" --lang en --format text --quiet --no-cache --progress none -o "$run" >"$run.en.txt"
  pedigree_alone report "$run" --lang ko --format text >"$run.ko.txt"
  runs+=("$run")
done

pedigree_alone docs update "${runs[@]}" --into "$root/docs" "$@" || status=$?

for run in "${runs[@]}"; do
  page=$root/docs/models/$(basename "$run")
  diff -u <(pasted "$page.md") "$run.en.txt" || { echo "not what verify prints: $page.md"; status=1; }
  diff -u <(pasted "$page.ko.md") "$run.ko.txt" || { echo "not what report prints: $page.ko.md"; status=1; }
done
[ "$status" = 0 ] || echo "run ./dev docs"
exit "$status"
