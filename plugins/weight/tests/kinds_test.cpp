// SPDX-License-Identifier: MIT
// What is said to have been done to a model, through the plugin boundary: one change made, that change named and no
// other.
#include <gtest/gtest.h>

#include <numeric>

#include "plugins/weight/tests/gguf_model.hpp"

namespace pedigree::weight {
namespace {
using namespace testing;

/// The sentences of weight.lineage: "quantised_rows", "permuted(hidden_units heads)".
std::string said(const RunResult& run) {
  std::string out;
  const json params = json::parse(of(run, "weight.lineage").params_json);
  for (const auto& item : params.at("changes")) {
    out += (out.empty() ? "" : ", ") + item.at("key").get<std::string>().substr(7);
    if (!item.contains("params") || !item["params"].contains("parts")) continue;
    std::string parts;
    for (const auto& part : item["params"]["parts"])
      parts += (parts.empty() ? "" : " ") + part.at("key").get<std::string>().substr(5);
    out += "(" + parts + ")";
  }
  return out;
}

template <class Change>
void each(Model& model, std::string_view part, Change change) {
  for (auto& [name, t] : model)
    if (name.find(part) != std::string::npos) change(t);
}

void add_noise(Model& model, std::string_view part, float size) {
  std::mt19937 random{77};
  std::normal_distribution<float> normal;
  each(model, part, [&](Tensor& t) {
    for (float& v : t.values) v += size * normal(random);
  });
}

/// w = s round(w / s), s = largest of the group / `levels`.
void quantise(Model& model, std::uint64_t group, float levels) {
  each(model, "layers", [&](Tensor& t) {
    const std::uint64_t width = group == 0 ? t.shape[1] : group;
    for (std::size_t at = 0; at + width <= t.values.size(); at += width) {
      float most = 0;
      for (std::size_t i = at; i < at + width; ++i) most = std::max(most, std::abs(t.values[i]));
      for (std::size_t i = at; i < at + width; ++i)
        t.values[i] = most / levels * std::round(t.values[i] * levels / most);
    }
  });
}

TEST(Kinds, of_a_copy_and_of_a_fine_tuned_model) {
  const Model parent = trained(1);
  EXPECT_EQ(said(compare(parent, parent)), "copied");
  EXPECT_EQ(said(compare(parent, parent, true)), "copied_rounded");
  Model child = parent;
  add_noise(child, "layers", 0.003f);
  EXPECT_EQ(said(compare(child, parent)), "fine_tuned");
}

TEST(Kinds, eight_bits_per_row_are_seen_in_the_values) {
  const Model parent = trained(1);
  Model child = parent;
  quantise(child, 0, 127);
  EXPECT_EQ(said(compare(child, parent)), "quantised_rows");
  EXPECT_EQ(said(compare(child, parent, true)), "quantised_rows") << "written as BF16";
  EXPECT_EQ(said(compare(parent, child)), "reference_quantised_rows");
  EXPECT_EQ(said(compare(child, child)), "copied") << "nothing was quantised on the way";
}

TEST(Kinds, eight_and_four_bits_per_group_are_seen_in_the_values) {
  const Model parent = trained(1);
  Model child = parent;
  quantise(child, 32, 127);
  EXPECT_EQ(said(compare(child, parent)), "quantised_groups");
  child = parent;
  quantise(child, 32, 7);
  EXPECT_EQ(said(compare(child, parent)), "quantised_groups");
}

TEST(Kinds, training_before_quantisation_is_named_beside_it) {
  const Model parent = trained(1);
  Model child = parent;
  add_noise(child, "layers", 0.006f);
  quantise(child, 0, 127);
  EXPECT_EQ(said(compare(child, parent)), "fine_tuned, quantised_rows");
}

class KindsOfGguf : public ::testing::TestWithParam<BlockType> {};

TEST_P(KindsOfGguf, quantised_from_its_own_safetensors) {
  const Model parent = trained(1, {.hidden = 256, .layers = 2}), stranger = trained(2, {.hidden = 256, .layers = 2});
  TemporaryFolder a, b, c;
  a.write("model.gguf", gguf_of(parent, GetParam()));
  for (auto [folder, model] : {std::pair{&b, &parent}, std::pair{&c, &stranger}}) {
    folder->write("model.safetensors", file_of(*model));
    folder->write("config.json", config(256));
  }
  const auto run =
      pedigree::testing::run_analyzer<Lineage>({{"gguf", a.path()}, {"own", b.path()}, {"other", c.path()}});
  const Evidence* own = run.find("weight.lineage", "own");
  ASSERT_NE(own, nullptr) << run.error;
  EXPECT_EQ(own->relation, "derived");
  EXPECT_LT(own->log10_p.value_or(0), -100);
  const auto changes = json::parse(own->params_json)["changes"];
  ASSERT_EQ(changes.size(), 1u) << changes;
  EXPECT_EQ(changes[0]["key"], "change.quantised_stored");
  EXPECT_EQ(changes[0]["params"]["type"], GetParam().name);
  EXPECT_EQ(run.find("weight.lineage", "other")->relation, "none");
}

INSTANTIATE_TEST_SUITE_P(Types, KindsOfGguf, ::testing::Values(kQ8_0, kQ4K, kQ6K),
                         [](const auto& type) { return std::string(type.param.name); });

TEST(Kinds, lora_on_attention_alone) {
  const Model parent = trained(1);
  Model child = parent;
  std::mt19937 random{5};
  std::normal_distribution<float> normal;
  for (const char* part : {"q_proj", "v_proj"})
    each(child, part, [&](Tensor& t) {
      for (int r = 0; r < 2; ++r) {
        std::vector<float> left(t.shape[0]), right(t.shape[1]);
        for (float& v : left) v = normal(random);
        for (float& v : right) v = normal(random);
        for (std::size_t i = 0; i < t.values.size(); ++i)
          t.values[i] += 0.004f * left[i / t.shape[1]] * right[i % t.shape[1]];
      }
    });
  EXPECT_EQ(said(compare(child, parent)), "units_copied, lora");
}

TEST(Kinds, a_small_share_of_a_stranger_is_a_merge_and_no_training) {
  const Model parent = trained(1), stranger = trained(2);
  Model child = parent;
  for (auto& [name, t] : child)
    for (std::size_t i = 0; i < t.values.size(); ++i)
      t.values[i] = 0.85f * t.values[i] + 0.15f * stranger.at(name).values[i];
  const auto run = compare(child, parent);
  EXPECT_EQ(said(run), "merged");
  const auto changes = json::parse(of(run, "weight.lineage").params_json)["changes"];
  EXPECT_NEAR(changes[0]["params"]["weight"].get<double>(), 0.85, 0.02);
}

TEST(Kinds, weights_pruned_to_zero_are_no_training) {
  const Model parent = trained(1);
  Model child = parent;
  each(child, "layers", [](Tensor& t) {
    std::vector<float> sizes = t.values;
    for (float& v : sizes) v = std::abs(v);
    std::nth_element(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2), sizes.end());
    for (float& v : t.values)
      if (std::abs(v) < sizes[sizes.size() / 2]) v = 0;
  });
  EXPECT_EQ(said(compare(child, parent)), "copied, sparsified");
}

/// Units in another order, up and down with another sign in every second of them.
Model relabelled(Model model) {
  std::vector<std::uint64_t> order(kInner);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937{3});
  const auto sign = [](std::uint64_t unit, bool gate) { return gate || unit % 2 == 0 ? 1.f : -1.f; };
  for (auto& [name, t] : model) {
    const Tensor before = t;
    const std::uint64_t columns = t.shape[1];
    const bool gate = name.find("gate_proj") != std::string::npos;
    if (gate || name.find("up_proj") != std::string::npos)
      for (std::size_t i = 0; i < t.values.size(); ++i) {
        const std::uint64_t unit = order[i / columns];
        t.values[i] = sign(unit, gate) * before.values[unit * columns + i % columns];
      }
    else if (name.find("down_proj") != std::string::npos)
      for (std::size_t i = 0; i < t.values.size(); ++i) {
        const std::uint64_t unit = order[i % columns];
        t.values[i] = sign(unit, false) * before.values[i / columns * columns + unit];
      }
  }
  return model;
}

