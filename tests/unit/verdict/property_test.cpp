// SPDX-License-Identifier: MIT
// Laws that hold for every case: order does not matter, silence does not speak, more evidence for
// descent never lowers the probability of descent, nothing is undefined.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <random>

#include "tests/unit/verdict/case_builder.hpp"

namespace {

using namespace pedigree::verdict::testing;
using pedigree::EvidenceRecord;
using pedigree::Family;
using pedigree::verdict::Case;
using pedigree::verdict::Judgement;
using pedigree::verdict::Profile;

constexpr std::array<const char*, 10> kRelations{"none",
                                                 "identical",
                                                 "derived",
                                                 "partial",
                                                 "shared_initialization",
                                                 "tokenizer_reuse",
                                                 "architecture_reuse",
                                                 "behavioral_proximity",
                                                 "supports_from_scratch",
                                                 "gibberish"};
constexpr std::array<const char*, 4> kComponents{"text_decoder", "vision_encoder", "tokenizer", "model"};

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(engine_); }
  double between(double low, double high) { return std::uniform_real_distribution<double>(low, high)(engine_); }

  EvidenceRecord record(std::size_t references) {
    auto result =
        evidence(static_cast<Family>(1 + below(5)), "signal." + std::to_string(below(4)), between(-8, 8),
                 below(6) == 0 ? "" : reference_name(below(references)), kRelations.at(below(kRelations.size())));
    result.component = kComponents.at(below(kComponents.size()));
    if (below(3) == 0) result.log10_p = -std::pow(10.0, between(-1, 3));
    result.value = between(-1, 1);
    return result;
  }

  Case random_case() {
    const std::size_t references = 1 + below(6);
    Case result = make_case(references);
    result.components = {"text_decoder", "vision_encoder"};
    if (below(3) == 0) result.references[0].role = "control";
    if (below(5) == 0) result.declared = {{"vision_encoder", "someone", "config.json"}};
    const std::size_t count = below(25);
    for (std::size_t i = 0; i < count; ++i) result.evidence.push_back(record(references));
    return result;
  }
  std::mt19937& engine() { return engine_; }

 private:
  std::mt19937 engine_;
};

std::string essence(const Judgement& judgement) {
  nlohmann::json out = nlohmann::json::array();
  const auto add = [&](const pedigree::verdict::Verdict& v) {
    out.push_back({pedigree::verdict::to_string(v.label), v.status, v.score, v.p_derived, v.assurance, v.coverage,
                   v.confidence, v.reasons});
    for (const auto& parent : v.parents) out.push_back({parent.id, parent.relation, parent.p_derived});
    for (const auto& step : v.contributions) out.push_back({step.what, step.signal, step.reference, step.log10_odds});
  };
  add(judgement.model);
  for (const auto& row : judgement.components) add(row.verdict);
  for (const auto& reference : judgement.references)
    out.push_back({reference.facts.id, reference.p_derived, reference.relation});
  for (const auto& next : judgement.next_evidence) out.push_back({next.key, next.params, next.could_move});
  return out.dump();
}

TEST(Weighing, does_not_depend_on_the_order_of_the_evidence) {
  Random random(1);
  for (int round = 0; round < 300; ++round) {
    Case case_ = random.random_case();
    const auto before = essence(weigh(case_, Profile::defaults()));
    std::shuffle(case_.evidence.begin(), case_.evidence.end(), random.engine());
    ASSERT_EQ(essence(weigh(case_, Profile::defaults())), before) << "round " << round;
  }
}

TEST(Weighing, gives_numbers_in_their_ranges_for_every_case) {
  Random random(2);
  for (int round = 0; round < 300; ++round) {
    const auto judgement = weigh(random.random_case(), Profile::defaults());
    for (const auto& row : judgement.components) {
      ASSERT_TRUE(row.verdict.p_derived >= 0 && row.verdict.p_derived <= 1);
      ASSERT_TRUE(row.verdict.coverage >= 0 && row.verdict.coverage <= 1 + 1e-12);
      ASSERT_TRUE(row.verdict.confidence >= 0 && row.verdict.confidence <= 1);
      ASSERT_TRUE(row.verdict.assurance >= 0 && row.verdict.assurance <= 4);
      double sum = 0;
      for (const auto& step : row.verdict.contributions) sum += step.log10_odds;
      ASSERT_NEAR(sum, std::log10(row.verdict.p_derived / (1 - row.verdict.p_derived)), 1e-3);
    }
    ASSERT_EQ(judgement.model.score, std::lround(100 * (1 - judgement.model.p_derived)));
    for (const auto& reference : judgement.references) ASSERT_LE(reference.p_derived, judgement.model.p_derived + 1e-9);
  }
}

