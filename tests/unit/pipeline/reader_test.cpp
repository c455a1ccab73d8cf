// SPDX-License-Identifier: MIT
// The pipeline that comes out: models, files, steps, options, expectations.
#include <clocale>
#include <cstdlib>
#include <locale>

#include "framework/pipeline/explain.hpp"
#include "tests/unit/pipeline/reading.hpp"

namespace pedigree::pipeline {
namespace {
using testing::codes_of;
using ::testing::ElementsAre;
using testing::find;
using testing::kStart;
using testing::Reading;

TEST(Pipeline, paths_start_in_the_folder_of_their_own_file) {
  Reading reading;
  reading.folder.write("models/a/config.json", "{}");
  reading.folder.write("base/base.yaml",
                       "schema: pedigree/pipeline/v1\n"
                       "references: {glm: {id: zai-org/GLM-4.5-Air, path: ../models/a}}\n");
  const auto result = reading.read(
      "schema: pedigree/pipeline/v1\nname: example\nextends: base/base.yaml\nanalyzers: [{use: architecture.config}]\n"
      "subject: {id: a/b, path: ./models/a/}\n");
  ASSERT_TRUE(result.pipeline) << to_text(result.diagnostics, false);
  EXPECT_EQ(result.pipeline->subject.path, (reading.folder.path() / "models/a").string());
  EXPECT_EQ(result.pipeline->references[0].path, (reading.folder.path() / "models/a").string());
}

TEST(Pipeline, patterns_become_files_sorted_bytewise) {
  Reading reading;
  for (const char* name :
       {"m/w-2.safetensors", "m/w-10.safetensors", "m/W-1.safetensors", "m/.w-3.safetensors", "m/x[1].safetensors"})
    reading.folder.write(name, "x");
  const auto result = reading.read(
      "schema: pedigree/pipeline/v1\nname: example\nreferences: all\n"
      "subject:\n  id: a/b\n  artifacts:\n    weights: [m/*-*.safetensors, 'm/x[1].safetensors']\n    config: null\n");
  ASSERT_TRUE(result.pipeline) << to_text(result.diagnostics, false);
  const auto& weights = result.pipeline->subject.artifacts.at("weights");
  const std::string folder = (reading.folder.path() / "m").string();
  EXPECT_THAT(weights, ElementsAre(folder + "/W-1.safetensors", folder + "/w-10.safetensors",
                                   folder + "/w-2.safetensors", folder + "/x[1].safetensors"));
  EXPECT_TRUE(result.pipeline->subject.artifacts.at("config").empty()) << "known to be absent";
}

TEST(Pipeline, without_checking_artifacts_the_disk_is_left_alone) {
  Reading reading;
  reading.context.check_artifacts = false;
  const auto result = reading.read(
      "schema: pedigree/pipeline/v1\nname: example\nreferences: all\n"
      "subject: {id: a/b, path: no/where, artifacts: {weights: 'no/*.bin'}}\n");
  ASSERT_TRUE(result.pipeline) << to_text(result.diagnostics, false);
  EXPECT_EQ(result.pipeline->subject.path, (reading.folder.path() / "no/where").string());
}

TEST(Pipeline, references_may_be_a_map_a_list_groups_or_all) {
  Reading reading;
  const auto map = reading.read(kStart +
                                "references:\n"
                                "  zai-org/GLM-4.5-Air: {role: control}\n"
                                "  phi: {id: microsoft/Phi-3.5-MoE-instruct}\n"
                                "  bases: {group: well-known-bases, role: ancestor}\n");
  ASSERT_TRUE(map.pipeline) << to_text(map.diagnostics, false);
  ASSERT_EQ(map.pipeline->references.size(), 2u);
  EXPECT_EQ(map.pipeline->references[0].id, "zai-org/GLM-4.5-Air");
  EXPECT_EQ(map.pipeline->references[0].role, "control");
  EXPECT_EQ(map.pipeline->references[1].role, "suspect") << "by default";
  ASSERT_EQ(map.pipeline->groups.size(), 1u);
  EXPECT_EQ(map.pipeline->groups[0].role, "ancestor");
  const auto list = reading.read(kStart + "references: [zai-org/GLM-4.5-Air, all, {group: attention-mla}]\n");
  ASSERT_TRUE(list.pipeline) << to_text(list.diagnostics, false);
  EXPECT_EQ(list.pipeline->references.size(), 1u);
  ASSERT_EQ(list.pipeline->groups.size(), 2u);
  EXPECT_EQ(list.pipeline->groups[0].group, "all");
  EXPECT_EQ(reading.read(kStart + "references: all\n").pipeline->groups.at(0).group, "all");
}

TEST(Pipeline, a_model_under_two_keys_is_found) {
  Reading reading;
  const auto result =
      reading.read(kStart + "references: {a: {id: zai-org/GLM-4.5-Air}, b: {id: zai-org/GLM-4.5-Air}}\n");
  EXPECT_THAT(codes_of(result), ElementsAre("PED-P036"));
}

TEST(Pipeline, limits_weights_and_expectations_are_typed) {
  Reading reading;
  const auto result = reading.read(
      kStart +
      "references: all\n"
      "analyzers:\n"
      "  - {id: vocab, weight: very_high, on_error: abort, limits: {wall: 1h30m, memory: 1.5GiB, threads: 3}}\n"
      "trust: {plugins: {org.pedigree.example: 'sha256:" +
      std::string(64, 'a') +
      "'}}\n"
      "claim: {parameters: 102.6B, active_parameters: 12000000000, tokens: 19.7T}\n"
      "expect: {verdict: derived, components: {vision_encoder: derived}, score: {min: 1, max: 20}, assurance: 3}\n");
  ASSERT_TRUE(result.pipeline) << to_text(result.diagnostics, false);
  const auto& step = result.pipeline->analyzers[1];
  EXPECT_EQ(step.weight, 1.0);
  EXPECT_EQ(step.on_error, OnError::abort);
  EXPECT_EQ(step.limits.wall.count(), 5400);
  EXPECT_EQ(step.limits.memory_bytes, 1610612736u);
  EXPECT_EQ(step.limits.threads, 3u);
  EXPECT_EQ(result.pipeline->claim["parameters"], 102600000000);
  EXPECT_EQ(result.pipeline->claim["tokens"], 19700000000000);
  EXPECT_EQ(result.pipeline->trusted_plugins.at("org.pedigree.example"), "sha256:" + std::string(64, 'a'));
  ASSERT_TRUE(result.pipeline->expect);
  EXPECT_EQ(result.pipeline->expect->verdict, "derived");
  EXPECT_EQ(result.pipeline->expect->components.at("vision_encoder"), "derived");
  EXPECT_EQ(result.pipeline->expect->min_score, 1);
  EXPECT_EQ(result.pipeline->expect->max_score, 20);
  EXPECT_EQ(result.pipeline->expect->assurance, 3);
}

TEST(Options, take_their_types_from_the_analyzers_schema) {
  Reading reading;
  const auto result = reading.read(
      kStart +
      "references: all\nanalyzers: [{id: vocab, with: {base: 010, label: yes, minimum: 1, ignore_special: false}}]\n");
  ASSERT_TRUE(result.pipeline) << to_text(result.diagnostics, false);
  EXPECT_EQ(result.pipeline->analyzers[1].with,
            nlohmann::json::parse(R"({"base": "010", "label": "yes", "minimum": 1, "ignore_special": false})"));
}

TEST(Options, that_do_not_fit_are_all_reported_with_the_command_that_describes_them) {
  Reading reading;
  const auto result = reading.read(kStart +
                                   "references: all\n"
                                   "analyzers:\n"
                                   "  - id: vocab\n"
                                   "    with:\n"
                                   "      minimun: 1\n"
                                   "      minimum: .inf\n"
                                   "      tokens: 1.5\n"
                                   "      base: gpt2\n"
                                   "      ignore_special: \"true\"\n"
                                   "      label: [1]\n");
  EXPECT_THAT(codes_of(result), ElementsAre("PED-P034", "PED-P019", "PED-P035", "PED-P035", "PED-P035", "PED-P035"));
  EXPECT_EQ(result.diagnostics[0].suggestion, "did you mean 'minimum'?");
  EXPECT_EQ(result.diagnostics[0].see, "pedigree describe tokenizer.overlap");
  EXPECT_EQ(result.diagnostics[2].line, 10);
}

TEST(Options, are_not_checked_without_knowing_the_plugins) {
  Reading reading;
  reading.context.plugins = nullptr;
  const auto result = reading.read(kStart + "references: all\nanalyzers: [{use: any.thing, with: {a: 1}}]\n");
  ASSERT_TRUE(result.pipeline) << to_text(result.diagnostics, false);
}

TEST(MakePipeline, puts_models_on_a_profile) {
  Reading reading;
  ModelSpec subject{"a/b", "", "", reading.folder.path().string(), {}};
  ModelSpec reference{"c/d", "", "main", "", {{"config", {}}}};
  const auto result = make_pipeline(subject, {reference}, "calibrated", reading.context);
  ASSERT_TRUE(result.pipeline) << to_text(result.diagnostics, false);
  EXPECT_EQ(result.pipeline->subject.role, "subject");
  EXPECT_EQ(result.pipeline->references.at(0).role, "suspect");
  EXPECT_EQ(result.pipeline->references.at(0).revision, "main");
  EXPECT_EQ(result.pipeline->references.at(0).artifacts.count("config"), 1u);
  EXPECT_EQ(result.pipeline->analyzers.size(), 2u);
  EXPECT_TRUE(make_pipeline(subject, {}, "calibrated", reading.context).diagnostics.empty());
  subject.id = "내 모델 (1)";  // a folder's name
  ASSERT_TRUE(make_pipeline(subject, {}, "calibrated", reading.context).pipeline);
}

TEST(Pipeline, reads_the_same_under_another_locale_and_time_zone) {
  Reading reading;
  const std::string text =
      kStart + "references: all\nanalyzers: [{id: vocab, weight: 0.5, with: {minimum: 0.125}}]\nverdict: {x: 1.5e-3}\n";
  const auto before = reading.read(text);
  ASSERT_TRUE(before.pipeline);
  struct CommaDecimal : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    std::string do_grouping() const override { return "\3"; }
    char do_thousands_sep() const override { return '.'; }
  };
  const std::locale old = std::locale::global(std::locale(std::locale::classic(), new CommaDecimal));
  const char* named = std::setlocale(LC_ALL, "de_DE.UTF-8");  // where it is installed
  ::setenv("TZ", "Asia/Seoul", 1);
  const auto after = reading.read(text);
  ::unsetenv("TZ");
  std::locale::global(old);
  if (named != nullptr) std::setlocale(LC_ALL, "C");
  ASSERT_TRUE(after.pipeline);
  EXPECT_EQ(after.pipeline->resolved.dump(), before.pipeline->resolved.dump());
  EXPECT_EQ(after.pipeline->analyzers[1].with["minimum"], 0.125);
  EXPECT_EQ(after.pipeline->verdict["x"], 0.0015);
}

TEST(Resolved, yaml_reads_back_to_the_same_pipeline) {
  Reading reading;
  reading.folder.write("m/config.json", "{}");
  const auto first = reading.read(
      "schema: pedigree/pipeline/v1\nname: example\nquestion: \"a ${vars.x}: 'b' $${c} \\\"d\\\" 한글\"\n"
      "vars: {x: y}\n"
      "subject: {id: a/b, path: m, revision: 010, artifacts: {weights: null, config: m/config.json}}\n"
      "references: [{group: all, role: control}, zai-org/GLM-4.5-Air]\n"
      "analyzers: [{id: vocab, limits: {wall: 20m}, with: {base: 010}}]\n"
      "x-note: [[1, [2]], {a: {b: yes}}]\n"
      "expect: {score: {min: 1}}\nseed: 7\n");
  ASSERT_TRUE(first.pipeline) << to_text(first.diagnostics, false);
  const auto second = reading.read(resolved_yaml(*first.pipeline));
  ASSERT_TRUE(second.pipeline) << to_text(second.diagnostics, false) << resolved_yaml(*first.pipeline);
  auto expected = first.pipeline->resolved;
  expected.erase("vars");
  expected.erase("extends");
  EXPECT_EQ(second.pipeline->resolved, expected) << resolved_yaml(*first.pipeline);
}

TEST(Explain, shows_every_value_with_its_origin_defaults_included) {
  Reading reading;
  const auto result = reading.read(kStart + "references: [zai-org/GLM-4.5-Air]\n");
  std::map<std::string, std::pair<std::string, std::string>> values;
  for (const auto& [path, value, origin] : explain_values(result, reading.plugins)) values[path] = {value, origin};
  using Pair = std::pair<std::string, std::string>;
  EXPECT_EQ(values.at("analyzers.vocab.with.minimum").first, "0.25");
  EXPECT_THAT(values.at("analyzers.vocab.with.minimum").second, ::testing::EndsWith("profiles/calibrated.yaml:5"));
  EXPECT_EQ(values.at("analyzers.vocab.with.tokens"), Pair("1000", "default"));
  EXPECT_EQ(values.at("analyzers.shape.weight"), Pair("1.0", "default"));
  EXPECT_EQ(values.at("analyzers.shape.limits.wall"), Pair("\"10m\"", "default"));
  EXPECT_EQ(values.at("references.zai-org/GLM-4.5-Air.role"), Pair("\"suspect\"", "default"));
  EXPECT_EQ(values.at("seed"), Pair("0", "default"));
  EXPECT_THAT(values.at("subject.id").second, ::testing::EndsWith("example.yaml:3"));
}

TEST(Explain, weights_share_the_profile) {
  Reading reading;
  const auto result =
      reading.read(kStart + "references: all\nanalyzers: [{id: more, use: tokenizer.overlap, weight: 6}]\n");
  const auto shares = step_shares(*result.pipeline, reading.plugins);
  // families: tokenizer high = 0.8, architecture low = 0.2. The tokenizer's 80 % go 2 : 6 to vocab and more.
  EXPECT_NEAR(shares.at("shape"), 0.2, 1e-12);
  EXPECT_NEAR(shares.at("vocab"), 0.2, 1e-12);
  EXPECT_NEAR(shares.at("more"), 0.6, 1e-12);
  EXPECT_THAT(steps_text(*result.pipeline, reading.plugins),
              ::testing::HasSubstr(" 60.0 %  more  tokenizer.overlap, once"));
}

TEST(Robust, every_truncation_of_a_good_file_is_read_or_diagnosed) {
  Reading reading;
  const std::string text = kStart +
                           "vars: {m: \"${env:X:-y}\"}\n"
                           "references: {glm: &a {id: zai-org/GLM-4.5-Air, role: control}}\n"
                           "analyzers:\n  - {id: vocab, with: {minimum: 0.5}, limits: {wall: 20m}}\n"
                           "question: |\n  Who is 'it'?\n  ${vars.m}\n"
                           "expect: {score: {min: 1, max: 9}}\n";
  ASSERT_TRUE(reading.read(text).pipeline) << to_text(reading.read(text).diagnostics, false);
  for (std::size_t length = 0; length < text.size(); ++length) {
    const auto result = reading.read(text.substr(0, length));
    EXPECT_NE(result.pipeline.has_value(), has_errors(result.diagnostics)) << length;
  }
}

TEST(Robust, every_changed_byte_is_read_or_diagnosed) {
  Reading reading;
  const std::string text =
      kStart + "references: {glm: {id: zai-org/GLM-4.5-Air}}\nanalyzers: [{id: vocab, weight: 2}]\n";
  for (std::size_t i = 0; i < text.size(); ++i)
    for (const char c : {'\t', '"', '{', ':', '*', '\xFF'}) {
      std::string changed = text;
      changed[i] = c;
      const auto result = reading.read(changed);
      EXPECT_NE(result.pipeline.has_value(), has_errors(result.diagnostics)) << i << " " << c;
    }
}

}  // namespace
}  // namespace pedigree::pipeline
