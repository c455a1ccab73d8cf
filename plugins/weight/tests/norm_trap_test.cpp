// SPDX-License-Identifier: MIT
// The norm trap (methods 1.17): gains of independent models are alike by recipe. Two cases that fooled people,
// through every weight analyzer: twelve layers of gains that never left one (raw cosine 0.9999), and gains that
// follow one depth profile in both models, as Solar's and GLM's do (raw cosine 0.99).
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "plugins/weight/analyzers.hpp"
#include "plugins/weight/identity/identity_analyzer.hpp"
#include "tests/support/run_analyzer.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tensor_files.hpp"

namespace pedigree::weight {
namespace {

constexpr std::uint64_t kWidth = 48, kUnits = 96, kTokens = 200;
constexpr int kLayers = 12;

/// A gain of layer l: centre(l) times 1 + spread N(0, 1). Everything else is N(0, 0.02).
std::string model(unsigned seed, double (*centre)(int layer), double spread) {
  std::mt19937 random{seed};
  std::normal_distribution<float> normal;
  std::vector<testing::StoredTensor> tensors;
  auto matrix = [&](const std::string& name, std::uint64_t rows, std::uint64_t columns) {
    std::vector<float> values(rows * columns);
    for (float& v : values) v = 0.02F * normal(random);
    tensors.push_back(testing::bf16_tensor(name, {rows, columns}, values));
  };
  auto gain = [&](const std::string& name, int layer) {
    std::vector<float> values(kWidth);
    for (float& v : values) v = static_cast<float>(centre(layer) * (1 + spread * static_cast<double>(normal(random))));
    tensors.push_back(testing::f32_tensor(name, {kWidth}, values));
  };
  matrix("model.embed_tokens.weight", kTokens, kWidth);
  for (int l = 0; l < kLayers; ++l) {
    const std::string at = "model.layers." + std::to_string(l) + ".";
    gain(at + "input_layernorm.weight", l);
    for (const char* name : {"q_proj", "k_proj", "v_proj", "o_proj"})
      matrix(at + "self_attn." + name + ".weight", kWidth, kWidth);
    gain(at + "post_attention_layernorm.weight", l);
    matrix(at + "mlp.gate_proj.weight", kUnits, kWidth);
    matrix(at + "mlp.up_proj.weight", kUnits, kWidth);
    matrix(at + "mlp.down_proj.weight", kWidth, kUnits);
  }
  gain("model.norm.weight", kLayers);
  return testing::safetensors_file(tensors);
}

void expect_no_word_of_descent(double (*centre)(int), double spread, double raw_at_least) {
  testing::TemporaryFolder a, b;
  a.write("model.safetensors", model(1, centre, spread));
  b.write("model.safetensors", model(2, centre, spread));
  const std::vector<testing::Model> pair{{"subject", a.path()}, {"reference", b.path()}};
  const auto simple = testing::run_analyzer<IdentityAnalyzer>(pair), lineage = testing::run_analyzer<Lineage>(pair);
  const Evidence* gains = simple.find("weight.norm-gains");
  ASSERT_NE(gains, nullptr) << simple.error;
  EXPECT_GT(nlohmann::json::parse(gains->params_json).value("raw", 0.0), raw_at_least);  // the trap is set
  ASSERT_NE(lineage.find("weight.lineage"), nullptr) << lineage.error;
  for (const auto* run : {&simple, &lineage})
    for (const auto& e : run->evidence) {
      EXPECT_EQ(e.relation, "none") << e.signal;
      EXPECT_LE(e.log10_lr, 0) << e.signal;
      EXPECT_GT(e.log10_p.value_or(0), -4) << e.signal;
    }
}

TEST(norm_trap, twelve_layers_of_gains_near_one_say_nothing) {
  expect_no_word_of_descent([](int) { return 1.0; }, 0.01, 0.9998);
}

TEST(norm_trap, gains_that_follow_one_depth_profile_say_nothing) {
  expect_no_word_of_descent([](int layer) { return 0.3 + 0.1 * layer; }, 0.1, 0.985);
}

}  // namespace
}  // namespace pedigree::weight
