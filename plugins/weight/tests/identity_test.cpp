// SPDX-License-Identifier: MIT
// weight.identity through the plugin boundary, over small models written here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "plugins/weight/identity/identity_analyzer.hpp"
#include "plugins/weight/identity/identity_evidence.hpp"
#include "plugins/weight/identity/tile_kernel.hpp"
#include "tests/support/run_analyzer.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tensor_files.hpp"

namespace pedigree::weight {
namespace {
using pedigree::testing::bf16_tensor;
using pedigree::testing::f16_tensor;
using pedigree::testing::f32_tensor;
using pedigree::testing::StoredTensor;
using pedigree::testing::TemporaryFolder;

constexpr std::size_t kHidden = 64, kInner = 160, kVocabulary = 300, kLayers = 2;

using Change = std::function<void(const std::string& name, std::vector<float>& values)>;
using Rename = std::function<std::string(const std::string& name)>;

/// A llama-like model of normal weights; gains are `gain` plus a little noise.
struct Recipe {
  unsigned seed = 1;
  double gain_spread = 0.02;
  StoredTensor (*store)(std::string, std::vector<std::uint64_t>, std::span<const float>) = bf16_tensor;
  Change change = [](const std::string&, std::vector<float>&) {};
  Rename rename = [](const std::string& name) { return name; };
};

std::string model(const Recipe& recipe) {
  std::mt19937 random{recipe.seed};
  std::normal_distribution<float> normal;
  std::vector<StoredTensor> tensors;
  const auto add = [&](const std::string& name, std::vector<std::uint64_t> shape) {
    std::size_t size = 1;
    for (auto s : shape) size *= s;
    std::vector<float> values(size);
    const bool gain = shape.size() == 1;
    for (float& v : values)
      v = gain ? 1.0f + static_cast<float>(recipe.gain_spread) * normal(random) : 0.02f * normal(random);
    recipe.change(name, values);
    tensors.push_back(recipe.store(recipe.rename(name), std::move(shape), values));
  };
  add("model.embed_tokens.weight", {kVocabulary, kHidden});
  for (std::size_t l = 0; l < kLayers; ++l) {
    const auto at = "model.layers." + std::to_string(l) + ".";
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

pedigree::testing::RunResult compare(const std::string& subject, const std::string& reference, unsigned threads = 2) {
  TemporaryFolder a, b;
  a.write("model.safetensors", subject);
  b.write("model.safetensors", reference);
  return pedigree::testing::run_analyzer<IdentityAnalyzer>({{"subject", a.path()}, {"reference", b.path()}}, "{}",
                                                           threads);
}
const Evidence& find(const pedigree::testing::RunResult& run, std::string_view signal, std::string_view component) {
  for (const auto& e : run.evidence)
    if (e.signal == signal && e.component == component) return e;
  throw std::runtime_error("no evidence of " + std::string{signal} + ": " + run.error);
}
bool accuses(const pedigree::testing::RunResult& run) {
  return std::any_of(run.evidence.begin(), run.evidence.end(),
                     [](const Evidence& e) { return e.relation != "none" || e.log10_lr > 0; });
}

TEST(WeightIdentity, names_the_same_file_identical_with_a_decisive_p) {
  const auto run = compare(model({}), model({}));
  ASSERT_EQ(run.status, PEDIGREE_OK) << run.error;
  for (const char* component : {"text_decoder", "embedding"}) {
    const auto& e = find(run, "weight.identical-tensors", component);
    EXPECT_EQ(e.relation, "identical") << component;
    EXPECT_EQ(e.log10_lr, 6.0);
    ASSERT_TRUE(e.log10_p);
    // All columns of one tensor in place: 1/160! = 10^-284.7 for down_proj, 1/64! = 10^-89.1 for the
    // embedding; corrections for the search cost a few units.
    EXPECT_NEAR(*e.log10_p, std::string_view{component} == "embedding" ? -89.1 : -284.7, 5) << component;
    EXPECT_EQ(find(run, "weight.layer-cosine", component).value, 1.0);
  }
}

TEST(WeightIdentity, finds_nothing_between_independent_models) {
  const auto run = compare(model({}), model({.seed = 2}));
  ASSERT_EQ(run.status, PEDIGREE_OK);
  EXPECT_FALSE(accuses(run));
  EXPECT_EQ(find(run, "weight.identical-tensors", "text_decoder").value, 0.0);
  // 13 matrices of 4096 to 10240 independent normal weights: a cosine's deviation is below 1/64 each.
  EXPECT_LT(std::fabs(find(run, "weight.layer-cosine", "text_decoder").value), 0.03);
}

TEST(WeightIdentity, disarms_the_norm_trap_of_gains_that_start_at_one) {
  const auto run = compare(model({.gain_spread = 0.01}), model({.seed = 2, .gain_spread = 0.01}));
  const auto& gains = find(run, "weight.norm-gains", "text_decoder");
  const auto params = nlohmann::json::parse(gains.params_json);
  EXPECT_GT(params["raw"].get<double>(), 0.999);  // N(1, 0.01): raw cosine 1 - 1e-4 between strangers
  EXPECT_LT(std::fabs(gains.value), 0.2);
  EXPECT_LE(gains.log10_lr, 0);
  EXPECT_EQ(gains.relation, "none");
  EXPECT_EQ(gains.summary_key, "identity.gains-artefact");
}

TEST(WeightIdentity, says_nothing_about_constant_gains) {
  const auto run = compare(model({.gain_spread = 0}), model({.seed = 2, .gain_spread = 0}));
  const auto& gains = find(run, "weight.norm-gains", "text_decoder");
  EXPECT_EQ(gains.summary_key, "identity.gains-constant");
  EXPECT_EQ(gains.log10_lr, 0);
  EXPECT_FALSE(gains.log10_p);
  EXPECT_FALSE(accuses(run));
}

TEST(WeightIdentity, never_says_more_than_a_half_about_inherited_gains) {
  const auto noise = [](const std::string& name, std::vector<float>& v) {
    if (name.find("norm") != std::string::npos) return;
    std::mt19937 random{9};
    std::normal_distribution<float> normal;
    for (float& x : v) x = 0.02f * normal(random);  // all but the gains replaced
  };
  const auto run = compare(model({.change = noise}), model({}));
  const auto& gains = find(run, "weight.norm-gains", "text_decoder");
  EXPECT_GT(gains.value, 0.99);
  EXPECT_EQ(gains.log10_lr, 0.5);
}

TEST(WeightIdentity, finds_copies_whatever_the_tensors_are_called) {
  const auto run = compare(
      model({.rename = [](const std::string& name) { return "x" + std::to_string(std::hash<std::string>{}(name)); }}),
      model({}));
  const auto& e = find(run, "weight.identical-tensors", "text_decoder");
  EXPECT_NE(e.relation, "none");
  EXPECT_GT(nlohmann::json::parse(e.params_json)["renamed"].get<int>(), 10);
  EXPECT_EQ(nlohmann::json::parse(e.details_json)["copies"][0]["sha256"].get<std::string>().size(), 64u);
}

TEST(WeightIdentity, sees_bits_that_fine_tuning_left_alone) {
  // One weight in five moves: no column of 64 stays whole, but pieces of four often do (0.8^4 = 0.41).
  const auto tune = [](const std::string&, std::vector<float>& v) {
    for (std::size_t i = 0; i < v.size(); ++i)
      if ((i * 2654435761u >> 7u) % 5 == 0) v[i] += 0.01f;
  };
  const auto run = compare(model({.change = tune}), model({}));
  const auto& e = find(run, "weight.bit-equality", "text_decoder");
  EXPECT_NEAR(e.value, 0.8, 0.02);
  EXPECT_EQ(e.relation, "derived");
  EXPECT_LT(*e.log10_p, -12);
}

TEST(WeightIdentity, compares_in_the_coarser_type) {
  const auto run = compare(model({.store = f32_tensor}), model({.store = bf16_tensor}));
  const auto& e = find(run, "weight.bit-equality", "text_decoder");
  EXPECT_EQ(e.value, 1.0);  // rounding the F32 original gives the BF16 copy
  EXPECT_EQ(e.log10_lr, 6.0);
  EXPECT_EQ(compare(model({.store = f16_tensor}), model({.store = f32_tensor})).find("weight.bit-equality")->value,
            1.0);
}

TEST(WeightIdentity, reads_scaled_eight_bit_weights_as_the_weights_they_are) {
  // E4M3 has four significant bits, 3 and 1 have two: every product is exact in BF16.
  constexpr std::size_t kRows = 64, kColumns = 256;
  std::mt19937 random{5};
  std::string codes;
  std::vector<float> weights;
  for (std::size_t i = 0; i < kRows * kColumns; ++i) {
    const auto code = static_cast<unsigned char>(0x30u + random() % 16u + (random() % 2u) * 0x80u);
    codes += static_cast<char>(code);
    // Exponents 6 and 7 of bias 7: 2^(e-7) * (1 + m/8).
    const float size = ((code & 0x08u) != 0 ? 1.0f : 0.5f) * (1.0f + static_cast<float>(code & 7u) / 8.0f);
    weights.push_back(((code & 0x80u) != 0 ? -size : size) * (i % kColumns < 128 ? 3.0f : 0.0625f));
  }
  const std::string name = "model.layers.0.mlp.down_proj.weight";
  const std::vector<float> scales = {3.0f, 0.0625f};
  const StoredTensor stored{name, "F8_E4M3", {kRows, kColumns}, codes};
  const auto plain = pedigree::testing::safetensors_file({bf16_tensor(name, {kRows, kColumns}, weights)});
  const auto scaled = pedigree::testing::safetensors_file({stored, f32_tensor(name + "_scale_inv", {1, 2}, scales)});
  const auto run = compare(plain, scaled);
  ASSERT_EQ(run.status, PEDIGREE_OK) << run.error;
  EXPECT_EQ(find(run, "weight.bit-equality", "text_decoder").value, 1.0);
  EXPECT_EQ(find(run, "weight.layer-cosine", "text_decoder").value, 1.0);
  // The same codes without their scales are other weights: half of the columns are 48 times too small.
  const auto raw = compare(plain, pedigree::testing::safetensors_file({stored}));
  EXPECT_LT(find(raw, "weight.layer-cosine", "text_decoder").value, 0.8);
}

TEST(WeightIdentity, a_permutation_hides_from_it_and_it_claims_no_independence) {
  const auto reverse = [](const std::string&, std::vector<float>& v) { std::reverse(v.begin(), v.end()); };
  const auto run = compare(model({.change = reverse}), model({}));
  for (const auto& e : run.evidence) EXPECT_TRUE(e.signal == "weight.norm-gains" || e.log10_lr == 0) << e.signal;
}

TEST(WeightIdentity, gives_the_same_bytes_at_any_thread_count) {
  const auto tune = [](const std::string&, std::vector<float>& v) {
    for (std::size_t i = 0; i < v.size(); i += 3) v[i] *= 1.1f;
  };
  const auto one = compare(model({.change = tune}), model({}), 1),
             five = compare(model({.change = tune}), model({}), 5);
  ASSERT_EQ(one.evidence.size(), five.evidence.size());
  for (std::size_t i = 0; i < one.evidence.size(); ++i) {
    EXPECT_EQ(one.evidence[i].value, five.evidence[i].value);
    EXPECT_EQ(one.evidence[i].details_json, five.evidence[i].details_json);
    EXPECT_EQ(one.evidence[i].params_json, five.evidence[i].params_json);
  }
}

TEST(WeightIdentity, leaves_nan_and_infinity_out_and_says_so) {
  const auto poison = [](const std::string& name, std::vector<float>& v) {
    if (name.find("q_proj") == std::string::npos) return;
    v[0] = std::numeric_limits<float>::quiet_NaN();
    v[1] = std::numeric_limits<float>::infinity();
  };
  const auto run = compare(model({.change = poison}), model({}));
  ASSERT_EQ(run.status, PEDIGREE_OK) << run.error;
  for (const auto& e : run.evidence) {
    EXPECT_TRUE(std::isfinite(e.value));
    EXPECT_EQ(e.details_json.find("null"), std::string::npos);
  }
  EXPECT_THAT(run.log, ::testing::Contains(::testing::HasSubstr("4 values are NaN or infinite")));
}

TEST(WeightIdentity, constants_and_tables_prove_nothing) {
  const auto ones = [](const std::string&, std::vector<float>& v) { std::fill(v.begin(), v.end(), 1.0f); };
  EXPECT_FALSE(accuses(compare(model({.change = ones}), model({.seed = 2, .change = ones}))));
  const auto table = [](const std::string& name, std::vector<float>& v) {
    if (name.find("norm") != std::string::npos) return;
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = i % 3 == 0 ? 0.5f : -0.5f;
  };
  EXPECT_FALSE(accuses(compare(model({.change = table}), model({.seed = 2, .change = table}))));
}

TEST(WeightIdentity, abstains_without_weights_and_on_broken_files) {
  TemporaryFolder empty, whole;
  whole.write("model.safetensors", model({}));
  empty.write("config.json", "{}");
  const auto none = pedigree::testing::run_analyzer<IdentityAnalyzer>({{"s", empty.path()}, {"r", whole.path()}});
  EXPECT_EQ(none.status, PEDIGREE_NOT_APPLICABLE);
  EXPECT_FALSE(none.error.empty());
  EXPECT_EQ(pedigree::testing::run_analyzer<IdentityAnalyzer>({{"s", whole.path()}, {"r", empty.path()}}).status,
            PEDIGREE_NOT_APPLICABLE);
  const auto broken = compare(model({}).substr(0, 5000), model({}));
  EXPECT_EQ(broken.status, PEDIGREE_ERR_INPUT);
  EXPECT_NE(broken.error.find("ST_TRUNCATED"), std::string::npos) << broken.error;
}

TEST(WeightIdentity, accuses_no_independent_pair_of_the_zoo) {
  PEDIGREE_NEEDS_SHARED(unpacked, pedigree::testing::unpacked_folder());
  const auto models = unpacked / "zoo/models";
  const char* bases[] = {"b1", "b2", "b3", "b4", "b5", "b6", "g1", "g2", "m1", "m2"};
  for (const char* a : bases) {
    for (const char* b : bases) {
      if (std::string{a} == b) continue;
      const auto run = pedigree::testing::run_analyzer<IdentityAnalyzer>({{"s", models / a}, {"r", models / b}});
      EXPECT_FALSE(accuses(run)) << a << " " << b;
    }
  }
  const auto copied =
      pedigree::testing::run_analyzer<IdentityAnalyzer>({{"s", models / "lora_b1"}, {"r", models / "b1"}});
  EXPECT_EQ(find(copied, "weight.identical-tensors", "embedding").relation, "identical");
}

TEST(PairSums, agree_with_the_definitions_in_double) {
  std::mt19937 random{3};
  std::normal_distribution<float> normal;
  std::vector<float> a(10007), b(10007);
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] = 0.3f + normal(random);
    b[i] = i % 4 == 0 ? a[i] : a[i] + 0.1f * normal(random);
  }
  const auto sums =
      sum_pairs(io::Dtype::kF32, std::as_bytes(std::span{a}), io::Dtype::kF32, std::as_bytes(std::span{b}), a.size());
  double aa = 0, bb = 0, ab = 0, dd = 0, ad = 0, ma = 0, mb = 0;
  std::size_t equal = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = a[i], y = b[i];
    aa += x * x, bb += y * y, ab += x * y, dd += (x - y) * (x - y), ad += std::fabs(x - y), ma += x, mb += y;
    equal += a[i] == b[i] ? 1u : 0u;
  }
  const auto n = static_cast<double>(a.size());
  EXPECT_EQ(sums.equal, equal);
  EXPECT_NEAR(sums.cosine(), ab / std::sqrt(aa * bb), 1e-6);
  EXPECT_NEAR(sums.pearson(), (ab - ma * mb / n) / std::sqrt((aa - ma * ma / n) * (bb - mb * mb / n)), 1e-6);
  EXPECT_NEAR(sums.relative_l2(), std::sqrt(dd / aa), 1e-6);
  EXPECT_NEAR(sums.mean_absolute_difference(), ad / n, 1e-7);
}

TEST(PairSums, cosines_hold_between_tensors_of_very_different_length) {
  std::mt19937 random{5};
  std::normal_distribution<float> normal;
  std::vector<float> a(3 * kTile + 100), b(a.size());
  double aa = 0, bb = 0, ab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] = normal(random);
    b[i] = 1e5F * (0.5F * a[i] + normal(random));
    const double x = a[i], y = b[i];
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  const auto sums =
      sum_pairs(io::Dtype::kF32, std::as_bytes(std::span{a}), io::Dtype::kF32, std::as_bytes(std::span{b}), a.size());
  EXPECT_NEAR(sums.cosine(), ab / std::sqrt(aa * bb), 1e-5);
  EXPECT_NEAR(sums.pearson(), ab / std::sqrt(aa * bb), 1e-3);
}