TEST(Weighing, treats_numbers_that_are_not_finite_as_silence) {
  Random random(3);
  const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  for (int round = 0; round < 100; ++round) {
    Case case_ = random.random_case();
    const auto before = weigh(case_, Profile::defaults());
    for (const double bad : {nan, infinity, -infinity}) {
      auto record = random.record(case_.references.size());
      (random.below(2) == 0 ? record.value : record.log10_lr) = bad;
      case_.evidence.push_back(record);
    }
    const auto after = weigh(case_, Profile::defaults());
    ASSERT_EQ(after.model.p_derived, before.model.p_derived);
    ASSERT_EQ(after.model.label, before.model.label);
    ASSERT_EQ(after.model.coverage, before.model.coverage);
  }
}

TEST(Weighing, is_not_moved_by_an_analyzer_that_abstains) {
  Random random(4);
  for (int round = 0; round < 100; ++round) {
    Case case_ = random.random_case();
    const auto before = essence(weigh(case_, Profile::defaults()));
    for (const auto kind :
         {pedigree::OutcomeKind::not_applicable, pedigree::OutcomeKind::crashed, pedigree::OutcomeKind::timed_out})
      case_.outcomes.push_back({"weight.late", Family::weight, "", kind, "no tensors", 1, 1});
    ASSERT_EQ(essence(weigh(case_, Profile::defaults())), before);
  }
}

TEST(Weighing, never_lowers_the_probability_when_a_likelihood_ratio_rises) {
  Random random(5);
  for (int round = 0; round < 500; ++round) {
    Case case_ = random.random_case();
    for (auto& reference : case_.references)
      reference.role = "suspect";  // a control's evidence works the other way, by design
    if (case_.evidence.empty()) continue;
    const auto before = weigh(case_, Profile::defaults());
    case_.evidence[random.below(case_.evidence.size())].log10_lr += random.between(0, 6);
    const auto after = weigh(case_, Profile::defaults());
    ASSERT_GE(after.model.p_derived, before.model.p_derived - 1e-12) << "round " << round;
  }
}

TEST(Weighing, is_not_moved_by_references_that_nobody_compared_when_nothing_spoke) {
  for (std::size_t n : {1, 2, 10, 150, 500})
    EXPECT_NEAR(weigh(make_case(n), Profile::defaults()).model.p_derived, 0.2, 1e-12);
}

TEST(Weighing, says_derived_only_of_suspects_with_weight_evidence) {
  Random random(6);
  for (int round = 0; round < 500; ++round) {
    const Case case_ = random.random_case();
    const auto judgement = weigh(case_, Profile::defaults());
    for (const auto& parent : judgement.model.parents) {
      if (parent.relation == "declared") continue;
      const bool weights = std::any_of(case_.evidence.begin(), case_.evidence.end(), [&](const EvidenceRecord& record) {
        return record.reference == parent.id && record.family == Family::weight;
      });
      ASSERT_TRUE(weights) << parent.id << " " << parent.relation;
      for (const auto& reference : case_.references) {
        if (reference.id == parent.id) {
          ASSERT_NE(reference.role, "control");
        }
      }
    }
  }
}

TEST(Weighing, survives_an_empty_case_and_odd_names) {
  Case nothing;
  EXPECT_EQ(weigh(nothing, Profile::defaults()).model.status, "pending");
  Case odd = make_case(1);
  odd.components = {"vision_encoder"};  // no text decoder at all
  odd.claim_scope = {"no_such_part"};
  odd.evidence = {exact(-100, 6, "never-listed")};
  odd.evidence[0].component = "";
  const auto judgement = weigh(odd, Profile::defaults());
  EXPECT_EQ(judgement.references.back().facts.id, "never-listed");
  EXPECT_EQ(judgement.model.label, pedigree::verdict::Label::derived);
}

}  // namespace
