#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Each header of sdk/, framework/ and plugins/ compiles alone: include what you use. A header that some source
# file includes before anything else has shown it in the build; the others are compiled here.
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

shown=$(find sdk framework plugins -name '*.cpp' -not -path 'sdk/template/*' \
  -exec awk 'FNR == 1 { seen = 0 } !seen && /^#include/ { seen = 1; if (split($2, part, "\"") > 1) print part[2] }' {} + | sort -u)
unshown() {
  local header
  while read -r header; do
    grep -qxF -e "$header" -e "${header#sdk/include/}" -e "${header#sdk/io/include/}" <<<"$shown" || printf '%s\0' "$header"
  done
}
find sdk framework plugins -name '*.hpp' -not -path 'sdk/template/*' | sort | unshown |
  xargs -0 -r -P"$(nproc)" -I{} bash -c 'check "$source/{}"'
