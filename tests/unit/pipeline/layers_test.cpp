// SPDX-License-Identifier: MIT
// Parents, --set, variables: what wins, what is removed, and where each value comes from.
#include "tests/unit/pipeline/reading.hpp"

namespace pedigree::pipeline {
namespace {
using testing::codes_of;
using ::testing::ElementsAre;
using testing::find;
using testing::kStart;
using testing::place;
using testing::Reading;

std::vector<std::string> steps(const ReadResult& result) {
  std::vector<std::string> out;
  if (!result.pipeline) return {"(" + to_text(result.diagnostics, false) + ")"};
  for (const auto& step : result.pipeline->analyzers) out.push_back(step.id);
  return out;
}

const std::string kAll = kStart + "references: all\n";

TEST(Extends, the_default_profile_is_calibrated_and_null_means_none) {
  Reading reading;
  EXPECT_EQ(reading.read(kAll).pipeline->profile, "calibrated");
  EXPECT_THAT(steps(reading.read(kAll)), ElementsAre("shape", "vocab"));
  const auto alone = reading.read(kAll + "extends: null\nanalyzers: [{use: tokenizer.overlap}]\n");
  EXPECT_THAT(steps(alone), ElementsAre("tokenizer.overlap"));
  EXPECT_EQ(alone.pipeline->profile, "");
  EXPECT_TRUE(alone.pipeline->verdict.empty());
}

TEST(Extends, steps_merge_by_id_and_new_ones_follow) {
  Reading reading;
  const auto result = reading.read(kAll +
                                   "analyzers:\n"
                                   "  - {id: second, use: tokenizer.overlap}\n"
                                   "  - {id: vocab, weight: 0.5, with: {tokens: 7}}\n");
  EXPECT_THAT(steps(result), ElementsAre("shape", "vocab", "second"));
  const auto& vocab = result.pipeline->analyzers.at(1);
  EXPECT_EQ(vocab.use, "tokenizer.overlap");
  EXPECT_EQ(vocab.weight, 0.5);
  EXPECT_EQ(vocab.with, nlohmann::json::parse(R"({"minimum": 0.25, "tokens": 7})")) << "maps below merge too";
}

TEST(Extends, null_takes_away_a_key_an_option_and_a_step) {
  Reading reading;
  const auto result = reading.read(kAll +
                                   "analyzers:\n"
                                   "  - {id: shape, use: null}\n"
                                   "  - {id: vocab, weight: null, with: {minimum: null}}\n"
                                   "verdict: {weights: {tokenizer: null}}\n");
  EXPECT_THAT(steps(result), ElementsAre("vocab"));
  EXPECT_EQ(result.pipeline->analyzers[0].weight, 1.0);
  EXPECT_TRUE(result.pipeline->analyzers[0].with.empty());
  EXPECT_EQ(result.pipeline->verdict,
            nlohmann::json::parse(R"({"weights": {"architecture": "low"}, "prior": {"derived": 0.2}})"));
}

TEST(Extends, lists_without_names_replace) {
  Reading reading;
  reading.folder.write("base.yaml",
                       "schema: pedigree/pipeline/v1\nclaim: {scope: [tokenizer, embedding], tokens: 1T}\n");
  const auto result = reading.read(
      kAll + "extends: ./base.yaml\nanalyzers: [{use: architecture.config}]\nclaim: {scope: [text_decoder]}\n");
  ASSERT_TRUE(result.pipeline) << to_text(result.diagnostics, false);
  EXPECT_THAT(result.pipeline->claim_scope, ElementsAre("text_decoder"));
  EXPECT_EQ(result.pipeline->claim["tokens"], 1000000000000);
}

TEST(Extends, a_parent_lends_no_name_and_its_problems_are_shown_in_its_file) {
  Reading reading;
  reading.folder.write("base.yaml",
                       "schema: pedigree/pipeline/v1\nname: base\nanalyzers: [{use: architecture.config, wait: 1}]\n");
  const auto result =
      reading.read("schema: pedigree/pipeline/v1\nextends: base.yaml\nsubject: {id: a/b}\nreferences: all\n");
  EXPECT_THAT(codes_of(result), ElementsAre("PED-P016", "PED-P012"));
  EXPECT_TRUE(find(result, "PED-P012")->file.ends_with("/base.yaml"));
  EXPECT_TRUE(find(result, "PED-P016")->file.ends_with("/example.yaml"));
}

TEST(Extends, a_profile_of_the_command_line_replaces_the_files_own) {
  Reading reading;
  reading.folder.write("profiles/other.yaml",
                       "schema: pedigree/pipeline/v1\nanalyzers: [{id: only, use: architecture.config}]\n");
  reading.context.profile = "other";
  const auto result = reading.read(kAll + "extends: calibrated\n");
  EXPECT_THAT(steps(result), ElementsAre("only"));
  EXPECT_EQ(result.pipeline->profile, "other");
  reading.context.profile = "othr";
  EXPECT_EQ(find(reading.read(kAll), "PED-P024")->suggestion, "did you mean 'other'?");
}

TEST(Extends, four_parents_are_allowed) {
  Reading reading;
  for (int i = 1; i <= 3; ++i)
    reading.folder.write("p" + std::to_string(i) + ".yaml",
                         "schema: pedigree/pipeline/v1\nextends: ./p" + std::to_string(i + 1) + ".yaml\n");
  reading.folder.write("p4.yaml", "schema: pedigree/pipeline/v1\nanalyzers: [{id: far, use: architecture.config}]\n");
  EXPECT_THAT(steps(reading.read(kAll + "extends: ./p1.yaml\n")), ElementsAre("far"));
}

TEST(Extends, a_loop_over_several_files_is_found) {
  Reading reading;
  reading.folder.write("p1.yaml", "schema: pedigree/pipeline/v1\nextends: ./p2.yaml\n");
  reading.folder.write("p2.yaml", "schema: pedigree/pipeline/v1\nextends: ../" +
                                      reading.folder.path().filename().string() + "/p1.yaml\n");
  const auto result = reading.read(kAll + "extends: ./p1.yaml\n");
  EXPECT_NE(find(result, "PED-P025"), nullptr);
}

TEST(Set, wins_over_the_file_and_the_profile) {
  Reading reading;
  reading.context.set = {"analyzers.vocab.weight=0.1",
                         "analyzers.vocab.with.tokens=12",
                         "subject.revision=7e5",
                         "analyzers.shape=null",
                         "seed=3",
                         "claim.scope=[tokenizer]",
                         "verdict.prior.derived=0.4"};
  const auto result = reading.read(kAll + "analyzers: [{id: vocab, weight: 0.5}]\nseed: 1\n");
  ASSERT_TRUE(result.pipeline) << to_text(result.diagnostics, false);
  EXPECT_THAT(steps(result), ElementsAre("vocab"));
  EXPECT_EQ(result.pipeline->analyzers[0].weight, 0.1);
  EXPECT_EQ(result.pipeline->analyzers[0].with["tokens"], 12);
  EXPECT_EQ(result.pipeline->subject.revision, "7e5");
  EXPECT_EQ(result.pipeline->seed, 3u);
  EXPECT_THAT(result.pipeline->claim_scope, ElementsAre("tokenizer"));
  EXPECT_EQ(result.pipeline->verdict["prior"]["derived"], 0.4);
}

TEST(Set, reaches_names_with_points_and_slashes) {
  Reading reading;
  reading.context.set = {"references.zai-org/GLM-4.5-Air.role=control"};
  const auto result = reading.read(kStart + "references: [zai-org/GLM-4.5-Air]\n");
  ASSERT_TRUE(result.pipeline) << to_text(result.diagnostics, false);
  EXPECT_EQ(result.pipeline->references[0].role, "control");
}

TEST(Set, is_checked_like_the_file_and_points_into_the_assignment) {
  Reading reading;
  reading.context.set = {"analyzers.vocab.wieght=1",
                         "analyzers.vocap.weight=1",
                         "seed=yes",
                         "seed=010",
                         "extends=x",
                         "=1",
                         "a..b=1",
                         "analyzers.vocab=1",
                         "vars.m=1"};
  const auto result = reading.read(kAll);
  EXPECT_THAT(codes_of(result), ElementsAre("PED-P048", "PED-P048", "PED-P017", "PED-P019", "PED-P047", "PED-P047",
                                            "PED-P047", "PED-P047", "PED-P048"));
  EXPECT_EQ(result.diagnostics[0].file, "--set");
  EXPECT_EQ(place(&result.diagnostics[0]), "1:17+6");
  EXPECT_EQ(result.diagnostics[0].suggestion, "did you mean 'weight'?");
  EXPECT_EQ(place(&result.diagnostics[1]), "2:11+5");
  EXPECT_EQ(result.diagnostics[1].suggestion, "did you mean 'vocab'?");
  EXPECT_EQ(place(&result.diagnostics[2]), "3:6+3");
  EXPECT_EQ(result.diagnostics[2].excerpt, "seed=yes");
}

TEST(Set, to_nothing_removes) {
  Reading reading;
  reading.context.set = {"question="};
  EXPECT_EQ(reading.read(kAll + "question: why\n").pipeline->question, "");
}

TEST(Variables, are_filled_in_everywhere_and_typed_by_the_key) {
  Reading reading;
  reading.context.environment = {{"ROOT", "/srv"}, {"EMPTY", ""}};
  const auto result =
      reading.read(kStart +
                   "references: all\n"
                   "vars:\n"
                   "  root: ${env:ROOT}\n"
                   "  other: ${env:MISSING:-fallback}/${env:EMPTY:-full}\n"
                   "  tokens: 12\n"
                   "question: \"${vars.root} ${vars.other} $${vars.root} $5\"\n"
                   "analyzers: [{id: vocab, with: {tokens: \"${vars.tokens}\", label: \"${vars.tokens}\"}}]\n");
  ASSERT_TRUE(result.pipeline) << to_text(result.diagnostics, false);
  EXPECT_EQ(result.pipeline->question, "/srv fallback/full ${vars.root} $5");
  EXPECT_EQ(result.pipeline->analyzers[1].with["tokens"], 12)
      << "quotes around a whole variable only protect the brace";
  EXPECT_EQ(result.pipeline->analyzers[1].with["label"], "12");
  const auto plain = reading.read(kAll +
                                  "vars: {root: x, tokens: 12, no: yes}\n"
                                  "question: ${vars.root} $${vars.root} $5\n"
                                  "verdict: {prior: {derived: 0.2}, note: \"${vars.tokens}\"}\n"
                                  "analyzers:\n"
                                  "  - id: vocab\n"
                                  "    weight: ${vars.tokens}\n"
                                  "    with:\n"
                                  "      tokens: ${vars.tokens}\n"
                                  "      label: ${vars.tokens}\n");
  ASSERT_TRUE(plain.pipeline) << to_text(plain.diagnostics, false);
  EXPECT_EQ(plain.pipeline->question, "x ${vars.root} $5");
  EXPECT_EQ(plain.pipeline->analyzers[1].weight, 12.0);
  EXPECT_EQ(plain.pipeline->analyzers[1].with["tokens"], 12);
  EXPECT_EQ(plain.pipeline->analyzers[1].with["label"], "12");
  EXPECT_EQ(plain.pipeline->verdict["note"], "12") << "filled-in text is never parsed again";
}

TEST(Variables, are_never_parsed_again) {
  Reading reading;
  reading.context.environment = {{"EVIL", "{id: x, role: control}"}, {"LOOP", "${vars.a}"}};
  const auto result = reading.read(kStart +
                                   "vars: {a: \"${env:EVIL}\", b: \"${env:LOOP}\"}\n"
                                   "question: ${vars.a} ${vars.b}\n"
                                   "references: all\n");
  ASSERT_TRUE(result.pipeline) << to_text(result.diagnostics, false);
  EXPECT_EQ(result.pipeline->question, "{id: x, role: control} ${vars.a}");
}

TEST(Variables, a_misspelt_one_is_suggested_and_the_environment_stays_out) {
  Reading reading;
  reading.context.environment = {{"HOME", "/root"}, {"RED", "\x1B[31m"}};
  const auto result = reading.read(kStart +
                                   "references: all\n"
                                   "vars: {models: /srv, red: \"${env:RED}\", none: \"${env:NONE}\"}\n"
                                   "question: ${vars.model}\n"
                                   "claim: {statement: \"${env:HOME}\", source: \"${vars.models\"}\n");
  EXPECT_THAT(codes_of(result), ElementsAre("PED-P052", "PED-P029", "PED-P028", "PED-P030", "PED-P031"));
  EXPECT_EQ(find(result, "PED-P028")->suggestion, "did you mean 'models'?");
}

TEST(Origins, name_the_file_and_line_or_the_command_line) {
  Reading reading;
  reading.context.set = {"seed=3"};
  const auto result = reading.read(kAll + "analyzers:\n  - id: vocab\n    weight: 0.5\n");
  const std::string file = (reading.folder.path() / "example.yaml").string();
  const std::string profile = (reading.folder.path() / "profiles/calibrated.yaml").string();
  EXPECT_EQ(result.origins.at("analyzers.vocab.weight"), file + ":7");
  EXPECT_EQ(result.origins.at("analyzers.vocab.use"), profile + ":5");
  EXPECT_EQ(result.origins.at("verdict.prior.derived"), profile + ":6");
  EXPECT_EQ(result.origins.at("seed"), "--set");
}

}  // namespace
}  // namespace pedigree::pipeline
