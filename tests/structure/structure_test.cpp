// SPDX-License-Identifier: MIT
// The one dependency rule (README, design): sdk depends on nothing here, plugins see sdk only,
// the framework sees the C header and sdk/io only, and each framework module only what it links.
#include <gtest/gtest.h>

#include "tests/structure/source_tree.hpp"

namespace pedigree::structure {
namespace {

bool starts(const std::string& text, const std::string& prefix) { return text.rfind(prefix, 0) == 0; }

std::string second_folder(const std::string& path) {
  const auto first = path.find('/');
  return path.substr(first + 1, path.find('/', first + 1) - first - 1);
}

bool in_tests(const SourceFile& file) { return file.path.find("/tests/") != std::string::npos; }

TEST(Structure, sdk_includes_nothing_of_this_project_but_itself) {
  for (const auto& file : read_sources({"sdk"}))
    for (const auto& include : file.includes)
      EXPECT_FALSE(starts(include, "framework/") || starts(include, "plugins/") || starts(include, "tests/"))
          << file.path << " includes " << include;
}

TEST(Structure, a_plugin_sees_the_sdk_and_its_own_folder_only) {
  for (const auto& file : read_sources({"plugins"})) {
    const std::string own = "plugins/" + second_folder(file.path) + "/";
    for (const auto& include : file.includes) {
      EXPECT_FALSE(starts(include, "framework/")) << file.path << " includes " << include;
      if (starts(include, "plugins/")) {
        EXPECT_TRUE(starts(include, own)) << file.path << " includes " << include;
      }
      if (starts(include, "tests/")) {
        EXPECT_TRUE(in_tests(file)) << file.path << " includes " << include;
      }
    }
  }
}

TEST(Structure, the_framework_sees_the_c_header_and_the_readers_only) {
  for (const auto& file : read_sources({"framework"}))
    for (const auto& include : file.includes) {
      EXPECT_FALSE(starts(include, "plugins/") || starts(include, "tests/")) << file.path << " includes " << include;
      if (starts(include, "pedigree/")) {
        EXPECT_TRUE(include == "pedigree/abi.h" || starts(include, "pedigree/io/"))
            << file.path << " includes " << include;
      }
    }
}

TEST(Structure, a_framework_module_includes_only_modules_it_links) {
  const auto links = framework_links();
  ASSERT_GE(links.size(), 8u) << "framework/CMakeLists.txt was not understood";
  for (const auto& file : read_sources({"framework"})) {
    const std::string module = second_folder(file.path);
    if (module == "cli" || links.count(module) == 0) continue;
    for (const auto& include : file.includes) {
      if (!starts(include, "framework/")) continue;
      const std::string other = second_folder(include);
      EXPECT_TRUE(other == module || links.at(module).count(other) == 1)
          << file.path << " includes " << include << " but framework/CMakeLists.txt does not link it";
    }
  }
}

TEST(Structure, third_party_libraries_stay_in_their_homes) {
  struct Home {
    std::string include;
    std::vector<std::string> folders;
  };
  const std::vector<Home> homes{
      {"yaml-cpp/", {"framework/pipeline/"}},
      {"boost/dll", {"framework/plugin/", "framework/worker/", "sdk/conformance/"}},
      {"boost/program_options", {"framework/cli/"}},
      {"Eigen/", {"plugins/", "sdk/io/"}},
      {"curl/", {"plugins/behavior/"}},
  };
  for (const auto& file : read_sources({"framework", "plugins", "sdk"}))
    for (const auto& include : file.includes)
      for (const auto& home : homes) {
        if (!starts(include, home.include)) continue;
        bool allowed = false;
        for (const auto& folder : home.folders) allowed |= starts(file.path, folder);
        EXPECT_TRUE(allowed) << file.path << " includes " << include;
      }
}

TEST(Structure, weighing_and_reporting_touch_no_file_clock_or_environment) {
  for (const auto& file : read_sources({"framework/verdict", "framework/report"})) {
    for (const auto& include : file.includes)
      for (const std::string banned :
           {"fstream", "filesystem", "chrono", "ctime", "unistd.h", "thread", "iostream", "cstdio"})
        EXPECT_NE(include, banned) << file.path;
    for (const std::string banned : {"getenv", "std::cout", "std::cerr", "printf("})
      EXPECT_EQ(file.text.find(banned), std::string::npos) << file.path << " uses " << banned;
  }
}

TEST(Structure, libraries_neither_print_nor_exit) {
  for (const auto& file : read_sources({"framework", "plugins", "sdk/io", "sdk/include"})) {
    if (starts(file.path, "framework/cli/") || starts(file.path, "framework/worker/main/") || in_tests(file) ||
        file.path.find("/bench/") != std::string::npos)
      continue;
    for (const std::string banned : {"std::cout", "std::cerr", "std::exit(", "std::abort("})
      EXPECT_EQ(file.text.find(banned), std::string::npos) << file.path << " uses " << banned;
  }
}

TEST(Structure, a_file_fits_in_a_head) {
  for (const auto& file : read_sources({"framework", "plugins", "sdk", "tests"}))
    EXPECT_LE(file.lines, 500) << file.path;
}

TEST(Structure, every_file_names_its_licence) {
  for (const auto& file : read_sources({"framework", "plugins", "sdk", "tests"}))
    EXPECT_NE(file.text.substr(0, 200).find("SPDX-License-Identifier: MIT"), std::string::npos) << file.path;
}

}  // namespace
}  // namespace pedigree::structure
