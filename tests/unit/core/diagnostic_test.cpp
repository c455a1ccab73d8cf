// SPDX-License-Identifier: MIT
#include "framework/core/diagnostic.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace pedigree {
namespace {
using ::testing::HasSubstr;
using ::testing::Not;

Diagnostic example() {
  Diagnostic out;
  out.code = "PED-P012";
  out.file = "solar.yaml";
  out.line = 27;
  out.column = 7;
  out.width = 6;
  out.message = "unknown key 'wieght' in analyzer 'merges'";
  out.excerpt = "      wieght: 1.5";
  out.suggestion = "did you mean 'weight'?";
  out.allowed = "id, use, with";
  out.see = "pedigree describe tokenizer.merges";
  return out;
}

TEST(DiagnosticText, has_place_excerpt_underline_suggestion_words_and_page) {
  EXPECT_EQ(to_text(example(), false),
            "solar.yaml:27:7: error: unknown key 'wieght' in analyzer 'merges' [PED-P012]\n"
            "   27 |       wieght: 1.5\n"
            "      |       ^~~~~~ did you mean 'weight'?\n"
            "  allowed here: id, use, with\n"
            "  more: docs/errors/PED-P012.md    see: pedigree describe tokenizer.merges\n");
}

TEST(DiagnosticText, leaves_out_what_is_not_known) {
  Diagnostic bare;
  bare.severity = Severity::warning;
  bare.message = "something";
  EXPECT_EQ(to_text(bare, false), "warning: something\n");
  bare.file = "x.yaml";
  bare.suggestion = "do this";
  EXPECT_EQ(to_text(bare, false), "x.yaml: warning: something\n  do this\n");
  bare.code = "OPEN_FAILED";
  EXPECT_THAT(to_text(bare, false), Not(HasSubstr("docs/errors"))) << "only our own numbered codes have pages";
}

TEST(DiagnosticText, underlines_the_right_word_after_wide_characters) {
  Diagnostic wide = example();
  wide.excerpt = "모델: wieght";  // two syllables of two columns each, then ': '
  wide.column = 5;
  // the word begins in terminal column 2*2 + 2 = 6 (from 0)
  EXPECT_THAT(to_text(wide, false), HasSubstr("\n      |       ^~~~~~ did"));
}

TEST(DiagnosticText, never_lets_the_file_speak_to_the_terminal) {
  Diagnostic evil = example();
  evil.excerpt = "\x1B]0;owned\x07 \xFF \xE2\x80\xAE txt";
  evil.message = "found '\x1B[2J'";
  evil.file = "a\nb";
  const std::string text = to_text(evil, false);
  for (const char bad : {'\x1B', '\x07', '\xFF'}) EXPECT_EQ(text.find(bad), std::string::npos);
  EXPECT_EQ(text.find("\xE2\x80\xAE"), std::string::npos) << "right-to-left override";
  EXPECT_EQ(text.find('\n'), text.find("\n   27 |")) << "one line before the excerpt";
}

TEST(DiagnosticText, cuts_long_lines_around_the_place) {
  Diagnostic far = example();
  far.excerpt = std::string(5000, 'a') + "HERE" + std::string(5000, 'b');
  far.column = 5001;
  far.width = 4;
  const std::string text = to_text(far, false);
  EXPECT_LT(text.size(), 700u);
  // the marks stand under HERE: same distance from the bar
  const auto excerpt = text.find("   27 | ");
  const auto underline = text.find("      | ");
  EXPECT_EQ(text.find("HERE") - excerpt, text.find("^~~~") - underline);
}

TEST(DiagnosticText, colours_only_when_asked) {
  EXPECT_THAT(to_text(example(), true), HasSubstr("\033[1;31merror"));
  EXPECT_THAT(to_text(example(), false), Not(HasSubstr("\033")));
}

TEST(DiagnosticJson, has_the_documented_fields) {
  const auto json = to_json(example());
  EXPECT_EQ(json["code"], "PED-P012");
  EXPECT_EQ(json["severity"], "error");
  EXPECT_EQ(json["file"], "solar.yaml");
  EXPECT_EQ(json["line"], 27);
  EXPECT_EQ(json["column"], 7);
  EXPECT_EQ(json["message"], "unknown key 'wieght' in analyzer 'merges'");
  EXPECT_EQ(json["suggestion"], "did you mean 'weight'?");
}

TEST(Nearest, is_within_a_third_of_the_word) {
  const std::vector<std::string> words{"weight", "with", "use", "limits"};
  EXPECT_EQ(nearest("wieght", words), "weight") << "a swap counts once";
  EXPECT_EQ(nearest("wei", words), "") << "three letters away";
  EXPECT_EQ(nearest("uze", words), "use");
  EXPECT_EQ(nearest("us", words), "") << "two letters allow no change";
  EXPECT_EQ(nearest("", words), "");
  EXPECT_EQ(nearest("weight", {}), "");
  EXPECT_EQ(nearest("abcdef", {"abcdeX", "Xbcdef"}), "abcdeX") << "of equals the first";
}

TEST(Diagnostics, warnings_are_no_errors) {
  Diagnostic warning;
  warning.severity = Severity::warning;
  EXPECT_FALSE(has_errors({warning}));
  EXPECT_TRUE(has_errors({warning, example()}));
}

}  // namespace
}  // namespace pedigree
