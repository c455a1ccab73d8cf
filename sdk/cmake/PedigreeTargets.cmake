# SPDX-License-Identifier: MIT
# How this project declares its own targets: one call per folder, sources found by name.
include_guard(GLOBAL)

# Warnings, hardening and sanitizers for our own code only.
add_library(pedigree_options INTERFACE)
target_compile_options(pedigree_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                       -Wno-sign-conversion -Wno-restrict -fstack-protector-strong)
if(PEDIGREE_WERROR)
  target_compile_options(pedigree_options INTERFACE -Werror)
endif()
if(PEDIGREE_SANITIZE)
  target_compile_options(pedigree_options INTERFACE -fsanitize=${PEDIGREE_SANITIZE} -fno-omit-frame-pointer
                         -fno-sanitize-recover=all)
  target_link_options(pedigree_options INTERFACE -fsanitize=${PEDIGREE_SANITIZE})
  target_compile_definitions(pedigree_options INTERFACE _GLIBCXX_ASSERTIONS PEDIGREE_SANITIZED)
  # g++ warns wrongly of uninitialised members once it has inlined its own checks; the release build has the warning.
  target_compile_options(pedigree_options INTERFACE -Wno-maybe-uninitialized)
else()
  target_compile_definitions(pedigree_options INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
endif()

# Call it first in a folder whose code does little arithmetic: under sanitizers -Og compiles it in half
# the time of -O1 and runs it nearly as fast.
macro(pedigree_compile_lightly)
  if(PEDIGREE_SANITIZE)
    add_compile_options(-Og)
  endif()
endmacro()

# pedigree_module(name [LINK libs...]): the static library of the current folder's *.cpp
function(pedigree_module name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/${name}/main/[^/]*$")  # a program's own main
  if(NOT sources)
    add_library(pedigree_${name} INTERFACE)
    target_link_libraries(pedigree_${name} INTERFACE ${ARG_LINK})
    target_include_directories(pedigree_${name} INTERFACE ${PROJECT_SOURCE_DIR})
    return()
  endif()
  add_library(pedigree_${name} STATIC ${sources})
  target_include_directories(pedigree_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(pedigree_${name} PUBLIC ${ARG_LINK} PRIVATE pedigree_options)
endfunction()

# pedigree_test(name SOURCES ... [LINK libs...] [LABELS ...] [WHOLE]): one GoogleTest program, each case a ctest;
# WHOLE: the program is one ctest, because its cases share something that takes long to make
function(pedigree_test name)
  cmake_parse_arguments(ARG "WHOLE" "" "SOURCES;LINK;LABELS" ${ARGN})
  if(NOT PEDIGREE_TESTS OR NOT ARG_SOURCES)
    return()
  endif()
  find_package(GTest REQUIRED)
  include(GoogleTest)
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} pedigree_options GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE PEDIGREE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                             PEDIGREE_BINARY_DIR="${PROJECT_BINARY_DIR}")
  if(ARG_WHOLE)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 1500)
    return()
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                       PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 1500)
endfunction()

# pedigree_bench(bench_NAME SOURCES ... [LINK libs...]): a program that prints a JSON list of
# {name, value, unit, compared_to, ratio} on stdout. `./dev bench` builds every one (target
# `benches`), runs it, and joins the lists in build/bench/results.json. See tests/bench/README.md.
function(pedigree_bench name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  if(NOT PEDIGREE_BENCH OR NOT ARG_SOURCES)
    return()
  endif()
  if(NOT TARGET benches)
    add_custom_target(benches)
  endif()
  add_executable(${name} EXCLUDE_FROM_ALL ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} pedigree_options)
  target_compile_definitions(${name} PRIVATE PEDIGREE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
  add_dependencies(benches ${name})
endfunction()