TEST(Kinds, another_order_and_other_signs_are_named_once_each_and_are_no_training) {
  const Model parent = trained(1);
  EXPECT_EQ(said(compare(relabelled(parent), parent)), "copied, permuted(hidden_units), rescaled(signs)");
}

TEST(Kinds, are_not_told_of_an_adapter_which_is_no_model) {
  TemporaryFolder a, b;
  Model adapter;
  adapter["base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"] = {{4, 64}, std::vector<float>(256, 0.1f)};
  adapter["base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight"] = {{64, 4}, std::vector<float>(256, 0.2f)};
  a.write("adapter_model.safetensors", file_of(adapter));
  b.write("model.safetensors", file_of(trained(1)));
  b.write("config.json", config(64));
  for (const bool subject : {true, false}) {
    const auto run = pedigree::testing::run_analyzer<Lineage>(
        {{"first", subject ? a.path() : b.path()}, {"second", subject ? b.path() : a.path()}});
    EXPECT_EQ(run.status, PEDIGREE_NOT_APPLICABLE);
    EXPECT_NE(run.error.find("merge it into its base"), std::string::npos) << run.error;
  }
}

/// Layers by their names in which nothing known is found (a voice detector's): once a division by zero.
TEST(Kinds, layers_without_any_known_matrix_end_in_a_named_outcome) {
  TemporaryFolder a, b;
  for (auto [folder, seed] : {std::pair{&a, 1u}, std::pair{&b, 2u}}) {
    std::mt19937 random{seed};
    std::normal_distribution<float> normal;
    Model model;
    for (const auto& [name, shape] :
         {std::pair<const char*, std::vector<std::uint64_t>>{"encoder.0.reparam_conv.weight", {128, 129, 3}},
          {"encoder.1.reparam_conv.weight", {64, 128, 3}},
          {"decoder.rnn.weight_ih", {512, 128}},
          {"decoder.rnn.weight_hh", {512, 128}},
          {"decoder.decoder.2.weight", {1, 128, 1}}}) {
      Tensor t{shape, {}};
      t.values.resize(std::accumulate(shape.begin(), shape.end(), std::uint64_t{1}, std::multiplies<>{}));
      for (float& v : t.values) v = normal(random);
      model[name] = std::move(t);
    }
    folder->write("model.safetensors", file_of(model));
  }
  const auto run = pedigree::testing::run_analyzer<Lineage>({{"a", a.path()}, {"b", b.path()}});
  EXPECT_TRUE(run.status == PEDIGREE_OK || run.status == PEDIGREE_NOT_APPLICABLE) << run.error;
  for (const auto& e : run.evidence) EXPECT_EQ(e.relation, "none");
}

}  // namespace
}  // namespace pedigree::weight
