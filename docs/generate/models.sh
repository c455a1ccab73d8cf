#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Writes docs/models/*.md: what `pedigree verify` prints for each shipped pipeline, from the catalog
# alone, in English and Korean. With --check it changes nothing and fails when a page is stale.
# usage: docs/generate/models.sh [--check]    (pedigree must be on PATH)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
check=no
[ "${1:-}" = --check ] && check=yes
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

# An empty home: no Hub cache, no earlier results, one width and no colour.
verdict() {
  env -i PATH="$PATH" HOME="$work" XDG_CACHE_HOME="$work/cache" COLUMNS=100 NO_COLOR=1 LANG=C.UTF-8 LC_ALL=C.UTF-8 \
    ${ASAN_OPTIONS:+ASAN_OPTIONS="$ASAN_OPTIONS"} \
    pedigree verify "$1" --lang "$2" --format text --quiet --no-cache --progress none -o "$work/run-$2-$(basename "$1")" 2>/dev/null
}

page() {
  local pipeline=$1 name
  name=$(basename "$pipeline" .yaml)
  printf '# %s\n\nMade by `./dev docs` from `pipelines/models/%s.yaml`. No file of the model was read: these are the facts of\n' "$name" "$name"
  printf 'the catalog, and the report says so.\n\n## English\n\n```text\n'
  verdict "$pipeline" en
  printf '```\n\n## 한국어\n\n```text\n'
  verdict "$pipeline" ko
  printf '```\n'
}

for pipeline in "$root"/pipelines/models/*.yaml; do
  name=$(basename "$pipeline" .yaml)
  page "$pipeline" >"$work/$name.md"
  if [ "$check" = yes ]; then
    diff -u "$root/docs/models/$name.md" "$work/$name.md" || { echo "stale: docs/models/$name.md (run ./dev docs)"; status=1; }
  else
    mkdir -p "$root/docs/models"
    mv "$work/$name.md" "$root/docs/models/$name.md"
  fi
done
exit "$status"
