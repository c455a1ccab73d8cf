// SPDX-License-Identifier: MIT
// What a reader of Korean sees of the program: help, errors and their advice, reasons. Sentences that arise in English
// (readers, checks) must be known to the catalogue; decision 0101.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/cli/program.hpp"

namespace pedigree::cli_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// The clean environment of the tests has LC_ALL; an empty one counts as none.
const Start kKorean{{{"LANG", "ko_KR.UTF-8"}, {"LC_ALL", ""}}};
const Start kEnglish{{{"LANG", "en_US.UTF-8"}, {"LC_ALL", ""}}};
constexpr const char* kVerbs[] = {"verify", "compare",   "inspect", "validate", "explain", "test",
                                  "list",   "describe",  "schema",  "report",   "diff",    "docs",
                                  "plugin", "signature", "init",    "doctor"};

/// A Hangul syllable, U+AC00 to U+D7A3: EA B0 80 to ED 9E A3.
bool has_hangul(const std::string& text) {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    const auto a = static_cast<unsigned char>(text[i]), b = static_cast<unsigned char>(text[i + 1]);
    if ((a == 0xEA && b >= 0xB0) || a == 0xEB || a == 0xEC || (a == 0xED && b <= 0x9E)) return true;
  }
  return false;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(Korean, is_chosen_by_the_locale_in_posix_order_and_by_lang_before_it) {
  const Program program;
  const auto help = [&](const std::map<std::string, std::string>& variables, std::vector<std::string> words) {
    auto all = variables;
    all.emplace("LC_ALL", "");
    return has_hangul(program.run(words, Start{all}).out);
  };
  EXPECT_TRUE(help({{"LANG", "ko_KR.UTF-8"}}, {"--help"}));
  EXPECT_FALSE(help({{"LANG", "ko_KR.UTF-8"}, {"LC_ALL", "C.UTF-8"}}, {"--help"}));
  EXPECT_TRUE(help({{"LANG", "C.UTF-8"}, {"LC_MESSAGES", "ko_KR.UTF-8"}}, {"--help"}));
  EXPECT_TRUE(help({{"LANG", "C.UTF-8"}}, {"--lang", "ko", "--help"}));
  EXPECT_FALSE(help({{"LANG", "ko_KR.UTF-8"}}, {"--lang=en", "--help"}));
  EXPECT_TRUE(help({{"LANG", "C.UTF-8"}}, {"verify", "--lang", "ko", "--help"}));
  EXPECT_FALSE(help({{"LANG", "ko_KR.UTF-8"}}, {"doctor", "--help", "--lang=en"}));
}

TEST(Korean, shipped_pipelines_ask_their_question_in_korean) {
  const Program program;
  for (const char* name : {"a.x-k1", "hyperclovax-seed-think-32b", "k-exaone-236b-a23b", "solar-open-100b", "vaetki"}) {
    const auto korean = lines_of(program.run({"explain", name}, kKorean).out),
               english = lines_of(program.run({"explain", name}, kEnglish).out);
    ASSERT_GT(korean.size(), 2u) << name;
    EXPECT_TRUE(has_hangul(korean[1])) << korean[1];
    EXPECT_FALSE(has_hangul(english[1])) << english[1];
  }
}

TEST(Korean, a_files_own_text_stays_what_it_is) {
  // A line "signals:" of a profile is YAML, though the same word heads a list elsewhere.
  const Program program;
  for (const char* name : {"calibrated", "upstage/Solar-Open-100B"})
    EXPECT_EQ(program.run({"describe", name}, kKorean).out, program.run({"describe", name}, kEnglish).out) << name;
}

TEST(Korean, lists_say_what_an_analyzer_costs_and_columns_stay_straight) {
  const Program program;
  const auto korean = program.run({"list"}, kKorean).out;
  EXPECT_THAT(korean, ::testing::AllOf(HasSubstr("  가벼움  "), HasSubstr("  무거움  "), Not(HasSubstr("cheap"))));
  // The third column begins at one place: "학습 로그" is nine columns wide, "행동" four.
  EXPECT_THAT(korean, ::testing::AllOf(HasSubstr("  학습 로그  가벼움"), HasSubstr("  행동       가벼움")));
}

