#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Each header of sdk/, framework/ and plugins/ compiles alone: include what you use.
set -euo pipefail
compiler=$1 source=$2
eigen=$(pkg-config --cflags eigen3 2>/dev/null || echo -I/usr/include/eigen3)
check() {
  printf '#include "%s"\n' "$1" |
    "$compiler" -std=c++20 -fsyntax-only -x c++ $eigen -mavx2 -mfma -I"$source" -I"$source/sdk/include" -I"$source/sdk/io/include" - ||
    { echo "not self-contained: $1"; return 1; }
}
export -f check
export compiler source eigen
[ "$(uname -m)" = x86_64 ] || eval "$(declare -f check | sed 's/-mavx2 -mfma//')"
cd "$source"
find sdk framework plugins -name '*.hpp' -not -path 'sdk/template/*' -print0 | sort -z |
  xargs -0 -P"$(nproc)" -I{} bash -c 'check "$source/{}"'
