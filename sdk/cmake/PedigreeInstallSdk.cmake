# SPDX-License-Identifier: MIT
# find_package(pedigree-sdk): headers, the reader library, pedigree_add_analyzer_plugin(), the template.
# `cmake --install BUILD --component sdk` installs just that, with the worker and the conformance program.
include(CMakePackageConfigHelpers)
set(PEDIGREE_SDK_VERSION 1.0.0)  # of the boundary: ABI major and minor (sdk/include/pedigree/abi.h), and a patch
set(sdk_package lib/cmake/pedigree-sdk)
set(sdk_source ${PROJECT_SOURCE_DIR}/sdk)

set_target_properties(pedigree_sdk PROPERTIES EXPORT_NAME sdk)
set_target_properties(pedigree_io PROPERTIES EXPORT_NAME io)
install(TARGETS pedigree_sdk EXPORT pedigree-sdk-targets COMPONENT sdk)
install(TARGETS pedigree_io EXPORT pedigree-sdk-io-targets ARCHIVE DESTINATION lib COMPONENT sdk)
install(DIRECTORY ${sdk_source}/include/ ${sdk_source}/io/include/ DESTINATION include COMPONENT sdk
        FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
install(EXPORT pedigree-sdk-targets NAMESPACE pedigree:: DESTINATION ${sdk_package} COMPONENT sdk)
install(EXPORT pedigree-sdk-io-targets NAMESPACE pedigree:: DESTINATION ${sdk_package} COMPONENT sdk)

configure_package_config_file(${sdk_source}/cmake/pedigree-sdk-config.cmake.in
                              ${PROJECT_BINARY_DIR}/pedigree-sdk-config.cmake INSTALL_DESTINATION ${sdk_package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/pedigree-sdk-config-version.cmake
                                 VERSION ${PEDIGREE_SDK_VERSION} COMPATIBILITY SameMajorVersion)
# The product's own version is another name of the same package: find_package(pedigree-sdk 0.1) means this one too.
file(APPEND ${PROJECT_BINARY_DIR}/pedigree-sdk-config-version.cmake "
if(PACKAGE_FIND_VERSION VERSION_GREATER_EQUAL ${PROJECT_VERSION_MAJOR}.0 AND
   PACKAGE_FIND_VERSION VERSION_LESS_EQUAL ${PROJECT_VERSION})
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
endif()
")
install(FILES ${PROJECT_BINARY_DIR}/pedigree-sdk-config.cmake ${PROJECT_BINARY_DIR}/pedigree-sdk-config-version.cmake
              ${sdk_source}/cmake/PedigreeAddAnalyzerPlugin.cmake ${sdk_source}/cmake/plugin.version
        DESTINATION ${sdk_package} COMPONENT sdk)
install(DIRECTORY ${sdk_source}/template/ DESTINATION share/pedigree/template COMPONENT sdk)

# The build tree answers like an installed one.
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/share/pedigree)
file(CREATE_LINK ${sdk_source}/template ${PROJECT_BINARY_DIR}/share/pedigree/template SYMBOLIC)