TEST(Korean, progress_and_conformance_speak_it) {
  const Program program;
  program.write("a/config.json", R"({"model_type": "llama", "hidden_size": 64})");
  EXPECT_THAT(program.run({"inspect", "a", "--no-cache"}, kKorean).err, HasSubstr(": 해당 없음\n"));
  const auto plugin = std::filesystem::path{PEDIGREE_BINARY_DIR} / "lib/pedigree/plugins/behavior.pedigree.so";
  const auto korean = program.run({"plugin", "check", plugin.string()}, kKorean);
  EXPECT_EQ(korean.code, 0) << korean.err;
  for (const auto& line : lines_of(korean.out)) EXPECT_TRUE(has_hangul(line)) << line;
  const auto absent = program.run({"plugin", "check", "/nowhere.pedigree.so"}, kKorean);
  EXPECT_EQ(absent.code, 4);
}

TEST(Korean, help_of_every_verb_says_each_thing_in_korean) {
  const Program program;
  const auto overview = program.run({"--help"}, kKorean).out;
  for (const char* verb : kVerbs) {
    const auto korean = program.run({verb, "--help"}, kKorean);
    const auto english = program.run({verb, "--help"}, kEnglish);
    EXPECT_EQ(korean.code, 0) << verb;
    EXPECT_TRUE(has_hangul(lines_of(korean.out).front())) << korean.out;
    EXPECT_FALSE(has_hangul(english.out)) << english.out;
    for (const char* key : {"option.", "help.", "cli.", "verb."}) {
      EXPECT_THAT(korean.out, Not(HasSubstr(key))) << "a key without a message";
      EXPECT_THAT(english.out, Not(HasSubstr(key))) << "a key without a message";
    }
    std::string option;  // from its line to the next one's
    for (const auto& line : lines_of(korean.out + "  -")) {
      if (line.starts_with("  -")) {
        EXPECT_TRUE(option.empty() || has_hangul(option) || option.find("text, json") != std::string::npos) << option;
        option = line;
      } else if (!option.empty()) {
        option += line;
      }
    }
    bool listed = false;
    for (const auto& line : lines_of(overview))
      listed = listed || (line.starts_with(std::string{"  "} + verb + " ") && has_hangul(line));
    EXPECT_TRUE(listed) << verb;
  }
}

/// What went wrong must be said in Korean, line by line; places, excerpts and names of pages are no sentences.
void expect_korean(const std::string& told, const std::string& where) {
  EXPECT_FALSE(told.empty()) << where;
  for (const auto& line : lines_of(told)) {
    const bool excerpt = line.find(" | ") != std::string::npos && line.find('^') == std::string::npos;
    const auto mark = line.find_last_of("^~");
    const auto said = line.find(" | ") == std::string::npos ? line
                      : mark == std::string::npos           ? ""
                                                            : line.substr(mark + 1);
    if (excerpt || said.find_first_not_of(' ') == std::string::npos) continue;
    const auto severity = said.find("오류: ");
    const auto warning = said.find("경고: ");
    const auto after = severity != std::string::npos  ? said.substr(severity + std::string{"오류: "}.size())
                       : warning != std::string::npos ? said.substr(warning + std::string{"경고: "}.size())
                                                      : said;
    EXPECT_TRUE(has_hangul(after)) << where << ": " << line;
  }
}

TEST(Korean, usage_errors_say_what_is_wrong_in_korean) {
  const Program program;
  program.write("there.yaml", "schema: pedigree/pipeline/v1\n");
  for (const std::vector<std::string>& words : {std::vector<std::string>{"verfy"},
                                                {"--verbose", "verify"},
                                                {"verify"},
                                                {"compare", "a"},
                                                {"inspect", "a", "b"},
                                                {"inspect", "a", "-j", "0"},
                                                {"inspect", "a", "--progress", "loud"},
                                                {"inspect", "a", "--lang", "fr"},
                                                {"inspect", "a", "--format", "jsn"},
                                                {"inspect", "a", "--format", "qqqqq"},
                                                {"inspect", "a", "--fromat", "json"},
                                                {"inspect", "a", "--zzzzzz"},
                                                {"inspect", "a", "--format"},
                                                {"inspect", "a", "--quiet=3"},
                                                {"inspect", "a", "--lang", "en", "--lang", "ko"},
                                                {"inspect", "./nowhere"},
                                                {"inspect", "no/model"},
                                                {"compare", "upstage/Solar-Open-100B", "group:none"},
                                                {"verify", "none.yaml"},
                                                {"verify", "solar-open-100b", "--resume"},
                                                {"verify", "solar-open-100b", "--plugin-dir", "/nowhere"},
                                                {"verify", "solar-open-100b", "--locked", "none.lock"},
                                                {"validate", "there.yaml"},
                                                {"validate", "there.yaml", "--format", "xml"},
                                                {"list", "modles"},
                                                {"list", "models", "group:none"},
                                                {"describe", "nothing-of-this-name"},
                                                {"schema", "reprot"},
                                                {"report", "/nowhere"},
                                                {"diff", "/nowhere", "/nowhere"},
                                                {"diff", "a", "b", "--format", "html"},
                                                {"docs", "updat", "x"},
                                                {"docs", "update", "/nowhere"},
                                                {"plugin", "nwe", "x"},
                                                {"plugin", "new"},
                                                {"plugin", "new", "Not A Name"},
                                                {"plugin", "verify", "none.lock"},
                                                {"signature", "x"},
                                                {"signature", "/nowhere", "--name", "x"},
                                                {"init", "/nowhere"},
                                                {"doctor", "x"}}) {
    std::string line = "pedigree";
    for (const auto& word : words) line += " " + word;
    const auto ended = program.run(words, kKorean);
    EXPECT_NE(ended.code, 0) << line;
    EXPECT_NE(ended.code, 70) << line << ended.err;
    expect_korean(ended.err, line);
  }
}

