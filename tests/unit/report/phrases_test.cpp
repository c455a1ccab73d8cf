// SPDX-License-Identifier: MIT
#include "framework/report/phrases.hpp"

#include <gtest/gtest.h>

#include <map>

#include "framework/report/forms/forms.hpp"
#include "framework/report/messages.hpp"
#include "framework/report/particles.hpp"
#include "tests/unit/report/sample_reports.hpp"

namespace pedigree::report {
namespace {

using testing::clean_report;
using testing::derived_report;

const nlohmann::json kPhrases{
    {"phrase.named", {{"en", "{who}: {what}"}, {"ko", "{who}: {what}"}}},
    {"phrase.no-file", {{"en", "no file {path}"}, {"ko", "{path} 파일이 없습니다"}}},
    {"phrase.no-file-of", {{"en", "no file {path} of {model}"}, {"ko", "{model}에 {path} 파일이 없습니다"}}},
    {"phrase.brace", {{"en", "write ${{x}}"}, {"ko", "${{x}}로 쓰십시오"}}},
    {"phrase.count", {{"en", "{n} of {m} files"}, {"ko", "파일 {m}개 중 {n}개"}}},
    {"phrase.key", {{"en", "no key '{key}'"}, {"ko", "키 '{key}' 없음"}}},
    {"phrase.version", {{"en", "version"}, {"ko", "버전"}}},
    {"other.key", {{"en", "not a phrase"}, {"ko", "문구 아님"}}}};

std::string korean(const std::string& english) { return translate(english, "phrase.", "ko", kPhrases); }

TEST(Phrases, a_sentence_is_found_by_its_template) {
  EXPECT_EQ(korean("no file a b.json"), "a b.json 파일이 없습니다");
  EXPECT_EQ(korean("3 of 12 files"), "파일 12개 중 3개");
  EXPECT_EQ(korean("write ${x}"), "${x}로 쓰십시오");
}

TEST(Phrases, the_template_with_most_text_wins_and_values_are_translated_in_turn) {
  EXPECT_EQ(korean("no file x of y"), "y에 x 파일이 없습니다");
  EXPECT_EQ(korean("acme/m: no file x"), "acme/m: x 파일이 없습니다");
}

TEST(Phrases, what_stands_in_quotes_is_a_name_and_stays) {
  EXPECT_EQ(korean("version"), "버전");
  EXPECT_EQ(korean("no key 'version'"), "키 'version' 없음");
}

TEST(Phrases, what_is_not_known_stays_as_it_is) {
  for (const char* text : {"", "no file ", "not a phrase", "no fil", ": ", "\xFF\xFE", "{path}"})
    EXPECT_EQ(korean(text), text);
  EXPECT_EQ(translate("no file x", "phrase.", "en", kPhrases), "no file x");
  EXPECT_EQ(translate("no file x", "phrase.", "ko", nlohmann::json::array()), "no file x");
}

TEST(Phrases, of_the_framework_are_not_each_other_s) {
  const auto all = framework_messages();
  std::map<std::string, std::string> seen;
  for (const auto& [key, entry] : all.items())
    if (key.starts_with("phrase.")) {
      EXPECT_TRUE(seen.emplace(entry["en"].get<std::string>(), key).second) << key << " says what another entry says";
    }
  EXPECT_GT(seen.size(), 300u);
}

TEST(Particles, follow_the_sound_before_them) {
  EXPECT_EQ(with_particles("파일을(를)"), "파일을");
  EXPECT_EQ(with_particles("페이지을(를)"), "페이지를");
  EXPECT_EQ(with_particles("'모델'이(가) 3이(가) 2이(가)"), "'모델'이 3이 2가");
  EXPECT_EQ(with_particles("보류(으)로, 파생(으)로, 파일(으)로, 7(으)로"), "보류로, 파생으로, 파일로, 7로");
  EXPECT_EQ(with_particles("GLM와(과) x을(를)"), "GLM와(과) x을(를)") << "the sound of Latin letters is not written";
  EXPECT_EQ(with_particles("Qwen2-7B와(과) GPT-3M을(를) A3L(으)로"), "Qwen2-7B와 GPT-3M을 A3L로") << "비, 엠, 엘";
  EXPECT_EQ(with_particles("을(를)"), "을(를)");
}

TEST(DifferenceText, says_the_verdict_and_why_in_both_languages) {
  const auto moved = difference(clean_report(), derived_report());
  const auto english = difference_text(moved, "en"), korean_text = difference_text(moved, "ko");
  EXPECT_NE(english.find("label: likely from scratch → derived"), std::string::npos) << english;
  EXPECT_NE(english.find("Why: the steps to the score"), std::string::npos) << english;
  EXPECT_NE(english.find("findings about zai-org/GLM-4.5-Air"), std::string::npos) << english;
  EXPECT_NE(korean_text.find("판정: from scratch 유력 → 파생"), std::string::npos) << korean_text;
  EXPECT_EQ(korean_text.find("p_derived"), std::string::npos) << korean_text;
  auto again = derived_report();
  again["provenance"]["plugins"] = {{{"id", "x"}, {"version", "2"}, {"sha256", "b"}}};
  auto before = again;
  before["provenance"]["plugins"][0]["version"] = "1";
  EXPECT_NE(difference_text(difference(before, again), "en").find("x: 1 → 2"), std::string::npos);
}

TEST(DifferenceText, is_total) {
  for (const char* text : {"{}", "[]", R"({"verdict": [1], "evidence": {"added": [1, "a"], "changed": [{}]}})"})
    EXPECT_FALSE(difference_text(nlohmann::json::parse(text), "ko").empty());
}

}  // namespace
}  // namespace pedigree::report
