// SPDX-License-Identifier: MIT
// A model of zeros or NaN has no parent and no independence either: nothing may be said of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>

#include "plugins/weight/analyzers.hpp"
#include "plugins/weight/identity/identity_analyzer.hpp"
#include "tests/support/run_analyzer.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tensor_files.hpp"

namespace pedigree::weight {
namespace {
using pedigree::testing::bf16_tensor;
using pedigree::testing::StoredTensor;
using pedigree::testing::TemporaryFolder;

/// Two llama-like layers; every value is what `value` gives.
template <class Value>
std::string model(Value value) {
  constexpr std::uint64_t kHidden = 64, kInner = 160;
  std::vector<StoredTensor> tensors;
  const auto add = [&](const std::string& name, std::vector<std::uint64_t> shape) {
    std::size_t size = 1;
    for (auto s : shape) size *= s;
    std::vector<float> values(size);
    for (float& v : values) v = value();
    tensors.push_back(bf16_tensor(name, std::move(shape), values));
  };
  add("model.embed_tokens.weight", {300, kHidden});
  for (const char* layer : {"model.layers.0.", "model.layers.1."}) {
    const std::string at = layer;
    add(at + "input_layernorm.weight", {kHidden});
    for (const char* name : {"q_proj", "k_proj", "v_proj", "o_proj"})
      add(at + "self_attn." + name + ".weight", {kHidden, kHidden});
    add(at + "post_attention_layernorm.weight", {kHidden});
    add(at + "mlp.gate_proj.weight", {kInner, kHidden});
    add(at + "mlp.up_proj.weight", {kInner, kHidden});
    add(at + "mlp.down_proj.weight", {kHidden, kInner});
  }
  return pedigree::testing::safetensors_file(tensors);
}

template <class Analyzer>
void expect_silence(const std::string& subject, const std::string& reference) {
  TemporaryFolder a, b;
  a.write("model.safetensors", subject);
  b.write("model.safetensors", reference);
  const auto run = pedigree::testing::run_analyzer<Analyzer>({{"subject", a.path()}, {"reference", b.path()}});
  EXPECT_EQ(run.status, PEDIGREE_NOT_APPLICABLE) << run.error;
  EXPECT_FALSE(run.error.empty());
  for (const auto& e : run.evidence) ADD_FAILURE() << e.signal << " of " << e.component << " is " << e.value;
}

TEST(DeadWeights, zeros_and_nan_are_no_sign_of_independence) {
  std::mt19937 random{1};
  std::normal_distribution<float> normal;
  const auto alive = model([&] { return 0.02f * normal(random); });
  for (const float value : {0.0f, std::numeric_limits<float>::quiet_NaN()}) {
    SCOPED_TRACE(value);
    const auto dead = model([&] { return value; });
    expect_silence<Lineage>(dead, alive);
    expect_silence<Lineage>(alive, dead);
    expect_silence<IdentityAnalyzer>(dead, alive);
    expect_silence<IdentityAnalyzer>(alive, dead);
    expect_silence<SelfTests>(dead, alive);
  }
}

}  // namespace
}  // namespace pedigree::weight
