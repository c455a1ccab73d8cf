#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# package_test.sh BUILD CMAKE COMPILER SANITIZERS: the installed SDK serves a project that knows nothing else of us.
set -euo pipefail
build=$1 cmake=$2 compiler=$3 sanitize=$4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
command -v make >/dev/null || export CMAKE_GENERATOR=Ninja  # a machine set up by ./dev alone has no make
fail() { echo "package_test: $*" >&2; exit 1; }

"$cmake" --install "$build" --component sdk --prefix "$folder/prefix" >install.log || { cat install.log; fail "install"; }
for file in include/pedigree/abi.h include/pedigree/analyzer.hpp include/pedigree/io/tensor_store.hpp \
  libexec/pedigree/pedigree-worker bin/pedigree-conformance share/pedigree/template/CMakeLists.txt; do
  [ -f "prefix/$file" ] || fail "$file is not installed"
done
! grep -rl --include='*.cmake' -e "$build" prefix/lib/cmake/pedigree-sdk || fail "the package names the build folder"

# The prefix may be moved anywhere.
mv prefix moved
configure() { "$cmake" -S "$1" -B "$1/build" -DCMAKE_PREFIX_PATH="$folder/moved" -DCMAKE_CXX_COMPILER="$compiler" "${@:2}"; }

cp -r moved/share/pedigree/template project
configure project -DCMAKE_BUILD_TYPE=Release >configure.log 2>&1 || { cat configure.log; fail "the template does not configure"; }
"$cmake" --build project/build >build.log 2>&1 || { cat build.log; fail "the template does not build"; }
(cd project/build && ctest --output-on-failure) || fail "the template does not conform"
"$cmake" --install project/build --prefix "$folder/home" >/dev/null
[ -f home/lib/pedigree/plugins/my_analyzer.pedigree.json ] || fail "the template does not install"

# Versions: of the boundary, of the product, and one that is not there.
asks() {
  mkdir -p "ask-$1"
  printf 'cmake_minimum_required(VERSION 3.25)\nproject(ask LANGUAGES CXX)\nfind_package(pedigree-sdk %s CONFIG REQUIRED)\n' \
    "$1" >"ask-$1/CMakeLists.txt"
  configure "ask-$1" >"ask-$1.log" 2>&1
}
asks 1.0 || { cat ask-1.0.log; fail "version 1.0 is refused"; }
asks 0.1 || { cat ask-0.1.log; fail "version 0.1 is refused"; }
if asks 2.0; then fail "version 2.0 is accepted"; fi

# The readers, for authors who want them. A sanitized archive needs a sanitized program.
[ -z "$sanitize" ] || exit 0
mkdir reader
cat >reader/CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(reader LANGUAGES CXX)
find_package(pedigree-sdk 1.0 CONFIG REQUIRED COMPONENTS io)
add_executable(reader reader.cpp)
target_compile_features(reader PRIVATE cxx_std_20)
target_link_libraries(reader PRIVATE pedigree::io)
CMAKE
cat >reader/reader.cpp <<'CPP'
#include <pedigree/analyzer.hpp>
#include <pedigree/io/json.hpp>
#include <nlohmann/json.hpp>
int main() { return pedigree::io::parse_json("{\"a\": 1}").ok() && !pedigree::io::parse_json("{").ok() ? 0 : 1; }
CPP
configure reader >reader.log 2>&1 && "$cmake" --build reader/build >>reader.log 2>&1 || { cat reader.log; fail "component io"; }
reader/build/reader || fail "component io does not run"
