// SPDX-License-Identifier: MIT
// Real logs beside the project: every from-scratch log passes, every fine-tuning log is a warm start.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "plugins/training_log/curve.hpp"
#include "tests/support/run_analyzer.hpp"
#include "tests/support/shared_data.hpp"

namespace pedigree::training_log {
namespace {

namespace fs = std::filesystem;

testing::RunResult run_log(const fs::path& log) {
  std::ifstream in{log, std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
  return testing::run_analyzer<Curve>({{"subject", {}, {{"training-log", log.filename().string(), bytes}}}});
}

TEST(RealLogs, every_log_from_scratch_passes_without_a_flag) {
  PEDIGREE_NEEDS_SHARED(shared, testing::shared_folder());
  int logs = 0;
  for (const auto& entry : fs::directory_iterator(shared / "data/logs")) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with("modded-nanogpt") && !name.starts_with("dogberry")) continue;
    ++logs;
    const auto result = run_log(entry.path());
    ASSERT_NE(result.find("training_log.initial-loss"), nullptr) << name << ": " << result.error;
    EXPECT_EQ(result.find("training_log.initial-loss")->relation, "supports_from_scratch") << name;
    for (const auto& e : result.evidence) EXPECT_LE(e.log10_lr, 0) << name << " " << e.signal << " " << e.summary_key;
  }
  EXPECT_EQ(logs, 11);
}

TEST(RealLogs, every_fine_tuning_log_is_a_warm_start) {
  PEDIGREE_NEEDS_SHARED(shared, testing::shared_folder());
  const std::set<std::string> warm{"dheena731-tinyllama__trainer_state.json",
                                   "syGOAT-mistral-translator__trainer_state.json",
                                   "syGOAT-mistral-translator__trainer_log.jsonl",
                                   "yc1999-stanford-alpaca__trainer_state.json",
                                   "syGOAT-mistral-translator__checkpoint-500_trainer_state.json",
                                   "his0si-exaone__kd_32b_teacher_v2.log",
                                   "his0si-exaone__kd_35_78b.log",
                                   "his0si-exaone__kd_40_32b_train.log",
                                   "his0si-exaone__selfkd_base.log",
                                   "his0si-exaone__smart_prune_laco.log"};
  for (const auto& name : warm) {
    const auto result = run_log(shared / "data/logs" / name);
    bool derived = false;
    for (const auto& e : result.evidence) {
      derived |= e.relation == "derived" && e.log10_lr > 0;
      EXPECT_NE(e.relation, "supports_from_scratch") << name << " " << e.signal;
    }
    EXPECT_TRUE(derived) << name << ": " << result.error;
  }
}

TEST(RealLogs, zoo_logs_tell_bases_from_children_but_for_what_a_log_cannot_show) {
  PEDIGREE_NEEDS_SHARED(unpacked, testing::unpacked_folder());
  // lineage.csv says which are bases. Not decidable from a log: fresh embeddings (embonly), half of the
  // layers fresh with fresh embeddings (halflayers), and a fine-tuning on foreign text that begins 0.23 nat below ln V,
  // as tied embeddings may (ft_heavy_b1). A distilled student starts below ln V (its loss is a divergence).
  const std::set<std::string> bases{"b1", "b2", "b3", "b4", "b5", "b6", "g1", "g2", "m1", "m2"};
  int bases_right = 0, children = 0, children_found = 0, abstained = 0;
  for (const auto& entry : fs::directory_iterator(unpacked / "zoo/models")) {
    const auto name = entry.path().filename().string();
    const auto result = testing::run_analyzer<Curve>({{"subject", entry.path(), {}}});
    const auto* start = result.find("training_log.initial-loss");
    if (start == nullptr) {
      ++abstained;
      EXPECT_FALSE(bases.count(name)) << name << result.error;
    } else if (bases.count(name) == 1) {
      bases_right += start->relation == "supports_from_scratch" ? 1 : 0;
    } else {
      ++children;
      children_found += start->relation == "derived" ? 1 : 0;
    }
  }
  std::printf(
      "zoo logs: %d of 10 bases begin untrained; %d of %d children are warm starts; %d models without a log abstain\n",
      bases_right, children_found, children, abstained);
  EXPECT_EQ(bases_right, 10);
  EXPECT_GE(children_found, children - 3);
}

}  // namespace
}  // namespace pedigree::training_log
