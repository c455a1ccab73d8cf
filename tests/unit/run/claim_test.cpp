// SPDX-License-Identifier: MIT
#include "framework/run/claim.hpp"

#include <gtest/gtest.h>

namespace pedigree::run {
namespace {

using nlohmann::json;

const json kClaim{{"parameters", 1e9},
                  {"tokens", 2e12},
                  {"statement", "trained by us"},
                  {"hardware", {{"accelerator", "H100"}, {"count", 64}, {"days", 2}, {"hours", 3000}}},
                  {"training", {{"steps", 1000}, {"schedule", "cosine"}}}};

TEST(Claim, hardware_and_training_become_options_of_their_own_names) {
  const auto options = claim_options(kClaim);
  EXPECT_EQ(options["tokens"], 2e12);
  EXPECT_EQ(options["accelerator"], "H100");
  EXPECT_EQ(options["accelerators"], 64);
  EXPECT_EQ(options["hours"], 48);  // two days of wall time
  EXPECT_EQ(options["accelerator_hours"], 3000);
  EXPECT_EQ(options["steps"], 1000);
  EXPECT_EQ(options["schedule"], "cosine");
  EXPECT_FALSE(options.contains("hardware"));
  EXPECT_TRUE(claim_options(json(nullptr)).empty());
}

TEST(Claim, reaches_only_options_that_an_analyzer_declares_and_that_were_not_given) {
  plugin::Manifest manifest;
  plugin::AnalyzerManifest analyzer;
  analyzer.id = "log.claims";
  analyzer.config_schema = {{"properties", {{"tokens", {{"type", "number"}}}, {"steps", {{"type", "number"}}}}}};
  manifest.analyzers = {analyzer};
  pipeline::Pipeline pipeline;
  pipeline.claim = kClaim;
  pipeline.analyzers.resize(2);
  pipeline.analyzers[0].use = "log.claims";
  pipeline.analyzers[0].with = {{"tokens", 7}};
  pipeline.analyzers[1].use = "not.installed";
  hand_over_claim(pipeline, {manifest});
  EXPECT_EQ(pipeline.analyzers[0].with, (json{{"tokens", 7}, {"steps", 1000}}));
  EXPECT_TRUE(pipeline.analyzers[1].with.empty());
}

}  // namespace
}  // namespace pedigree::run
