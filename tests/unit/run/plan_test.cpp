// SPDX-License-Identifier: MIT
#include "framework/run/plan.hpp"

#include <gtest/gtest.h>

#include "framework/run/assemble.hpp"
#include "framework/run/run.hpp"
#include "pedigree/abi.h"

namespace pedigree::run {
namespace {

plugin::AnalyzerManifest analyzer(const std::string& id, Family family, std::uint32_t flags,
                                  std::vector<std::string> roles) {
  plugin::AnalyzerManifest manifest;
  manifest.id = id;
  manifest.family = family;
  manifest.flags = flags;
  manifest.roles = std::move(roles);
  return manifest;
}

/// A cheap one for all, a cheap and a heavy one that need references, a heavy one for the subject alone.
std::vector<plugin::Manifest> plugins() {
  plugin::Manifest manifest;
  manifest.id = "p";
  manifest.sha256 = "abc";
  manifest.analyzers = {analyzer("architecture.config", Family::architecture, 0, {"config", "catalog-card"}),
                        analyzer("tokenizer.overlap", Family::tokenizer, PEDIGREE_FLAG_NEEDS_REFERENCE, {"tokenizer"}),
                        analyzer("weight.match", Family::weight, PEDIGREE_FLAG_HEAVY | PEDIGREE_FLAG_NEEDS_REFERENCE,
                                 {"weights", "config"}),
                        analyzer("weight.self", Family::weight, PEDIGREE_FLAG_HEAVY, {"weights", "config"})};
  return {manifest};
}

artifact::ResolvedModel model(const std::string& id, const std::vector<std::string>& roles) {
  artifact::ResolvedModel resolved;
  resolved.id = id;
  resolved.role = "suspect";
  for (const auto& role : roles) resolved.files.push_back({role, role + ".file", "/" + role, "", 1});
  return resolved;
}

pipeline::Pipeline all_steps() {
  pipeline::Pipeline pipeline;
  for (const char* use : {"architecture.config", "tokenizer.overlap", "weight.match", "weight.self"}) {
    pipeline::AnalyzerStep step;
    step.id = step.use = use;
    pipeline.analyzers.push_back(step);
  }
  return pipeline;
}

TEST(Plan, cheap_analyzers_get_all_references_at_once_and_heavy_ones_one_each) {
  const auto installed = plugins();
  const auto plan =
      make_plan(all_steps(),
                {model("s", {"config", "tokenizer", "weights"}), model("a", {"config", "tokenizer", "weights"}),
                 model("b", {"config", "tokenizer", "weights"})},
                installed);
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->jobs.size(), 5u);
  EXPECT_EQ(plan->jobs[0].references, (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(plan->jobs[1].references, (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(plan->jobs[2].references, (std::vector<std::size_t>{1}));
  EXPECT_EQ(plan->jobs[3].references, (std::vector<std::size_t>{2}));
  EXPECT_TRUE(plan->jobs[4].references.empty()) << "the self-test looks at the subject alone, once";
  EXPECT_TRUE(plan->skipped.empty());
}

TEST(Plan, hundreds_of_references_without_tensors_cost_no_worker) {
  const auto installed = plugins();
  std::vector<artifact::ResolvedModel> models{model("s", {"config", "weights"})};
  for (int i = 0; i < 300; ++i) models.push_back(model("r" + std::to_string(i), {"config"}));
  const auto plan = make_plan(all_steps(), models, installed);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->jobs.size(), 2u) << "one for all configs, one self-test";
  ASSERT_EQ(plan->skipped.size(), 2u);
  EXPECT_EQ(plan->skipped[1].kind, OutcomeKind::not_applicable);
  EXPECT_NE(plan->skipped[1].message.find("no tensors at hand"), std::string::npos);
}

TEST(Plan, says_why_a_file_that_is_there_does_not_count) {
  auto subject = model("s", {"config"});
  subject.notices.push_back({"LFS_POINTER", "model.safetensors", "a Git-LFS pointer"});
  EXPECT_EQ(lack_of(Family::weight, subject), "no tensors at hand (model.safetensors: a Git-LFS pointer)");
}

TEST(Plan, unknown_analyzer_and_changed_plugin_are_errors) {
  const auto installed = plugins();
  auto pipeline = all_steps();
  pipeline.analyzers.front().use = "architecture.none";
  EXPECT_EQ(make_plan(pipeline, {model("s", {"config"})}, installed).error().code, "ANALYZER_MISSING");
  pipeline = all_steps();
  pipeline.trusted_plugins["p"] = "sha256:other";
  EXPECT_EQ(make_plan(pipeline, {model("s", {"config"})}, installed).error().code, "PLUGIN_NOT_TRUSTED");
  pipeline.trusted_plugins["p"] = "sha256:abc";
  EXPECT_TRUE(make_plan(pipeline, {model("s", {"config"})}, installed));
}

TEST(Assemble, could_not_look_and_found_nothing_are_told_apart) {
  const auto installed = plugins();
  const std::vector<artifact::ResolvedModel> models{model("s", {"config", "tokenizer"}),
                                                    model("a", {"config", "tokenizer"}), model("b", {"config"})};
  const auto plan = make_plan(all_steps(), models, installed);
  ASSERT_TRUE(plan);
  std::vector<JobResult> results(plan->jobs.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    results[i].outcome.analyzer = plan->jobs[i].found.analyzer->id;
    results[i].outcome.family = plan->jobs[i].found.analyzer->family;
  }
  EvidenceRecord record;
  record.family = Family::architecture;
  record.reference = "a";
  record.component = "text_decoder";
  results[0].evidence = {record};
  const auto weighed = assemble(all_steps(), models, *plan, results, {});
  ASSERT_EQ(weighed.references.size(), 2u);
  EXPECT_EQ(weighed.references[0].compared, (std::vector<std::string>{"architecture"}));
  EXPECT_EQ(weighed.references[0].not_compared.at("tokenizer"), "looked, and found nothing that speaks for or against");
  EXPECT_EQ(weighed.references[0].not_compared.at("weight"), "s: no tensors at hand");
  EXPECT_EQ(weighed.references[1].not_compared.at("tokenizer"), "no tokenizer at hand");
}

TEST(Assemble, names_every_part_that_the_configuration_describes) {
  const auto installed = plugins();
  const std::vector<artifact::ResolvedModel> models{model("s", {"config"})};
  const auto plan = make_plan(all_steps(), models, installed);
  EvidenceRecord record;
  record.signal = "architecture.attention-kind";
  record.family = Family::architecture;
  record.component = "text_decoder";
  record.details = nlohmann::json::parse(R"({"components": [
      {"component": "text_decoder"}, {"component": "vision_encoder"}, {"component": "an invention"}, 5]})");
  JobResult result;
  result.evidence = {record};
  const auto weighed = assemble(all_steps(), models, *plan, {result}, {});
  EXPECT_EQ(weighed.components, (std::vector<std::string>{"text_decoder", "vision_encoder"}));
}

TEST(Assemble, takes_declared_reuse_from_evidence_once_per_component_and_parent) {
  const auto installed = plugins();
  const std::vector<artifact::ResolvedModel> models{model("s", {"config"})};
  pipeline::Pipeline pipeline;
  const auto plan = make_plan(pipeline, models, installed);
  EvidenceRecord record;
  record.signal = "architecture.declared-lineage";
  record.relation = "derived";
  record.component = "vision_encoder";
  record.details = nlohmann::json::parse(R"({"declared": [
    {"component": "vision_encoder", "parent": "q", "source": "config.json:/vision_config/model_type"},
    {"component": "vision_encoder", "parent": "q", "source": "card"}, {"parent": "nameless"}, 7]})");
  JobResult result;
  result.evidence = {record};
  const auto weighed = assemble(pipeline, models, *plan, {result}, {});
  ASSERT_EQ(weighed.declared.size(), 1u);
  EXPECT_EQ(weighed.declared[0].parent, "q");
  EXPECT_EQ(weighed.components, (std::vector<std::string>{"text_decoder", "vision_encoder"}));
}

TEST(Expectation, names_every_difference) {
  const auto report = nlohmann::json::parse(R"({"verdict": {"label": "derived", "score": 10, "assurance": 3},
    "components": [{"name": "vision_encoder", "verdict": {"label": "derived"}}]})");
  pipeline::Expectation expectation;
  expectation.verdict = "derived";
  expectation.components = {{"vision_encoder", "derived"}};
  expectation.max_score = 20;
  EXPECT_TRUE(check_expectation(expectation, report).empty());
  expectation.verdict = "from_scratch";
  expectation.components["text_decoder"] = "derived";
  expectation.min_score = 50;
  expectation.assurance = 4;
  EXPECT_EQ(check_expectation(expectation, report).size(), 4u);
}

}  // namespace
}  // namespace pedigree::run
