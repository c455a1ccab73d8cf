// SPDX-License-Identifier: MIT
// What yaml-cpp accepts silently, and places of what is refused.
#include "tests/unit/pipeline/reading.hpp"

namespace pedigree::pipeline {
namespace {
using testing::codes_of;
using ::testing::ElementsAre;
using testing::find;
using testing::kStart;
using testing::place;
using testing::Reading;

TEST(StrictYaml, reports_every_problem_of_a_file_at_its_place) {
  Reading reading;
  const auto result = reading.read(
      "schema: pedigree/pipeline/v1\n"
      "name: example\n"
      "subject:\n"
      "  id: a/b\n"
      "  revison: 7e12345\n"
      "references:\n"
      "  glm: {id: zai-org/GLM-4.5-Air, role: suspct}\n"
      "analyzers:\n"
      "  - {id: shape, wieght: 3}\n"
      "seed: 010\n"
      "expect: {assurance: 9}\n");
  EXPECT_THAT(codes_of(result), ElementsAre("PED-P012", "PED-P021", "PED-P012", "PED-P019", "PED-P020"));
}

TEST(StrictYaml, places_count_characters_and_underline_the_word) {
  Reading reading;
  const auto result = reading.read(kStart + "references:\n  \"모델\": {id: zai-org/GLM-4.5-Air, rolle: suspect}\n");
  // two blanks, "모델" in quotes is 4 characters, ': {' 3, 'id: ' 4, the id 19, ', ' 2: the key begins in column 35
  EXPECT_EQ(place(find(result, "PED-P012")), "5:35+5");
  EXPECT_EQ(find(result, "PED-P012")->suggestion, "did you mean 'role'?");
  EXPECT_EQ(find(result, "PED-P012")->allowed, "id, group, role, revision, path, artifacts");
}

TEST(StrictYaml, shows_the_line_the_word_and_the_page) {
  Reading reading;
  const auto result = reading.read(kStart + "references: all\nseed: yes\n");
  const std::string file = (reading.folder.path() / "example.yaml").string();
  EXPECT_EQ(to_text(result.diagnostics, false),
            file +
                ":5:7: error: 'seed' of a pipeline: expected a whole number, found 'yes' "
                "[PED-P017]\n"
                "    5 | seed: yes\n"
                "      |       ^~~\n"
                "  more: docs/errors/PED-P017.md\n");
}

TEST(StrictYaml, names_the_line_of_the_first_of_two_equal_keys) {
  Reading reading;
  const auto result = reading.read(kStart + "seed: 1\nquestion: x\nseed: 2\n");
  EXPECT_EQ(place(find(result, "PED-P008")), "6:1+4");
  EXPECT_NE(find(result, "PED-P008")->message.find("line 4"), std::string::npos);
}

TEST(StrictYaml, a_quote_that_is_never_closed_is_found_at_its_start) {
  // yaml-cpp 0.7 takes the rest of the file as the text and says nothing
  Reading reading;
  EXPECT_EQ(place(find(reading.read(kStart + "question: \"who\nseed: 1\n"), "PED-P006")), "4:11+1");
  EXPECT_EQ(place(find(reading.read(kStart + "question: &q 'it''s\n"), "PED-P006")), "4:11+1");
  EXPECT_TRUE(reading.read(kStart + "question: 'it''s'\n").pipeline);
  EXPECT_TRUE(reading.read(kStart + "question: &q \"a \\\" b\n  c\"\n").pipeline);
}

TEST(StrictYaml, an_unindented_line_after_a_list_is_no_second_document_unseen) {
  Reading reading;
  const auto result = reading.read("- a\nname: b\n");
  EXPECT_EQ(place(find(result, "PED-P010")), "2:1+1");
  EXPECT_EQ(find(result, "PED-P010")->suggestion, "check the indentation");
}

TEST(StrictYaml, quoted_values_are_texts_and_revisions_stay_texts) {
  Reading reading;
  const auto result = reading.read(
      "schema: pedigree/pipeline/v1\nname: \"5\"\nreferences: all\n"
      "subject: {id: a/b, revision: 7e12345}\n");
  ASSERT_TRUE(result.pipeline) << to_text(result.diagnostics, false);
  EXPECT_EQ(result.pipeline->name, "5");
  EXPECT_EQ(result.pipeline->subject.revision, "7e12345") << "a number to YAML, a commit to us";
  EXPECT_EQ(
      reading.read("schema: pedigree/pipeline/v1\nname: 010\nreferences: all\nsubject: {id: on}\n").pipeline->name,
      "010");
}

TEST(StrictYaml, plain_aliases_work) {
  Reading reading;
  const auto result = reading.read(kStart +
                                   "references:\n"
                                   "  one: &model {id: zai-org/GLM-4.5-Air, role: &role control}\n"
                                   "  two: {id: microsoft/Phi-3.5-MoE-instruct, role: *role}\n");
  ASSERT_TRUE(result.pipeline) << to_text(result.diagnostics, false);
  EXPECT_EQ(result.pipeline->references.at(1).role, "control");
}

TEST(StrictYaml, an_alias_bomb_ends_at_the_budget) {
  Reading reading;
  std::string bomb = kStart + "x-a: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c <= 'j'; ++c)
    bomb += std::string("x-") + c + ": &" + c + " [*" + char(c - 1) + ", *" + char(c - 1) + ", *" + char(c - 1) +
            ", *" + char(c - 1) + ", *" + char(c - 1) + ", *" + char(c - 1) + ", *" + char(c - 1) + ", *" +
            char(c - 1) + "]\n";
  EXPECT_THAT(codes_of(reading.read(bomb)), ElementsAre("PED-P015"));
}

TEST(StrictYaml, aliases_of_a_long_text_cost_as_much_as_the_text) {
  // 500 kB times 9000 would be 4.5 GB
  Reading reading;
  std::string text = kStart + "x-a: &a \"" + std::string(500'000, 'x') + "\"\nx-b: [";
  for (int i = 0; i < 9000; ++i) text += "*a, ";
  EXPECT_THAT(codes_of(reading.read(text + "1]\n")), ElementsAre("PED-P015"));
}

TEST(StrictYaml, deep_and_wide_documents_are_refused) {
  Reading reading;
  const std::string deep = std::string(20'000, '[') + std::string(20'000, ']');
  EXPECT_THAT(codes_of(reading.read(kStart + "x-a: " + deep + "\n")), ElementsAre("PED-P015"));
  EXPECT_THAT(codes_of(reading.read(kStart + "x-a: " + std::string(20'000, '{') + "\n")), ElementsAre("PED-P015"));
  std::string wide = kStart + "x-a:\n";
  for (int i = 0; i < 10'001; ++i) wide += "  k" + std::to_string(i) + ": 1\n";
  EXPECT_THAT(codes_of(reading.read(wide)), ElementsAre("PED-P015"));
}

TEST(StrictYaml, every_tabbed_line_is_named) {
  Reading reading;
  const auto result = reading.read(kStart + "references:\n\t- a/b\n\t- c/d\n");
  EXPECT_THAT(codes_of(result), ElementsAre("PED-P007", "PED-P007"));
  EXPECT_TRUE(reading.read(kStart + "references: all\t# a tab before a comment\n\t# and in one\n").pipeline);
}

TEST(StrictYaml, directives_tags_and_odd_keys_are_refused) {
  Reading reading;
  EXPECT_THAT(codes_of(reading.read(kStart + "references: all\nquestion: !!str x\n")), ElementsAre("PED-P011"));
  EXPECT_THAT(codes_of(reading.read(kStart + "references: !foo all\n")), ElementsAre("PED-P011"));
  EXPECT_THAT(codes_of(reading.read(kStart + "references: all\n? {a: b}\n: c\n")), ElementsAre("PED-P013"));
  EXPECT_THAT(codes_of(reading.read(kStart + "references: all\n~: c\n")), ElementsAre("PED-P013"));
  EXPECT_THAT(codes_of(reading.read(kStart + "references: all\n'': c\n")), ElementsAre("PED-P013"));
  EXPECT_THAT(codes_of(reading.read(kStart + "references: all\n'<<': c\n")), ElementsAre("PED-P012"))
      << "quoted: a mere key";
}

TEST(StrictYaml, x_keys_are_free_at_every_level) {
  Reading reading;
  const auto result =
      reading.read(kStart + "references: all\nx-note: [1, yes, 0x1F]\nexpect: {x-why: because, assurance: 1}\n");
  EXPECT_TRUE(result.pipeline) << to_text(result.diagnostics, false);
}

}  // namespace
}  // namespace pedigree::pipeline
