// SPDX-License-Identifier: MIT
// weight.lineage through the plugin boundary over small written models: parts reused alone, layouts without hidden
// units to compare, and what is said when nothing is found.
#include <gtest/gtest.h>

#include "plugins/weight/decide/judgement.hpp"
#include "plugins/weight/tests/written_model.hpp"

namespace pedigree::weight {
namespace {
using namespace testing;

TEST(Reuse, attention_alone_is_a_part_by_an_exact_test) {
  const Model parent = trained(1);
  Model child = trained(2);
  take(child, parent, "self_attn");
  const auto run = compare(child, parent);
  EXPECT_EQ(of(run, "weight.lineage").relation, "partial");
  EXPECT_LT(of(run, "weight.lineage").log10_p.value_or(0), -12);
  EXPECT_EQ(of(run, "weight.lineage").summary_key, "lineage.parts");
  EXPECT_EQ(json::parse(of(run, "weight.lineage").params_json)["part"], json::array({"heads"})) << "no embedding";
}

TEST(Reuse, an_embedding_is_found_where_no_hidden_unit_can_be_compared) {
  const Model parent = trained(1);
  Model child = trained(2), stranger = trained(3);
  take(child, parent, "embed_tokens");
  for (Model* m : {&child, &stranger}) {
    drop(*m, "mlp");
    drop(*m, "self_attn");
  }
  EXPECT_EQ(of(compare(child, parent), "weight.embedding-alignment").relation, "derived");
  EXPECT_EQ(of(compare(stranger, parent), "weight.embedding-alignment").relation, "none");
}

TEST(Reuse, heads_are_found_where_no_hidden_unit_can_be_compared) {
  const Model parent = trained(1);
  Model child = trained(2), stranger = trained(3);
  take(child, parent, "self_attn");
  drop(child, "mlp");
  drop(stranger, "mlp");
  EXPECT_EQ(of(compare(child, parent), "weight.lineage").relation, "partial");
  EXPECT_EQ(of(compare(stranger, parent), "weight.lineage").relation, "none");
}

/// What is alike comes from a start that everybody computes alike.
TEST(Reuse, attention_that_began_as_the_identity_is_no_descent) {
  Model a = trained(1), b = trained(2);
  for (Model* m : {&a, &b})
    for (auto& [name, t] : *m)
      if (name.find("self_attn") != std::string::npos)
        for (std::uint64_t i = 0; i < t.shape[0]; ++i) t.values[i * t.shape[1] + i] += 0.3f;
  EXPECT_EQ(of(compare(a, b), "weight.lineage").relation, "none");
}

TEST(Reuse, attention_that_began_as_cosines_is_no_descent) {
  Model a = trained(1), b = trained(2);
  for (Model* m : {&a, &b})
    for (auto& [name, t] : *m)
      if (name.find("self_attn") != std::string::npos)
        for (std::uint64_t i = 0; i < t.values.size(); ++i) {
          const auto row = static_cast<double>(i / t.shape[1]), column = static_cast<double>(i % t.shape[1]);
          t.values[i] += static_cast<float>(0.03 * std::cos(3.14159265 * (column + 0.5) * row / 64));
        }
  const auto run = compare(a, b);
  const std::string relation = of(run, "weight.lineage").relation;
  EXPECT_TRUE(relation == "none" || relation == "shared_initialization") << relation;
}

/// Two models whose heads are alike in the one layer compared, and nothing else; `top` of what the leading
/// directions of q, k, v and o learned is kept.
Judgement of_heads_alike(double top) {
  ComponentFinding finding;
  finding.comparable = true;
  finding.subject_layers = finding.reference_layers = 1;
  finding.heads_log10_p = -349;
  LayerFinding layer;
  layer.compared = true;
  layer.source_layer = -1;
  layer.heads.emplace();
  layer.heads->similarity = 0.9;
  layer.heads->valid = true;
  for (const char* part : {"q", "k", "v", "o"}) {
    auto& spectrum = layer.roles[part].spectrum;
    spectrum.top = top;
    spectrum.bulk = 1;
    spectrum.cosine = 0.95;
    spectrum.valid = true;
  }
  finding.layers = {layer};
  return judge(finding);
}

TEST(Reuse, of_attention_is_a_part_only_when_what_was_learned_is_there) {
  EXPECT_EQ(of_heads_alike(0.98).relation, relation::kPartial);
  // Heads that everybody starts alike (cosine matrices) stay alike; what each learned on top is its own.
  EXPECT_EQ(of_heads_alike(0.6).relation, relation::kSharedInitialization);
}

TEST(Reuse, a_plain_block_may_call_its_first_matrix_w1) {
  const Model parent = trained(1, {.gated = false});
  Model renamed;
  for (const auto& [name, tensor] : parent) {
    std::string other = name;
    for (const auto& [from, to] : {std::pair{"up_proj", "w1"}, std::pair{"down_proj", "c_proj"}})
      if (const auto at = other.find(from); at != std::string::npos) other.replace(at, std::string(from).size(), to);
    renamed[other] = tensor;
  }
  EXPECT_EQ(of(compare(renamed, parent), "weight.hidden-unit-match").relation, "derived");
}

TEST(Reuse, a_few_copied_units_make_a_part_and_not_a_descendant) {
  const Model parent = trained(1);
  Model child = trained(2);
  for (const auto& [name, from] : parent) {
    if (name.find("mlp") == std::string::npos) continue;
    auto& to = child[name].values;
    const bool down = name.find("down") != std::string::npos;
    const std::uint64_t columns = from.shape[1];
    for (std::size_t i = 0; i < to.size(); ++i)
      if ((down ? i % columns : i / columns) % 8 == 0) to[i] = from.values[i];
  }
  const auto run = compare(child, parent);
  const Evidence& lineage = of(run, "weight.lineage");
  EXPECT_EQ(lineage.relation, "partial");
  EXPECT_NEAR(lineage.value, 0.125, 0.03);
  EXPECT_NE(lineage.details_json.find("units_reused"), std::string::npos) << lineage.details_json;
}

TEST(Reuse, a_clean_scan_states_its_power_whatever_the_shapes) {
  const Model reference = trained(1, {.hidden = 96, .layers = 5, .gated = false});
  const auto run = compare(trained(2), reference);
  EXPECT_EQ(of(run, "weight.lineage").relation, "none");
  EXPECT_EQ(of(run, "weight.lineage").summary_key, "lineage.none");
  EXPECT_LE(of(run, "weight.power").value, 0.8);
}

}  // namespace
}  // namespace pedigree::weight
