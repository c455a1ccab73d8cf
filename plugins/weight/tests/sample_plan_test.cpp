// SPDX-License-Identifier: MIT
// What is read of models of any size stays within a budget, and is the same on both sides.
#include <gtest/gtest.h>

#include "plugins/weight/compare/layer_matching.hpp"

namespace pedigree::weight {
namespace {

/// A decoder of so many layers, each with one dense or shared block and `experts` routed ones.
ComponentView decoder(std::size_t layers, std::uint64_t hidden, int experts) {
  ComponentView view;
  view.hidden = hidden;
  LayerView layer;
  layer.mlps.resize(1);
  for (int e = 0; e < experts; ++e) {
    MlpView mlp;
    mlp.expert = e;
    layer.mlps.push_back(mlp);
  }
  view.layers.assign(layers, layer);
  return view;
}

/// Bytes of floats that the plan reads of a decoder whose blocks are wide enough.
std::uint64_t bytes(const SamplePlan& plan, const ComponentView& view) {
  const std::uint64_t routed = view.layers.front().mlps.size() - 1;
  return view.layers.size() * (1 + std::min(plan.experts, routed)) * plan.units * 3 * sizeof(float) * view.hidden;
}

TEST(SamplePlan, of_models_of_any_size_stays_within_its_budget) {
  const SamplePlan wanted;
  struct Shape {
    std::size_t layers;
    std::uint64_t hidden;
    int experts;
  };
  // An 8B, a 70B and a 405B dense model; mixtures of 100B, 671B and 1T parameters.
  for (const auto& shape :
       {Shape{32, 4096, 0}, {80, 8192, 0}, {126, 16384, 0}, {48, 4096, 128}, {61, 7168, 256}, {61, 7168, 384}}) {
    const ComponentView view = decoder(shape.layers, shape.hidden, shape.experts);
    const SamplePlan plan = fitted(wanted, view, view);
    EXPECT_LE(bytes(plan, view), wanted.bytes) << shape.layers << " x " << shape.hidden;
    EXPECT_GE(plan.units, 8u);
    EXPECT_GE(plan.experts, 2u);
  }
}

TEST(SamplePlan, gives_up_experts_before_units_and_nothing_that_fits) {
  const ComponentView small = decoder(12, 256, 8), large = decoder(48, 4096, 128);
  EXPECT_EQ(fitted({}, small, small).experts, SamplePlan{}.experts);
  const SamplePlan plan = fitted({}, large, large);
  EXPECT_LT(plan.experts, SamplePlan{}.experts);
  EXPECT_GE(plan.units, 32u);
}

TEST(SamplePlan, is_that_of_the_larger_side) {
  const ComponentView dense = decoder(48, 4096, 0), mixture = decoder(48, 4096, 128);
  const SamplePlan plan = fitted({}, dense, mixture), back = fitted({}, mixture, dense);
  EXPECT_EQ(plan.units, fitted({}, mixture, mixture).units);
  EXPECT_EQ(plan.units, back.units);
  EXPECT_EQ(plan.experts, back.experts);
}

TEST(SamplePlan, keeps_to_what_was_asked_for) {
  SamplePlan asked;
  asked.units = 100;
  const ComponentView small = decoder(2, 64, 0);
  EXPECT_EQ(fitted(asked, small, small).units, 100u);
}

}  // namespace
}  // namespace pedigree::weight
