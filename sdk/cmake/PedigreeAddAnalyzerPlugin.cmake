# SPDX-License-Identifier: MIT
# pedigree_add_analyzer_plugin(NAME SOURCES ... [LINK ...] [MESSAGES messages.json] [OUTPUT_DIR dir])
# Builds NAME.pedigree.so with only the entry symbol visible, and writes NAME.pedigree.json (the
# manifest: descriptor, messages, SHA-256) beside it.
#
# pedigree_add_conformance_test(NAME [ARGUMENTS ...])
# A test "conformance.NAME" that runs pedigree-conformance on the built plugin.
include_guard(GLOBAL)
set(PEDIGREE_SDK_CMAKE_DIR ${CMAKE_CURRENT_LIST_DIR})

function(pedigree_add_analyzer_plugin name)
  cmake_parse_arguments(ARG "" "MESSAGES;OUTPUT_DIR" "SOURCES;LINK" ${ARGN})
  if(NOT ARG_OUTPUT_DIR)
    set(ARG_OUTPUT_DIR ${CMAKE_CURRENT_BINARY_DIR})
  endif()
  add_library(${name} MODULE ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES PREFIX "" SUFFIX ".pedigree.so" CXX_VISIBILITY_PRESET hidden
                        VISIBILITY_INLINES_HIDDEN ON LIBRARY_OUTPUT_DIRECTORY ${ARG_OUTPUT_DIR})
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_link_libraries(${name} PRIVATE pedigree::sdk ${ARG_LINK})
  target_link_options(${name} PRIVATE -Wl,--version-script=${PEDIGREE_SDK_CMAKE_DIR}/plugin.version
                      -Wl,-z,relro,-z,now)
  if(NOT PEDIGREE_SANITIZE)
    target_link_options(${name} PRIVATE -Wl,-z,defs)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${name} PRIVATE -fno-gnu-unique)
  endif()
  set(describe $<TARGET_FILE:pedigree::worker> describe $<TARGET_FILE:${name}>
      --output ${ARG_OUTPUT_DIR}/${name}.pedigree.json)
  if(ARG_MESSAGES)
    list(APPEND describe --messages ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_MESSAGES})
    set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_MESSAGES})
  endif()
  add_custom_command(TARGET ${name} POST_BUILD COMMAND ${describe} VERBATIM
                     COMMENT "Describing ${name}.pedigree.so")
  if(TARGET pedigree-worker)
    add_dependencies(${name} pedigree-worker)
  endif()
endfunction()

function(pedigree_add_conformance_test name)
  cmake_parse_arguments(ARG "" "" "ARGUMENTS" ${ARGN})
  add_test(NAME conformance.${name}
           COMMAND $<TARGET_FILE:pedigree::conformance> $<TARGET_FILE:${name}> --worker $<TARGET_FILE:pedigree::worker>
                   ${ARG_ARGUMENTS})
  set_tests_properties(conformance.${name} PROPERTIES LABELS conformance TIMEOUT 900)
endfunction()