TEST(PairSums, every_loop_of_this_processor_gives_the_same_bits) {
  // Without vectors, AVX2, AVX-512: as far as the machine has them.
  const auto& plain = tile_loops().front();
  std::mt19937 random{5};
  for (std::size_t count : {0u, 1u, 15u, 16u, 17u, 4095u, 4096u}) {
    std::vector<std::uint16_t> a(count + 1), b(count + 1);
    std::vector<float> x(count), y(count);
    for (std::size_t i = 0; i <= count; ++i) {
      a[i] = static_cast<std::uint16_t>(random() & 0xBFFFu);  // finite
      b[i] = random() % 3 == 0 ? a[i] : static_cast<std::uint16_t>(random() & 0xBFFFu);
    }
    for (std::size_t i = 0; i < count; ++i) x[i] = io::bf16_to_float(a[i]), y[i] = io::bf16_to_float(b[i]);
    const auto* p = reinterpret_cast<const std::byte*>(a.data());
    const auto* q = reinterpret_cast<const std::byte*>(b.data());
    const auto* u = reinterpret_cast<const std::byte*>(x.data());
    const auto* v = reinterpret_cast<const std::byte*>(y.data());
    const auto same = [](const TileSums& s, const TileSums& t) {
      return s.equal == t.equal && s.a == t.a && s.b == t.b && s.aa == t.aa && s.bb == t.bb && s.dd == t.dd &&
             s.abs_d == t.abs_d;
    };
    for (const auto& loop : tile_loops()) {
      EXPECT_TRUE(same(loop.bf16(p, q, count), plain.bf16(p, q, count))) << loop.name << " " << count;
      EXPECT_TRUE(same(loop.floats(u, v, count), plain.floats(u, v, count))) << loop.name << " " << count;
    }
    EXPECT_TRUE(same(tile_of_bf16(p, q, count), tile_of_floats(u, v, count))) << count;
  }
}

