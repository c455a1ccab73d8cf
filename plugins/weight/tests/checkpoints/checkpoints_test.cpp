// SPDX-License-Identifier: MIT
// From random numbers to the final weights: what passes, and every forgery that must not.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "plugins/weight/checkpoints/analyzer.hpp"
#include "plugins/weight/checkpoints/chain.hpp"
#include "plugins/weight/checkpoints/start_physics.hpp"
#include "plugins/weight/tests/tiny_run.hpp"
#include "tests/support/run_analyzer.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/support/temporary_folder.hpp"

namespace pedigree::weight {
namespace {

namespace fs = std::filesystem;
using testing::tiny_file;
using testing::tiny_start;
using testing::tiny_train;
using testing::TinyRun;
using testing::TinyWeights;

const TinyRun& honest_run() {
  static const TinyRun run = tiny_train(tiny_start(1), 100, 600, {0, 30, 100, 250, 450});
  return run;
}
const TinyRun& other_run() {
  static const TinyRun run = tiny_train(tiny_start(2), 200, 600, {0, 30, 100, 250, 450});
  return run;
}

/// A model on disk: checkpoints by step, final weights, log.
struct Record {
  std::map<int, TinyWeights> checkpoints;
  TinyWeights final_weights;
  std::string log;
  bool bf16 = false;
};

Record record_of(const TinyRun& run) {
  Record r;
  r.checkpoints = run.checkpoints;
  r.checkpoints.erase(std::prev(r.checkpoints.end()));
  r.final_weights = run.last();
  r.log = run.log();
  return r;
}

pedigree::testing::RunResult judge(const Record& record, std::string_view options = "{}") {
  const pedigree::testing::TemporaryFolder folder;
  const auto write = [&](const fs::path& path, const std::string& bytes) {
    fs::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << bytes;
  };
  for (const auto& [step, weights] : record.checkpoints)
    write(folder.path() / ("step-" + std::to_string(step)) / "model.safetensors", tiny_file(weights, record.bf16));
  write(folder.path() / "model.safetensors", tiny_file(record.final_weights, record.bf16));
  if (!record.log.empty()) write(folder.path() / "train.log", record.log);
  return pedigree::testing::run_analyzer<Checkpoints>({{"subject", folder.path()}}, options);
}

bool supports_from_scratch(const pedigree::testing::RunResult& result) {
  for (const auto& e : result.evidence)
    if (e.relation == "supports_from_scratch") return true;
  return false;
}

std::string key(const pedigree::testing::RunResult& result, std::string_view signal) {
  const auto* e = result.find(signal);
  return e == nullptr ? "" : e->summary_key;
}

TEST(Checkpoints, an_honest_run_links_random_numbers_to_the_final_weights) {
  EXPECT_LT(honest_run().loss.back(), honest_run().loss.front() - 1.5);  // it did learn
  const auto result = judge(record_of(honest_run()));
  ASSERT_EQ(result.status, PEDIGREE_OK) << result.error;
  EXPECT_EQ(key(result, "training_log.step0-physics"), "checkpoints.physics_random");
  EXPECT_EQ(key(result, "training_log.checkpoint-path"), "checkpoints.path_one_run")
      << result.find("training_log.checkpoint-path")->details_json;
  EXPECT_EQ(key(result, "training_log.step0-link"), "checkpoints.link");
  EXPECT_EQ(result.find("training_log.step0-link")->log10_lr, -4);
  EXPECT_TRUE(supports_from_scratch(result));
  for (const auto& e : result.evidence) EXPECT_LE(e.log10_lr, 0) << e.signal;
}

TEST(Checkpoints, sixteen_bit_storage_changes_nothing) {
  auto record = record_of(honest_run());
  record.bf16 = true;
  const auto result = judge(record);
  EXPECT_EQ(key(result, "training_log.step0-link"), "checkpoints.link");
}

TEST(Checkpoints, honest_runs_of_other_seeds_and_recipes_pass) {
  // Ten seeds, two laws of initialisation, three peak learning rates. Sanitizers see all there is in two.
#ifdef PEDIGREE_SANITIZED
  constexpr int kRuns = 2;
#else
  constexpr int kRuns = 10;
#endif
  for (int i = 0; i < kRuns; ++i) {
    const auto run = tiny_train(tiny_start(50 + static_cast<std::uint64_t>(i), {}, i % 2 == 1),
                                300 + static_cast<std::uint64_t>(i), 300, {0, 20, 80, 200}, (1 + i % 3) * 1.5e-3);
    const auto result = judge(record_of(run));
    EXPECT_TRUE(supports_from_scratch(result))
        << i << " " << key(result, "training_log.step0-physics") << " " << key(result, "training_log.checkpoint-path")
        << " " << key(result, "training_log.step0-link");
  }
}

TEST(Checkpoints, without_a_log_the_bounds_are_said_to_be_unchecked) {
  auto record = record_of(honest_run());
  record.log.clear();
  const auto result = judge(record);
  EXPECT_EQ(key(result, "training_log.checkpoint-path"), "checkpoints.path_one_run_unbounded");
  EXPECT_TRUE(supports_from_scratch(result));
}

TEST(Checkpoints, a_pretrained_step_0_is_seen_as_trained) {
  // The run began from the other model: its final weights are called step 0.
  const auto run = tiny_train(other_run().last(), 300, 300, {0, 30, 150});
  const auto result = judge(record_of(run));
  EXPECT_EQ(key(result, "training_log.step0-physics"), "checkpoints.physics_trained");
  EXPECT_EQ(key(result, "training_log.step0-link"), "checkpoints.link_trained");
  EXPECT_GT(result.find("training_log.step0-physics")->log10_lr, 0);
  EXPECT_EQ(result.find("training_log.step0-physics")->relation, "derived");
  EXPECT_FALSE(supports_from_scratch(result));
}

/// Matrices of a model under the names of a vision tower.
TinyWeights tower_of(const TinyWeights& model) {
  TinyWeights tower;
  for (const auto& [name, m] : model) {
    const auto at = name.find("layers.");
    if (at == std::string::npos || name.find("gate_proj") != std::string::npos) continue;
    auto part = name.substr(at);
    for (const auto& [from, to] : {std::pair{"post_attention_layernorm", "layer_norm2"}, std::pair{"up_proj", "fc1"},
                                   std::pair{"down_proj", "fc2"}})
      if (const auto found = part.find(from); found != std::string::npos)
        part.replace(found, std::string_view{from}.size(), to);
    tower["vision_tower.vision_model.encoder." + part] = m;
  }
  return tower;
}

TEST(Checkpoints, a_pretrained_tower_is_said_of_the_tower_only) {
  auto record = record_of(honest_run());
  const auto tower = tower_of(other_run().last());
  ASSERT_GE(tower.size(), 4u);
  for (auto& [step, weights] : record.checkpoints) weights.insert(tower.begin(), tower.end());
  record.final_weights.insert(tower.begin(), tower.end());
  const auto result = judge(record);
  bool language = false, vision = false;
  for (const auto& e : result.evidence) {
    if (e.signal != "training_log.step0-physics") continue;
    if (e.component == "vision_encoder") {
      vision = true;
      EXPECT_EQ(e.summary_key, "checkpoints.part_trained");
      EXPECT_EQ(e.relation, "derived");
      EXPECT_GT(e.log10_lr, 0);
    } else {
      language = true;
      EXPECT_EQ(e.summary_key, "checkpoints.physics_random");
      EXPECT_EQ(e.log10_lr, 0);
    }
  }
  EXPECT_TRUE(language && vision);
  EXPECT_EQ(key(result, "training_log.step0-link"), "checkpoints.link");
  EXPECT_TRUE(supports_from_scratch(result));
}

TEST(Checkpoints, a_random_tower_does_not_make_a_pretrained_language_model_random) {
  auto record = record_of(tiny_train(other_run().last(), 300, 300, {0, 30, 150}));
  const auto tower = tower_of(tiny_start(9));
  for (auto& [step, weights] : record.checkpoints) weights.insert(tower.begin(), tower.end());
  record.final_weights.insert(tower.begin(), tower.end());
  const auto result = judge(record);
  EXPECT_EQ(key(result, "training_log.step0-physics"), "checkpoints.physics_trained");
  EXPECT_FALSE(supports_from_scratch(result));
}

TEST(Checkpoints, resetting_the_gains_of_a_pretrained_step_0_does_not_hide_it) {
  auto start = other_run().last();
  for (auto& [name, m] : start)
    if (m.rows() == 1) m.setOnes();
  const auto result = judge(record_of(tiny_train(start, 300, 300, {0, 30, 150})));
  EXPECT_FALSE(supports_from_scratch(result));
  EXPECT_EQ(key(result, "training_log.step0-physics"), "checkpoints.physics_trained");
}

TEST(Checkpoints, somebody_elses_random_start_does_not_link) {
  auto record = record_of(honest_run());
  record.checkpoints[0] = tiny_start(77);
  const auto result = judge(record);
  EXPECT_EQ(key(result, "training_log.step0-link"), "checkpoints.link_absent");
  EXPECT_FALSE(supports_from_scratch(result));
}

TEST(Checkpoints, a_foreign_final_model_does_not_link) {
  auto record = record_of(honest_run());
  record.final_weights = other_run().last();
  EXPECT_FALSE(supports_from_scratch(judge(record)));
}

TEST(Checkpoints, a_checkpoint_of_another_run_is_named) {
  auto record = record_of(honest_run());
  record.checkpoints[250] = other_run().checkpoints.at(250);
  const auto result = judge(record);
  EXPECT_EQ(key(result, "training_log.checkpoint-path"), "checkpoints.path_foreign");
  EXPECT_NE(result.find("training_log.checkpoint-path")->params_json.find("step-250"), std::string::npos);
  EXPECT_GT(result.find("training_log.checkpoint-path")->log10_lr, 0);
  EXPECT_FALSE(supports_from_scratch(result));
}

TEST(Checkpoints, exchanged_checkpoints_are_found) {
  auto record = record_of(honest_run());
  std::swap(record.checkpoints[30], record.checkpoints[450]);
  const auto result = judge(record);
  EXPECT_EQ(key(result, "training_log.checkpoint-path"), "checkpoints.path_not_nearer");
  EXPECT_FALSE(supports_from_scratch(result));
}

TEST(Checkpoints, a_sibling_of_the_same_seed_is_no_checkpoint_of_this_run) {
  // Same random start, other text: its labels link, its path leads elsewhere.
  const auto sibling = tiny_train(tiny_start(1), 555, 600, {450});
  auto record = record_of(honest_run());
  record.checkpoints[450] = sibling.checkpoints.at(450);
  const auto result = judge(record);
  EXPECT_FALSE(supports_from_scratch(result)) << result.find("training_log.checkpoint-path")->details_json;
}

TEST(Checkpoints, interpolated_checkpoints_are_seen_as_computed) {
  // A start made from the end, and points on the line between them.
  auto record = record_of(honest_run());
  const auto start = record.checkpoints[0];
  for (auto& [step, weights] : record.checkpoints)
    for (auto& [name, m] : weights)
      m = start.at(name) + static_cast<float>(step / 600.0) * (record.final_weights.at(name) - start.at(name));
  const auto result = judge(record);
  EXPECT_EQ(key(result, "training_log.checkpoint-path"), "checkpoints.path_straight");
  EXPECT_FALSE(supports_from_scratch(result));
}

TEST(Checkpoints, a_copied_checkpoint_is_found) {
  auto record = record_of(honest_run());
  record.checkpoints[250] = record.checkpoints[100];
  EXPECT_EQ(key(judge(record), "training_log.checkpoint-path"), "checkpoints.path_repeated");
}

TEST(Checkpoints, a_log_of_smaller_learning_rates_does_not_fit_the_path) {
  auto record = record_of(honest_run());
  auto run = honest_run();
  for (auto& rate : run.learning_rate) rate /= 20;
  record.log = run.log();
  const auto result = judge(record);
  EXPECT_EQ(key(result, "training_log.checkpoint-path"), "checkpoints.path_too_far");
  EXPECT_FALSE(supports_from_scratch(result));
  EXPECT_TRUE(supports_from_scratch(judge(record, R"({"optimizer": "other"})")));
}

TEST(Checkpoints, without_anything_in_between_a_start_is_not_enough) {
  auto record = record_of(honest_run());
  record.checkpoints = {{0, record.checkpoints[0]}};
  const auto result = judge(record);
  EXPECT_EQ(key(result, "training_log.step0-link"), "checkpoints.link_without_path");
  EXPECT_FALSE(supports_from_scratch(result));
  // A copy of the final weights is no point in between.
  record.checkpoints[600] = record.final_weights;
  EXPECT_FALSE(supports_from_scratch(judge(record)));
}

TEST(Checkpoints, without_step_0_nothing_is_said_of_the_start) {
  auto record = record_of(honest_run());
  record.checkpoints.erase(0);
  const auto result = judge(record);
  EXPECT_EQ(result.find("training_log.step0-physics"), nullptr);
  EXPECT_EQ(key(result, "training_log.step0-link"), "checkpoints.link_no_start");
  EXPECT_EQ(result.find("training_log.step0-link")->log10_lr, 0);
}

TEST(Checkpoints, other_shapes_are_named_and_damage_is_an_error) {
  auto record = record_of(honest_run());
  record.checkpoints[100] = tiny_start(3, {192, 32, 96, 3});
  EXPECT_EQ(key(judge(record), "training_log.checkpoint-path"), "checkpoints.path_other_shape");
  const auto broken = pedigree::testing::run_analyzer<Checkpoints>(
      {{"subject",
        {},
        {{"checkpoint", "step-0/model.safetensors", "not a file"},
         {"weights", "model.safetensors", tiny_file(record.final_weights)}}}});
  EXPECT_EQ(broken.status, PEDIGREE_ERR_INPUT);
  EXPECT_NE(broken.error.find("step-0"), std::string::npos) << broken.error;
}

TEST(Checkpoints, nothing_at_hand_is_said_plainly) {
  const auto result = pedigree::testing::run_analyzer<Checkpoints>(
      {{"subject", {}, {{"weights", "model.safetensors", tiny_file(tiny_start(1))}}}});
  EXPECT_EQ(result.status, PEDIGREE_NOT_APPLICABLE);
  EXPECT_NE(result.error.find("step-N"), std::string::npos);
}

// ---------------------------------------------------------------------------------------------------------

TEST(StartPhysics, laws_of_initialisation_pass_and_learned_structure_does_not) {
  Random random(5);
  int wrong = 0, total = 0;
  double excess = 0, square = 0;
  for (int trial = 0; trial < 400; ++trial) {
    const Index n = 16 + static_cast<Index>(random.below(300)), d = 16 + static_cast<Index>(random.below(300));
    Matrix m(n, d);
    for (Index i = 0; i < m.size(); ++i) {
      double x = random.normal();
      if (trial % 4 == 1) x = random.uniform() - 0.5;
      if (trial % 4 == 2)
        while (std::abs(x) > 2) x = random.normal();  // truncated at two deviations
      if (trial % 4 == 3) x = random.uniform() < 0.5 ? random.normal() : 0.0 + random.normal();
      m.data()[i] = static_cast<float>(0.02 * x);
    }
    ++total;
    const auto physics = matrix_physics(m);
    wrong += physics.random() ? 0 : 1;
    excess += physics.surprise;
    square += physics.surprise * physics.surprise;
  }
  // Two squared standard scores: mean 2 and variance 4 for large matrices.
  std::printf("surprise of independent entries: mean %.2f, deviation %.2f\n", excess / total,
              std::sqrt(square / total - excess / total * excess / total));
  EXPECT_NEAR(excess / total, 2, 0.6);
  EXPECT_LT(std::sqrt(square / total - excess / total * excess / total), 4);
  EXPECT_EQ(wrong, 0) << "of " << total;
  // A learned direction: rank one with a tenth of the energy lies beyond the edge.
  Matrix m(256, 256);
  for (Index i = 0; i < m.size(); ++i) m.data()[i] = static_cast<float>(random.normal());
  Matrix spiked = m;
  for (Index i = 0; i < 256; ++i)
    for (Index j = 0; j < 256; ++j) spiked(i, j) += 0.316F * ((i % 2 == 0) == (j % 3 == 0) ? 1.0F : -1.0F);
  EXPECT_GT(matrix_physics(spiked).edge, 1);
  Matrix outlier = m;
  outlier.col(7) *= 6;
  EXPECT_GT(matrix_physics(outlier).column_dispersion, 1);
}

TEST(StartPhysics, no_trained_model_of_the_zoo_looks_untrained) {
  PEDIGREE_NEEDS_SHARED(unpacked, pedigree::testing::unpacked_folder());
  int models = 0, trained = 0;
  for (const auto& entry : fs::directory_iterator(unpacked / "zoo/models")) {
    std::vector<pedigree::testing::Model> model{{"subject", entry.path()}};
    // Every model of the zoo as its own step 0: linked to itself, and trained.
    for (const auto& file : fs::directory_iterator(entry.path())) {
      if (file.path().extension() != ".safetensors") continue;
      std::ifstream in{file.path(), std::ios::binary};
      model.front().memory.push_back({"checkpoint", "step-0/" + file.path().filename().string(),
                                      std::string{std::istreambuf_iterator<char>{in}, {}}});
    }
    if (model.front().memory.empty()) continue;
    const auto result = pedigree::testing::run_analyzer<Checkpoints>(model);
    const auto* physics = result.find("training_log.step0-physics");
    ASSERT_NE(physics, nullptr) << entry.path() << result.error;
    ++models;
    trained += physics->summary_key == "checkpoints.physics_trained" ? 1 : 0;
    EXPECT_NE(physics->summary_key, "checkpoints.physics_random") << entry.path() << physics->details_json;
  }
  std::printf("step-0 physics: %d of %d trained zoo models are seen as trained\n", trained, models);
  EXPECT_GE(models, 40);
}

TEST(Chain, learning_rates_are_summed_between_logged_steps) {
  const LearningRates rates{{0, 0.0}, {10, 1.0}, {20, 1.0}};
  EXPECT_NEAR(*summed_rate(rates, 0, 20), 5 + 10, 1e-9);    // a triangle and a rectangle
  EXPECT_NEAR(*summed_rate(rates, 5, 15), 3.75 + 5, 1e-9);  // from 0.5 to 1 over 5, then 1 over 5
  EXPECT_FALSE(summed_rate(rates, 0, 500).has_value());     // the log ends long before
  EXPECT_FALSE(summed_rate({}, 0, 10).has_value());
}

}  // namespace
}  // namespace pedigree::weight
