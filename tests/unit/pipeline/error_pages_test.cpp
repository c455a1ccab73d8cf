// SPDX-License-Identifier: MIT
// Every code of the reader has a page, and the example on the page gives that code.
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "framework/pipeline/codes.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/pipeline/reading.hpp"

namespace pedigree::pipeline {
namespace {
using testing::Reading;

struct Block {
  std::string language, text;
};

std::string slurp(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::filesystem::path page_of(std::string_view code) {
  return pedigree::testing::source_path("docs/errors/" + std::string(code) + ".md");
}

std::vector<Block> blocks_of(const std::string& page) {
  std::vector<Block> out;
  std::istringstream lines(page);
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) {
      if (!inside) out.push_back({line.substr(3), ""});
      inside = !inside;
    } else if (inside) {
      out.back().text += line + "\n";
    }
  }
  return out;
}

/// Codes whose cause is no text: each has a case of its own in file_test.cpp.
const std::set<std::string_view> kWithoutExample{"PED-P001", "PED-P002", "PED-P003", "PED-P004"};

TEST(ErrorPages, every_code_has_a_page_that_begins_with_its_title) {
  for (const auto& code : codes())
    EXPECT_TRUE(
        slurp(page_of(code.code)).starts_with("# " + std::string(code.code) + ": " + std::string(code.title) + "\n"))
        << code.code;
}

TEST(ErrorPages, every_page_of_the_pipeline_belongs_to_a_code) {
  std::set<std::string> known;
  for (const auto& code : codes()) known.emplace(code.code);
  for (const auto& entry : std::filesystem::directory_iterator(pedigree::testing::source_path("docs/errors"))) {
    const std::string stem = entry.path().stem().string();
    if (stem.starts_with("PED-P")) {
      EXPECT_TRUE(known.count(stem) == 1) << stem;
    }
  }
}

TEST(ErrorPages, the_example_on_a_page_gives_the_code_of_the_page) {
  for (const auto& code : codes()) {
    if (kWithoutExample.count(code.code) == 1) continue;
    Reading reading;
    std::string example;
    for (const auto& block : blocks_of(slurp(page_of(code.code)))) {
      const std::string marker = "# file: ";
      const std::string first = block.text.substr(0, block.text.find('\n'));
      if (block.language == "yaml" && first.starts_with(marker))
        reading.folder.write(first.substr(marker.size()), block.text);
      else if (block.language == "yaml")
        example = block.text;
      const auto set = block.text.find("--set '");
      if (block.language == "sh" && set != std::string::npos)
        reading.context.set = {block.text.substr(set + 7, block.text.find('\'', set + 7) - set - 7)};
    }
    ASSERT_FALSE(example.empty()) << code.code;
    const auto result = reading.read(example);
    EXPECT_THAT(testing::codes_of(result), ::testing::Contains(std::string(code.code))) << code.code;
    // one cause, one finding: an example must not drag others along
    EXPECT_LE(result.diagnostics.size(), code.code == "PED-P016" ? 2u : 1u) << code.code << "\n"
                                                                            << to_text(result.diagnostics, false);
    for (const auto& diagnostic : result.diagnostics) {
      const bool warning = std::string(code.title).ends_with("(warning)");
      EXPECT_EQ(diagnostic.severity, warning ? Severity::warning : Severity::error) << code.code;
      EXPECT_EQ(result.pipeline.has_value(), warning) << code.code;
      EXPECT_FALSE(diagnostic.file.empty()) << code.code;
    }
    EXPECT_EQ(only_environment(result.diagnostics), code.environment) << code.code;
  }
}

TEST(ErrorPages, the_index_lists_every_code) {
  const std::string index = slurp(pedigree::testing::source_path("docs/errors/README.md"));
  for (const auto& code : codes()) {
    const std::string name{code.code};
    EXPECT_NE(index.find("| [" + name + "](" + name + ".md) | " + std::string(code.title) + " |"), std::string::npos)
        << name;
  }
}

}  // namespace
}  // namespace pedigree::pipeline