TEST(PairSums, reads_a_quantised_tensor_close_to_its_original) {
  // Q8_0 of a block with scale 1/64: values are multiples of it, so the cosine is exactly one.
  std::string blocks;
  std::vector<float> original;
  for (int block = 0; block < 8; ++block) {
    blocks += pedigree::testing::raw(io::float_to_f16(1.0f / 64));
    for (int i = 0; i < 32; ++i) {
      const auto q = static_cast<std::int8_t>(block * 13 + i - 60);
      blocks += pedigree::testing::raw(q);
      original.push_back(static_cast<float>(q) / 64);
    }
  }
  const auto sums = sum_pairs(io::Dtype::kQ8_0, std::as_bytes(std::span{blocks}), io::Dtype::kF32,
                              std::as_bytes(std::span{original}), original.size());
  EXPECT_DOUBLE_EQ(sums.cosine(), 1.0);
  EXPECT_EQ(sums.dd, 0.0);
  EXPECT_EQ(equality_of(io::Dtype::kQ8_0, io::Dtype::kF32), Equality::kNone);
}

TEST(IdenticalPieces, likelihood_ratios_are_e_values_and_capped) {
  // E[p^(-1/2) / 2] = 1 for a uniform p, so the ratio never overstates; p = 1 says nothing.
  EXPECT_EQ(log10_lr_of_p(0, 6), 0);
  EXPECT_NEAR(log10_lr_of_p(-4, 6), 2 + std::log10(0.5), 1e-12);
  EXPECT_EQ(log10_lr_of_p(-400, 6), 6);
}

}  // namespace
}  // namespace pedigree::weight