struct Example {
  std::string text, set;
  std::vector<std::pair<std::string, std::string>> files;
};

/// The example on an error's page: its YAML, files beside it, and a --set.
Example example_of(const std::filesystem::path& page) {
  Example example;
  std::ifstream in(page);
  std::string language, block;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("```")) {
      block += line + "\n";
      continue;
    }
    if (inside && language == "yaml" && block.starts_with("# file: "))
      example.files.emplace_back(block.substr(8, block.find('\n') - 8), block);
    else if (inside && language == "yaml")
      example.text = block;
    if (const auto set = block.find("--set '"); inside && language == "sh" && set != std::string::npos)
      example.set = block.substr(set + 7, block.find('\'', set + 7) - set - 7);
    inside = !inside;
    language = line.substr(3);
    block.clear();
  }
  return example;
}

/// Their examples use an analyzer that only the tests of the reader have.
const std::set<std::string> kOtherPlugins{"PED-P018", "PED-P034", "PED-P035"};

TEST(Korean, every_error_of_a_pipeline_is_said_in_korean) {
  std::set<std::string> seen;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path{PEDIGREE_SOURCE_DIR} / "docs/errors")) {
    const auto code = entry.path().stem().string();
    const auto example = example_of(entry.path());
    if (!code.starts_with("PED-P") || example.text.empty() || kOtherPlugins.count(code) != 0) continue;
    const Program program;
    for (const auto& [name, text] : example.files) program.write(name, text);
    program.write("example.yaml", example.text);
    std::vector<std::string> words{"validate", "example.yaml"};
    if (!example.set.empty()) words.insert(words.end(), {"--set", example.set});
    const auto ended = program.run(words, kKorean);
    EXPECT_THAT(ended.err, HasSubstr(code)) << ended.err;
    expect_korean(ended.err, code);
    seen.insert(code);
  }
  EXPECT_GE(seen.size(), 47u);
}

TEST(Korean, results_of_the_small_verbs_are_in_korean) {
  const Program program;
  program.write("model/config.json", small_config());
  for (const std::vector<std::string>& words : {std::vector<std::string>{"doctor"},
                                                {"init", "model"},
                                                {"validate", "solar-open-100b"},
                                                {"explain", "solar-open-100b"},
                                                {"plugin", "lock"},
                                                {"plugin", "verify"},
                                                {"test", "solar-open-100b"}}) {
    const auto ended = program.run(words, kKorean);
    EXPECT_EQ(ended.code, 0) << words.front() << ended.err;
    EXPECT_TRUE(has_hangul(ended.out)) << words.front() << ended.out;
  }
  for (const auto& line : lines_of(program.run({"doctor"}, kKorean).out)) EXPECT_TRUE(has_hangul(line)) << line;
}

TEST(Korean, a_report_says_what_is_missing_in_korean_and_machines_get_english) {
  const Program program;
  const auto text = program.run({"verify", "solar-open-100b", "--no-cache"}, kKorean).out;
  EXPECT_THAT(text, Not(HasSubstr("at hand")));
  const auto json = program.run({"verify", "solar-open-100b", "--no-cache", "--format", "json"}, kKorean).json();
  EXPECT_FALSE(has_hangul(json.value("outcomes", nlohmann::json::array()).dump()));
}

}  // namespace
}  // namespace pedigree::cli_test
