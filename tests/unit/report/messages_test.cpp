// SPDX-License-Identifier: MIT
#include "framework/report/messages.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/report/sample_reports.hpp"

namespace {

using nlohmann::json;
using namespace pedigree::report;

const json kCatalogue{{"k", {{"en", "{a} of {b:,} ({c:.1%})"}, {"ko", "{b:,}개 중 {a}개({c:.1%})"}}},
                      {"component.text_decoder", {{"en", "text decoder"}, {"ko", "텍스트 디코더"}}}};

TEST(Messages, fill_values_by_their_formats) {
  EXPECT_EQ(render("k", {{"a", 3}, {"b", 1234567}, {"c", 0.9258}}, "en", kCatalogue), "3 of 1,234,567 (92.6%)");
  EXPECT_EQ(render("k", {{"a", 3}, {"b", 1234567}, {"c", 0.9258}}, "ko", kCatalogue), "1,234,567개 중 3개(92.6%)");
  EXPECT_EQ(fill("{x} {x:.3} {x:.0%}", {{"x", 0.5}}, "en", kCatalogue), "0.5 0.500 50%");
  EXPECT_EQ(fill("10^{p:.0}", {{"p", -812.4}}, "en", kCatalogue), "10^-812");
  EXPECT_EQ(fill("{{x}} {n:,} {n:,} {small}", {{"n", -1000}, {"small", 1e-300}}, "en", kCatalogue),
            "{x} -1,000 -1,000 1e-300");
  EXPECT_EQ(fill("{x:.2}", {{"x", -0.001}}, "en", kCatalogue), "0.00") << "no negative zero";
}

TEST(Messages, show_a_term_in_the_reader_s_language) {
  EXPECT_EQ(fill("{component}", {{"component", "text_decoder"}}, "ko", kCatalogue), "텍스트 디코더");
  EXPECT_EQ(fill("{component}", {{"component", "talking_head"}}, "ko", kCatalogue), "talking_head");
}

TEST(Messages, join_lists_as_people_do) {
  json catalogue = kCatalogue;
  catalogue["list.last"] = {{"en", " and "}, {"ko", ", "}};
  catalogue["part.head"] = {{"en", "heads"}, {"ko", "head들"}};
  catalogue["moved"] = {{"en", "moved ({part:list})"}, {"ko", "이동({part:list})"}};
  catalogue["cut"] = {{"en", "cut by {n:,}"}, {"ko", "{n:,} 감소"}};
  const json items = {{{"key", "moved"}, {"params", {{"part", {"head", "tail"}}}}},
                      {{"key", "cut"}, {"params", {{"n", 1200}}}},
                      "other"};
  EXPECT_EQ(fill("{x:and}.", {{"x", items}}, "en", catalogue), "moved (heads, tail), cut by 1,200 and other.");
  EXPECT_EQ(fill("{x:and}.", {{"x", items}}, "ko", catalogue), "이동(head들, tail), 1,200 감소, other.");
  EXPECT_EQ(fill("{x:and}", {{"x", {"a", "b"}}}, "en", catalogue), "a and b");
  EXPECT_EQ(fill("{x:and}{x:list}", {{"x", {"a"}}}, "en", catalogue), "aa");
  EXPECT_EQ(fill("{x:and}", {{"x", json::array()}}, "en", catalogue), "");
  EXPECT_EQ(fill("{x:and}", {{"x", "no list"}}, "en", catalogue), "no list");
  const json broken = json::array({{{"key", 3}}, nullptr, {{"params", 1}}, {{"key", "cut"}, {"params", 1}}});
  EXPECT_EQ(fill("{x:and}", {{"x", broken}}, "en", catalogue), "{\"key\":3}, null, {\"params\":1} and cut by {n}");
}

TEST(Messages, leave_what_is_missing_visible_and_never_throw) {
  EXPECT_EQ(fill("{gone} {", json::object(), "en", kCatalogue), "{gone} {");
  EXPECT_EQ(fill("{x}", {{"x", nullptr}}, "en", kCatalogue), "{x}");
  EXPECT_EQ(fill("{x:,}", json::array(), "en", kCatalogue), "{x}");
  EXPECT_EQ(fill("{x}", {{"x", json::array({1, "a"})}}, "en", kCatalogue), "[1,\"a\"]");
  EXPECT_EQ(render("unknown.key", json::object(), "en", kCatalogue), "unknown.key");
  EXPECT_EQ(render("k", {{"a", 1}, {"b", 2}, {"c", 0}}, "fr", kCatalogue), "1 of 2 (0.0%)")
      << "English when a language is unknown";
}

TEST(Messages, of_the_framework_have_both_languages_and_the_same_values) {
  const auto problems = check_messages(framework_messages());
  EXPECT_TRUE(problems.empty()) << problems.front();
  EXPECT_GT(framework_messages().size(), 100u);
}

TEST(Messages, of_every_plugin_have_both_languages_and_the_same_values) {
  std::size_t catalogues = 0;
  for (const auto& folder :
       std::filesystem::directory_iterator(std::filesystem::path(PEDIGREE_SOURCE_DIR) / "plugins")) {
    std::ifstream file(folder.path() / "messages.json");
    if (!file) continue;
    ++catalogues;
    const auto problems = check_messages(json::parse(file));
    EXPECT_TRUE(problems.empty()) << folder.path() << ": " << problems.front();
  }
  EXPECT_GE(catalogues, 1u);
}

TEST(Messages, check_finds_what_is_wrong) {
  EXPECT_EQ(check_messages({{"k", {{"en", "x"}}}}).size(), 1u);
  EXPECT_EQ(check_messages({{"k", {{"en", "{a}"}, {"ko", "{b}"}}}}).size(), 1u);
  EXPECT_EQ(check_messages({{"k", {{"en", "{a:x}"}, {"ko", "{a}"}}}}).size(), 1u);
  EXPECT_EQ(check_messages({{"k", "no object"}}).size(), 2u);
  EXPECT_TRUE(check_messages(kCatalogue).empty());
}

TEST(Numbers, are_shortest_and_read_back_the_same) {
  EXPECT_EQ(shortest(0.1), "0.1");
  EXPECT_EQ(shortest(-812.4), "-812.4");
  EXPECT_EQ(shortest(1), "1");
  EXPECT_EQ(std::stod(shortest(1.0 / 3)), 1.0 / 3);
  EXPECT_EQ(thousands(1000), "1,000");
  EXPECT_EQ(thousands(999), "999");
  EXPECT_EQ(thousands(1234.5), "1,234.5");
}

/// Every key the weighing can give must be in the catalogue: the keys stand in its source.
TEST(Messages, know_every_key_the_weighing_gives) {
  const auto catalogue = framework_messages();
  std::size_t found = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(std::filesystem::path(PEDIGREE_SOURCE_DIR) / "framework/verdict")) {
    std::ifstream stream(file.path());
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    for (std::size_t at = 0; (at = text.find("\"verdict.", at)) != std::string::npos; ++at) {
      const std::string key = text.substr(at + 1, text.find('"', at + 1) - at - 1);
      EXPECT_TRUE(catalogue.contains(key)) << key;
      ++found;
    }
  }
  EXPECT_GT(found, 15u);
}

}  // namespace
