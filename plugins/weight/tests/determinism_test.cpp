// SPDX-License-Identifier: MIT
// The same evidence at any number of threads, and no instruction set beyond the one all results rest on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "plugins/weight/analyzers.hpp"
#include "plugins/weight/matrix.hpp"
#include "tests/support/run_analyzer.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tensor_files.hpp"

namespace pedigree::weight {
namespace {
using pedigree::testing::bf16_tensor;
using pedigree::testing::StoredTensor;
using pedigree::testing::TemporaryFolder;

/// Three llama-like layers; `noise` is what a descendant adds to the weights of seed 1.
std::string model(unsigned seed, float noise) {
  constexpr std::uint64_t kHidden = 96, kInner = 256;
  std::mt19937 base{seed}, added{77};
  std::normal_distribution<float> normal, other;
  std::vector<StoredTensor> tensors;
  const auto add = [&](const std::string& name, std::vector<std::uint64_t> shape) {
    std::size_t size = 1;
    for (auto s : shape) size *= s;
    std::vector<float> values(size);
    for (float& v : values) v = (shape.size() == 1 ? 1.0f : 0.0f) + 0.02f * (normal(base) + noise * other(added));
    tensors.push_back(bf16_tensor(name, std::move(shape), values));
  };
  add("model.embed_tokens.weight", {512, kHidden});
  for (int layer = 0; layer < 3; ++layer) {
    const std::string at = "model.layers." + std::to_string(layer) + ".";
    add(at + "input_layernorm.weight", {kHidden});
    for (const char* name : {"q_proj", "k_proj", "v_proj", "o_proj"})
      add(at + "self_attn." + name + ".weight", {kHidden, kHidden});
    add(at + "post_attention_layernorm.weight", {kHidden});
    add(at + "mlp.gate_proj.weight", {kInner, kHidden});
    add(at + "mlp.up_proj.weight", {kInner, kHidden});
    add(at + "mlp.down_proj.weight", {kHidden, kInner});
  }
  add("model.norm.weight", {kHidden});
  return pedigree::testing::safetensors_file(tensors);
}

/// Everything a report would print of the evidence.
std::vector<std::string> evidence(const std::string& subject, const std::string& reference, unsigned threads) {
  TemporaryFolder a, b;
  a.write("model.safetensors", subject);
  b.write("model.safetensors", reference);
  const auto run = pedigree::testing::run_analyzer<Lineage>({{"s", a.path()}, {"r", b.path()}}, "{}", threads);
  EXPECT_EQ(run.status, PEDIGREE_OK) << run.error;
  std::vector<std::string> out;
  for (const auto& e : run.evidence) {
    char numbers[128];  // hexadecimal: every bit
    std::snprintf(numbers, sizeof numbers, " %a %a %a ", e.value, e.log10_lr, e.log10_p.value_or(1));
    out.push_back(e.signal + " " + e.component + numbers + e.relation + " " + e.params_json + " " + e.details_json);
  }
  return out;
}

TEST(Determinism, evidence_is_the_same_at_any_number_of_threads) {
  const auto reference = model(1, 0);
  for (const auto& subject : {model(1, 1.0f), model(2, 0)}) {
    const auto one = evidence(subject, reference, 1);
    EXPECT_FALSE(one.empty());
    for (const unsigned threads : {2u, 3u, 7u}) EXPECT_EQ(evidence(subject, reference, threads), one) << threads;
  }
}

TEST(Determinism, matrix_code_uses_eight_lanes_and_never_sixteen) {
  // Wider code would add up in another order: a processor with AVX-512 must give the bytes of one without.
#if defined(__x86_64__)
  EXPECT_THAT(Eigen::SimdInstructionSetsInUse(), ::testing::HasSubstr("AVX"));
  EXPECT_THAT(Eigen::SimdInstructionSetsInUse(), ::testing::Not(::testing::HasSubstr("AVX512")));
#endif
}

}  // namespace
}  // namespace pedigree::weight
