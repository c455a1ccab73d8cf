// SPDX-License-Identifier: MIT
// The tokenizer's own row: what reuse says there, and what it does not say of the model.
#include <gtest/gtest.h>

#include "tests/unit/verdict/case_builder.hpp"

namespace {

using namespace pedigree::verdict::testing;
using pedigree::Family;
using pedigree::verdict::Case;
using pedigree::verdict::Judgement;
using pedigree::verdict::Label;
using pedigree::verdict::Profile;

Judgement weigh(const Case& case_) { return pedigree::verdict::weigh(case_, Profile::defaults()); }

TEST(Tokenizer, reused_is_a_fact_of_the_tokenizer_and_no_parentage_of_the_model) {
  Case reused = clean_metadata(2);
  reused.evidence.push_back(evidence(Family::tokenizer, "tokenizer.merge-order", 0.5, "r001", "tokenizer_reuse"));
  const auto judgement = weigh(reused);
  EXPECT_EQ(component(judgement, "tokenizer").label, Label::derived);
  EXPECT_EQ(component(judgement, "tokenizer").parents.at(0).relation, "tokenizer_reuse");
  EXPECT_EQ(judgement.model.label, Label::likely_from_scratch);
  EXPECT_TRUE(judgement.model.parents.empty());
  EXPECT_EQ(judgement.references.at(1).relation, "tokenizer_reuse");
}

TEST(Tokenizer, descends_from_an_ancestor_that_is_nobody_s_suspect) {
  Case ancestor = clean_metadata(2);
  ancestor.references.push_back({"cl100k_base", "ancestor", {}, {}});
  ancestor.evidence.push_back(
      evidence(Family::tokenizer, "tokenizer.merge-order", 0.5, "cl100k_base", "tokenizer_reuse"));
  const auto judgement = weigh(ancestor);
  EXPECT_EQ(component(judgement, "tokenizer").parents.at(0).id, "cl100k_base");
  EXPECT_EQ(judgement.references.at(2).p_derived, 0);
  EXPECT_NEAR(judgement.model.p_derived, weigh(clean_metadata(2)).model.p_derived, 1e-12);
}

// A public vocabulary is found by its signature: there is no reference to compare with, and nobody is accused.
TEST(Tokenizer, built_on_a_public_vocabulary_is_not_its_makers_own) {
  Case built = clean_metadata(2);
  auto found = evidence(Family::tokenizer, "tokenizer.ancestor", 0, "", "tokenizer_reuse");
  found.params = {{"base", "cl100k_base"}};
  built.evidence.push_back(found);
  const auto judgement = weigh(built);
  const auto& tokenizer = component(judgement, "tokenizer");
  EXPECT_EQ(tokenizer.label, Label::derived);
  ASSERT_EQ(tokenizer.parents.size(), 1u);
  EXPECT_EQ(tokenizer.parents.front().id, "cl100k_base");
  EXPECT_EQ(tokenizer.parents.front().relation, "tokenizer_reuse");
  EXPECT_EQ(tokenizer.score, 5);  // round(100 * (1 - reuse_p)), reuse_p = 0.95
  EXPECT_EQ(judgement.model.label, Label::likely_from_scratch);
  EXPECT_NEAR(judgement.model.p_derived, weigh(clean_metadata(2)).model.p_derived, 1e-12);
}

}  // namespace
