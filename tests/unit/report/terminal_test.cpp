// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <sstream>

#include "framework/report/text.hpp"
#include "tests/unit/report/sample_reports.hpp"

namespace {

using nlohmann::json;
using namespace pedigree::report;
using namespace pedigree::report::testing;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TextStyle style(int width, const std::string& lang = "en", bool color = false, bool unicode = true) {
  TextStyle result;
  result.width = width;
  result.lang = lang;
  result.color = color;
  result.unicode = unicode;
  return result;
}

TEST(Terminal, says_the_verdict_in_the_first_lines_with_what_it_rests_on) {
  const auto lines = lines_of(to_terminal(clean_report(), style(80)));
  std::string head;
  for (std::size_t i = 0; i < 7; ++i) head += lines.at(i) + "\n";
  EXPECT_NE(head.find("LIKELY FROM SCRATCH"), std::string::npos) << head;
  EXPECT_NE(head.find("metadata only"), std::string::npos) << head;
  EXPECT_NE(head.find("score 80"), std::string::npos) << head;
}

TEST(Terminal, keeps_its_order_verdict_why_tables_missing_change) {
  const std::string text = to_terminal(owed_report(), style(100));
  std::size_t at = 0;
  for (const char* section : {"INCONCLUSIVE", "\nWhy", "\nComponents", "\nReferences", "\nEvidence",
                              "\nWhat is missing", "\nWhat would change"}) {
    const auto found = text.find(section, at);
    ASSERT_NE(found, std::string::npos) << section;
    at = found;
  }
}

TEST(Terminal, never_exceeds_its_width) {
  for (const auto& lang : {"en", "ko"})
    for (const int width : {40, 60, 80, 120, 200})
      for (const bool color : {false, true})
        for (const auto& report :
             {clean_report(), owed_report(), derived_report(), partial_report(), proven_report(), empty_report()})
          for (const auto& line : lines_of(to_terminal(report, style(width, lang, color))))
            ASSERT_LE(display_width(line), width) << width << " " << lang << "\n" << line;
}

TEST(Terminal, speaks_korean_and_counts_hangul_as_two) {
  const std::string text = to_terminal(owed_report(), style(80, "ko"));
  EXPECT_NE(text.find("판단 보류"), std::string::npos);
  EXPECT_NE(text.find("가중치 비교가 필요합니다"), std::string::npos);
  EXPECT_EQ(display_width("판단"), 4);
  EXPECT_EQ(display_width("abc"), 3);
  EXPECT_EQ(display_width("e\xCC\x81"), 1) << "a combining accent takes no column";
}

TEST(Terminal, without_unicode_is_ascii_and_english) {
  for (const char c : to_terminal(partial_report(), style(80, "ko", false, false)))
    ASSERT_LT(static_cast<unsigned char>(c), 128);
}

TEST(Terminal, without_colour_has_no_escape_codes) {
  EXPECT_EQ(to_terminal(derived_report(), style(80)).find('\x1b'), std::string::npos);
  EXPECT_NE(to_terminal(derived_report(), style(80, "en", true)).find('\x1b'), std::string::npos);
}

TEST(Terminal, makes_foreign_text_harmless) {
  auto case_ = sample_case();
  const std::string evil =
      "evil\x1b[2J\x07\r\n\xE2\x80\xAE"
      "reversed\xE2\x80\x8B\xFF<script>";
  case_.references.push_back({evil, "suspect", {}, {{"weight", evil}}});
  case_.missing_references = {evil};
  case_.outcomes.push_back({evil, pedigree::Family::weight, evil, pedigree::OutcomeKind::crashed, evil, 0, 0});
  case_.declared = {{evil, evil, evil}};
  auto record = core_match(5, evil, 0.3, "architecture_reuse");
  record.signal = record.unit = record.component = evil;
  record.params["reference"] = evil;
  case_.evidence = {record};
  const auto report = report_of(evil, evil, case_);
  for (const auto& lang : {"en", "ko"}) {
    const std::string text = to_terminal(report, style(100, lang));
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find('\x07'), std::string::npos);
    EXPECT_EQ(text.find('\r'), std::string::npos);
    EXPECT_EQ(text.find("\xE2\x80\xAE"), std::string::npos);
    EXPECT_EQ(text.find("\xE2\x80\x8B"), std::string::npos);
    EXPECT_EQ(text.find('\xFF'), std::string::npos);
    EXPECT_NE(text.find("\\x1b"), std::string::npos) << "shown, not hidden";
  }
}

TEST(Terminal, survives_a_document_that_is_damaged) {
  const json whole = derived_report();
  for (const json& damaged : {json(), json::array({1}), json::object(), json{{"verdict", 7}},
                              json{{"verdict", {{"label", 3}}}, {"evidence", {{"x", 1}}}}})
    EXPECT_NO_THROW(to_terminal(damaged, style(80)));
  for (const auto& [key, value] : whole.items())
    for (const json& other :
         {json(), json("text"), json::array({json::object(), 1, "x"}), json::object({{"a", 1}}), json(1e308)}) {
      json damaged = whole;
      damaged[key] = other;
      ASSERT_NO_THROW(to_terminal(damaged, style(80))) << key << " " << other.dump();
    }
}

TEST(Terminal, shows_the_count_of_what_it_leaves_out) {
  auto case_ = sample_case();
  for (int i = 0; i < 150; ++i) {
    case_.references.push_back({"many/model-" + std::to_string(i), "suspect", {}, {}});
    case_.evidence.push_back(core_match(1, "many/model-" + std::to_string(i), 0));
  }
  const auto report = report_of("x", "", case_);
  const std::string text = to_terminal(report, style(100));
  EXPECT_NE(text.find("145 more: 140 compared, 5 not compared"), std::string::npos) << text;
  EXPECT_NE(text.find("138 more findings of 150"), std::string::npos) << text;
  TextStyle all = style(100);
  all.verbose = true;
  EXPECT_NE(to_terminal(report, all).find("many/model-149"), std::string::npos);
}

TEST(Terminal, shows_no_score_before_anything_was_weighed) {
  EXPECT_EQ(to_terminal(empty_report(), style(80)).find("80 of 100"), std::string::npos);
}

TEST(Text, wraps_at_spaces_and_breaks_what_is_too_long) {
  EXPECT_EQ(wrap("one two three", 8), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrap("abcdefghij", 4), (std::vector<std::string>{"abcd", "efgh", "ij"}));
  EXPECT_EQ(wrap("가나다라", 5), (std::vector<std::string>{"가나", "다라"}));
  EXPECT_EQ(wrap("", 10), (std::vector<std::string>{""}));
}

TEST(Text, clips_at_the_end_or_in_the_middle) {
  EXPECT_EQ(clip("abcdefgh", 5), "abcd\xE2\x80\xA6");
  EXPECT_EQ(clip("abcdefgh", 5, true), "ab\xE2\x80\xA6gh");
  EXPECT_EQ(clip("가나다라", 5), "가나\xE2\x80\xA6");
  EXPECT_EQ(clip("abc", 3), "abc");
}

}  // namespace
