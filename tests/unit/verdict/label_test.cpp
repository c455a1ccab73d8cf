// SPDX-License-Identifier: MIT
// What may be said, and what may not (design.md 4, methods.md 5).
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

Case clean_weights(std::size_t references = 3) {
  Case result = clean_metadata(references);
  for (std::size_t i = 0; i < references; ++i) result.evidence.push_back(clean_scan(reference_name(i)));
  return result;
}

pedigree::EvidenceRecord link() {
  return evidence(Family::training_log, "training_log.step0-link", -4, "", "supports_from_scratch");
}

TEST(Label, is_inconclusive_and_pending_when_nothing_ran) {
  const auto judgement = weigh(make_case(3));
  EXPECT_EQ(judgement.model.label, Label::inconclusive);
  EXPECT_EQ(judgement.model.status, "pending");
  EXPECT_EQ(judgement.model.assurance, 0);
  EXPECT_EQ(judgement.model.coverage, 0);
  EXPECT_FALSE(judgement.enough_evidence);
}

TEST(Label, of_clean_metadata_is_likely_with_the_lowest_assurance) {
  const auto judgement = weigh(clean_metadata());
  EXPECT_EQ(judgement.model.label, Label::likely_from_scratch);
  EXPECT_EQ(judgement.model.assurance, 1);
  EXPECT_EQ(judgement.model.status, "in_progress");
  EXPECT_TRUE(has_reason(judgement.model, "verdict.clean-metadata"));
  EXPECT_LE(judgement.model.confidence, 0.6);
}

TEST(Label, of_metadata_is_never_from_scratch_however_good_it_looks) {
  Case good = clean_metadata(50);
  for (auto& record : good.evidence) record.log10_lr = -100;
  for (std::size_t i = 0; i < 50; ++i)
    good.evidence.push_back(
        evidence(Family::tokenizer, "tokenizer.vocab-share", -100, reference_name(i), "supports_from_scratch"));
  EXPECT_EQ(weigh(good).model.label, Label::likely_from_scratch);
  EXPECT_EQ(weigh(good).model.assurance, 1);
}

TEST(Label, of_clean_weights_is_likely_because_absence_is_no_proof) {
  const auto judgement = weigh(clean_weights());
  EXPECT_EQ(judgement.model.label, Label::likely_from_scratch);
  EXPECT_EQ(judgement.model.assurance, 3);
  EXPECT_TRUE(has_reason(judgement.model, "verdict.clean-weights"));
  EXPECT_EQ(judgement.model.power.at("compared"), 3);
}

TEST(Label, of_weights_read_without_a_stated_power_says_so_and_stays_at_metadata) {
  Case read = clean_metadata(4);
  for (std::size_t i = 0; i < 4; ++i) {
    auto scan = clean_scan(reference_name(i));
    scan.details = nlohmann::json::object();
    read.evidence.push_back(std::move(scan));
  }
  EXPECT_EQ(weigh(read).model.assurance, 1);
  EXPECT_TRUE(has_reason(weigh(read).model, "verdict.clean-weights-without-power"));
}

TEST(Label, needs_weights_of_half_the_references_for_that_assurance) {
  Case few = clean_metadata(10);
  for (std::size_t i = 0; i < 4; ++i) few.evidence.push_back(clean_scan(reference_name(i)));
  EXPECT_EQ(weigh(few).model.assurance, 1);
  EXPECT_TRUE(has_reason(weigh(few).model, "verdict.clean-some-weights"));
  few.evidence.push_back(clean_scan(reference_name(4)));
  EXPECT_EQ(weigh(few).model.assurance, 3);
}

TEST(Label, is_from_scratch_only_with_a_training_record_linked_to_the_weights) {
  Case linked = clean_weights();
  linked.evidence.push_back(link());
  EXPECT_EQ(weigh(linked).model.label, Label::from_scratch);
  EXPECT_EQ(weigh(linked).model.assurance, 4);
  EXPECT_EQ(weigh(linked).model.status, "complete");

  Case curve = clean_weights();  // a loss curve can be drawn by anyone
  curve.evidence.push_back(evidence(Family::training_log, "training_log.curve", -4, "", "supports_from_scratch"));
  EXPECT_EQ(weigh(curve).model.label, Label::likely_from_scratch);

  Case against = clean_weights();  // a link that speaks for descent is no link
  against.evidence.push_back(link());
  against.evidence.back().log10_lr = 0.5;
  EXPECT_NE(weigh(against).model.label, Label::from_scratch);
}

TEST(Label, is_derived_by_an_exact_test_and_nothing_outvotes_it) {
  Case caught = make_case(150);
  caught.evidence = {exact(-800, 6, "r099"), link()};
  for (std::size_t i = 0; i < 150; ++i) {
    caught.evidence.push_back(evidence(Family::tokenizer, "tokenizer.vocab-share", -9, reference_name(i)));
    caught.evidence.push_back(
        evidence(Family::architecture, "architecture.impossible-derivation", -9, reference_name(i)));
    caught.evidence.push_back(evidence(Family::weight, "weight.mean-cosine", -9, reference_name(i)));
  }
  const auto model = weigh(caught).model;
  EXPECT_EQ(model.label, Label::derived);
  EXPECT_GE(model.p_derived, 0.9999);
  EXPECT_EQ(model.score, 0);
  EXPECT_TRUE(model.decisive);
  ASSERT_EQ(model.parents.size(), 1u);
  EXPECT_EQ(model.parents[0].id, "r099");
  EXPECT_EQ(model.parents[0].relation, "derived");
}

TEST(Label, is_not_derived_by_a_small_p_value_alone) {
  Case small = make_case(1);
  small.evidence = {exact(-800, 6, "r000", "none")};  // no effect worth the name: the analyzer names no relation
  EXPECT_NE(weigh(small).model.label, Label::derived);
  small.evidence = {exact(-800, -1, "r000", "derived")};  // and one that contradicts itself is not believed
  EXPECT_NE(weigh(small).model.label, Label::derived);
}

TEST(Label, is_partial_reuse_when_only_some_layers_derive) {
  Case some = make_case(2);
  some.evidence = {exact(-90, 6, "r001", "partial")};
  EXPECT_EQ(weigh(some).model.label, Label::partial_reuse);
  EXPECT_EQ(weigh(some).model.parents.at(0).relation, "partial");
}

TEST(Label, is_partial_reuse_when_another_component_derives) {
  Case vision = clean_weights(1);
  vision.components = {"text_decoder", "vision_encoder"};
  auto record = exact(-500);
  record.component = "vision_encoder";
  vision.evidence.push_back(record);
  const auto judgement = weigh(vision);
  EXPECT_EQ(judgement.model.label, Label::partial_reuse);
  EXPECT_EQ(component(judgement, "vision_encoder").label, Label::derived);
  EXPECT_EQ(component(judgement, "text_decoder").label, Label::likely_from_scratch);
}

TEST(Label, of_descent_is_a_fact_whatever_the_claim_covers_and_the_score_is_the_claim_s) {
  Case vision = clean_weights(1);
  vision.components = {"text_decoder", "vision_encoder"};
  auto record = exact(-500);
  record.component = "vision_encoder";
  vision.evidence.push_back(record);
  const double text = component(weigh(vision), "text_decoder").p_derived;
  EXPECT_EQ(weigh(vision).model.score, 0) << "everything is claimed, and a part of it descends";

  vision.claim_scope = {"text_decoder"};
  EXPECT_EQ(weigh(vision).model.label, Label::partial_reuse);
  EXPECT_EQ(weigh(vision).model.p_derived, text) << "what is claimed holds";

  vision.claim_scope = {"vision_encoder"};
  EXPECT_EQ(weigh(vision).model.label, Label::partial_reuse) << "the model is more than its vision encoder";
  EXPECT_EQ(weigh(vision).model.score, 0);
}

TEST(Label, of_a_part_nobody_claims_does_not_blur_a_clean_claim) {
  Case audio = clean_weights();
  audio.components = {"text_decoder", "audio_encoder"};
  audio.evidence.push_back(link());
  audio.claim_scope = {"text_decoder"};
  EXPECT_EQ(weigh(audio).model.label, Label::from_scratch);
}

TEST(Label, of_a_declared_part_is_derived_and_the_model_partial_reuse) {
  Case declared = clean_metadata();  // HyperCLOVAX-SEED: the vision encoder calls itself qwen2_5_vl
  declared.components = {"text_decoder", "vision_encoder"};
  declared.declared = {{"vision_encoder", "qwen2_5_vl", "config.json:/vision_config/model_type"}};
  const auto judgement = weigh(declared);
  EXPECT_EQ(judgement.model.label, Label::partial_reuse);
  EXPECT_EQ(component(judgement, "vision_encoder").label, Label::derived);
  EXPECT_EQ(component(judgement, "vision_encoder").parents.at(0).relation, "declared");
  EXPECT_EQ(judgement.model.status, "in_progress") << "the text decoder still needs more";
  EXPECT_EQ(judgement.model.parents.at(0).id, "qwen2_5_vl");
}

TEST(Label, of_a_declared_text_decoder_is_derived) {
  Case declared = clean_metadata();
  declared.declared = {{"text_decoder", "r001", "config.json:/base_model"}};
  EXPECT_EQ(weigh(declared).model.label, Label::derived);
}

TEST(Label, of_a_shared_seed_is_not_derived) {
  // Pythia and its de-duplicated twin: matching units at p ~ 1e-1190, but what was learned differs
  Case twins = make_case(1);
  twins.evidence = {exact(-1190),
                    evidence(Family::weight, "weight.inheritance-spectrum", -1, "r000", "shared_initialization")};
  const auto judgement = weigh(twins);
  EXPECT_EQ(judgement.model.label, Label::shared_initialization);
  EXPECT_EQ(judgement.model.parents.at(0).relation, "shared_initialization");
  EXPECT_LT(judgement.model.p_derived, 0.3);
}

TEST(Label, of_a_shared_seed_with_learned_tensors_copied_bit_for_bit_is_derived) {
  Case copied = make_case(1);
  copied.evidence = {exact(-1190),
                     evidence(Family::weight, "weight.inheritance-spectrum", -1, "r000", "shared_initialization"),
                     exact(-300, 6, "r000", "identical")};
  EXPECT_EQ(weigh(copied).model.label, Label::derived);
}

TEST(Label, of_a_seed_sibling_does_not_hide_the_true_parent) {
  Case both = make_case(2);
  both.evidence = {exact(-1190, 6, "r000"),
                   evidence(Family::weight, "weight.inheritance-spectrum", -1, "r000", "shared_initialization"),
                   exact(-700, 6, "r001")};
  const auto model = weigh(both).model;
  EXPECT_EQ(model.label, Label::derived);
  EXPECT_EQ(model.parents.at(0).id, "r001");
}

TEST(Label, of_a_repeated_configuration_waits_for_the_weights) {
  // A.X-K1 and Kimi-K2: five of five core keys and the vocabulary size
  Case same = clean_metadata(5);
  same.evidence[2] = evidence(Family::architecture, "architecture.core-match", 0.3, "r002", "architecture_reuse");
  const auto judgement = weigh(same);
  EXPECT_EQ(judgement.model.label, Label::inconclusive);
  EXPECT_TRUE(has_reason(judgement.model, "verdict.owed-architecture"));
  EXPECT_EQ(judgement.model.confidence, 0);
  ASSERT_FALSE(judgement.next_evidence.empty());
  EXPECT_EQ(judgement.next_evidence[0].key, "next.weights-owed");
  EXPECT_EQ(judgement.next_evidence[0].params.at("reference"), "r002");
  EXPECT_EQ(judgement.references.at(2).relation, "architecture_reuse");
}

TEST(Label, of_a_configuration_repeated_outside_the_set_waits_too) {
  // A set that leaves the twin out must not clear a model that the whole set would not: A.X-K1 with DeepSeek-V3
  // alone, when the catalog has Kimi-K2
  Case thin = clean_metadata(5);
  ASSERT_EQ(weigh(thin).model.label, Label::likely_from_scratch);
  thin.missing_references = {"moonshotai/Kimi-K2-Instruct: 5 of 5 core keys equal"};
  EXPECT_EQ(weigh(thin).model.label, Label::likely_from_scratch) << "named, and no twin";
  thin.missing_twins = {"moonshotai/Kimi-K2-Instruct"};
  const auto judgement = weigh(thin);
  EXPECT_EQ(judgement.model.label, Label::inconclusive);
  EXPECT_TRUE(has_reason(judgement.model, "verdict.owed-outside"));
}

TEST(Label, of_a_repeated_configuration_is_clean_once_the_weights_were_compared) {
  // EXAONE-3.0-7.8B has the shape of Llama-3-8B and shares nothing with it
  Case same = clean_metadata(2);
  same.evidence[1] = evidence(Family::architecture, "architecture.core-match", 0.3, "r001", "architecture_reuse");
  same.evidence.push_back(clean_scan("r001"));
  EXPECT_EQ(weigh(same).model.label, Label::likely_from_scratch);
  same.evidence.back().log10_lr = 0;  // looked, and could not tell
  EXPECT_EQ(weigh(same).model.label, Label::inconclusive);
}

TEST(Label, of_similar_answers_is_never_derived) {
  Case similar = clean_metadata(1);
  auto record = evidence(Family::behavior, "behavior.agreement", 50, "r000", "behavioral_proximity");
  record.log10_p = -400;
  similar.evidence.push_back(record);
  EXPECT_EQ(weigh(similar).model.label, Label::inconclusive);
  similar.evidence.back().relation = "derived";  // even if the analyzer says so
  EXPECT_EQ(weigh(similar).model.label, Label::inconclusive);
  similar.evidence.back().signal = "behavior.training-order";
  EXPECT_EQ(weigh(similar).model.label, Label::inconclusive);
}

TEST(Label, of_everything_but_weights_is_never_derived) {
  Case all = make_case(1);
  all.evidence = {evidence(Family::tokenizer, "tokenizer.merge-order", 9, "r000", "tokenizer_reuse"),
                  evidence(Family::architecture, "architecture.core-match", 9, "r000", "architecture_reuse"),
                  evidence(Family::behavior, "behavior.agreement", 9, "r000", "behavioral_proximity"),
                  evidence(Family::training_log, "training_log.initial-loss", 9, "")};
  EXPECT_EQ(weigh(all).model.label, Label::inconclusive);
}

TEST(Label, by_band_needs_weights_that_name_descent) {
  Case band = make_case(1);
  band.evidence = {evidence(Family::weight, "weight.w", 3, "r000", "derived")};  // p = 0.979 (odds_test)
  EXPECT_EQ(weigh(band).model.label, Label::derived);
  EXPECT_FALSE(weigh(band).model.decisive);
  band.evidence[0].relation = "none";
  EXPECT_EQ(weigh(band).model.label, Label::inconclusive);
  band.evidence[0].relation = "partial";
  EXPECT_EQ(weigh(band).model.label, Label::partial_reuse);
  band.evidence[0] = evidence(Family::weight, "weight.norm-correlation", 0.5, "r000", "derived");
  EXPECT_NE(weigh(band).model.label, Label::derived);
}

TEST(Control, is_never_accused_and_its_evidence_is_an_alarm) {
  Case controlled = clean_weights(2);
  controlled.references.push_back({"unrelated", "control", {}, {}});
  controlled.evidence.push_back(exact(-500, 6, "unrelated"));
  const auto judgement = weigh(controlled);
  EXPECT_EQ(judgement.references.at(2).p_derived, 0);
  EXPECT_TRUE(judgement.model.parents.empty());
  EXPECT_EQ(judgement.model.label, Label::inconclusive) << "a broken scale clears nobody";
  EXPECT_EQ(judgement.model.reasons.at(0), "verdict.control-alarm");
}

TEST(Control, that_fires_as_loudly_takes_the_decision_from_an_exact_test) {
  Case controlled = make_case(1);
  controlled.references.push_back({"unrelated", "control", {}, {}});
  controlled.evidence = {exact(-500), exact(-500, 6, "unrelated")};
  EXPECT_EQ(weigh(controlled).model.label, Label::inconclusive);
  controlled.evidence[0].log10_p = -800;  // 300 orders beyond what the control shows
  EXPECT_EQ(weigh(controlled).model.label, Label::derived);
}

TEST(Component, nobody_looked_at_is_named_and_keeps_the_model_from_from_scratch) {
  Case blind = clean_weights();
  blind.components = {"text_decoder", "audio_encoder"};
  blind.evidence.push_back(link());
  const auto judgement = weigh(blind);
  EXPECT_EQ(component(judgement, "text_decoder").label, Label::from_scratch);
  EXPECT_EQ(component(judgement, "audio_encoder").label, Label::inconclusive);
  EXPECT_EQ(component(judgement, "audio_encoder").status, "pending");
  EXPECT_EQ(judgement.model.label, Label::likely_from_scratch);
  EXPECT_TRUE(has_reason(judgement.model, "verdict.not-looked"));
}

// Asked for and failed must not read like a finished check: nobody knows what the weights would have said.
TEST(Label, of_a_weight_comparison_that_failed_is_inconclusive) {
  using pedigree::OutcomeKind;
  Case failed = clean_metadata(2);
  const auto before = weigh(failed);
  ASSERT_EQ(before.model.label, Label::likely_from_scratch) << "no weights were asked for";
  for (const auto kind : {OutcomeKind::crashed, OutcomeKind::timed_out, OutcomeKind::resource, OutcomeKind::input,
                          OutcomeKind::internal, OutcomeKind::cancelled, OutcomeKind::lost}) {
    failed.outcomes = {{"weight.lineage", Family::weight, "r001", kind, "no memory", 1, 1}};
    const auto judgement = weigh(failed);
    EXPECT_EQ(judgement.model.label, Label::inconclusive) << pedigree::to_string(kind);
    EXPECT_TRUE(has_reason(judgement.model, "verdict.owed-failed"));
    EXPECT_EQ(judgement.model.p_derived, before.model.p_derived) << "a failure is no evidence";
    EXPECT_EQ(judgement.model.assurance, before.model.assurance);
  }
  // Nothing there to compare is no failure; nor is a failure beside a scan of the same pair.
  failed.outcomes[0].kind = OutcomeKind::not_applicable;
  EXPECT_EQ(weigh(failed).model.label, Label::likely_from_scratch);
  failed.outcomes[0].kind = OutcomeKind::crashed;
  failed.evidence.push_back(clean_scan("r001"));
  EXPECT_EQ(weigh(failed).model.label, Label::likely_from_scratch);
  // Failure of one comparison says nothing against what another one proved.
  failed.evidence.push_back(exact(-500));
  EXPECT_EQ(weigh(failed).model.label, Label::derived);
}

// `pedigree inspect config.json`: a fine-tune looks exactly like this, so nothing may be called likely.
TEST(Label, of_a_model_that_was_only_described_is_inconclusive) {
  Case alone = make_case(0);
  alone.evidence = {evidence(Family::architecture, "architecture.attention-kind", 0, "")};
  auto judgement = weigh(alone);
  EXPECT_EQ(judgement.model.label, Label::inconclusive);
  EXPECT_TRUE(has_reason(judgement.model, "verdict.nothing-compared"));
  EXPECT_NEAR(judgement.model.p_derived, 0.2, 1e-12) << "the prior, and nothing else";

  // The same with references that nothing could be compared with.
  alone.references = make_case(3).references;
  EXPECT_EQ(weigh(alone).model.label, Label::inconclusive);

  // A loss curve from a random start speaks without any reference.
  alone.evidence.push_back(
      evidence(Family::training_log, "training_log.random-start", -0.5, "", "supports_from_scratch"));
  EXPECT_EQ(weigh(alone).model.label, Label::likely_from_scratch);
}

TEST(SelfTest, that_finds_a_hidden_parent_keeps_the_model_from_coming_out_clean) {
  Case upcycled = clean_weights();
  upcycled.evidence.push_back(evidence(Family::weight, "weight.upcycling", 0.8, "", "partial"));
  EXPECT_EQ(weigh(upcycled).model.label, Label::inconclusive);
  EXPECT_TRUE(has_reason(weigh(upcycled).model, "verdict.self-test"));
}

TEST(Reference, not_looked_at_differs_from_one_that_was_cleared) {
  Case half = make_case(2);
  half.evidence = {clean_scan("r000")};
  half.references[1].not_compared["weight"] = "no tensors at hand";
  const auto references = weigh(half).references;
  EXPECT_EQ(references[0].relation, "none");
  EXPECT_EQ(references[0].facts.compared, std::vector<std::string>{"weight"});
  EXPECT_EQ(references[1].relation, "not_compared");
  EXPECT_TRUE(references[1].facts.compared.empty());
  EXPECT_EQ(references[1].facts.not_compared.at("weight"), "no tensors at hand");
}

TEST(Coverage, is_the_share_of_weight_that_spoke_and_is_never_redistributed) {
  // weights 0.8 + 0.5 + 0.8 + 0.5 + 1.0 = 3.6; architecture for both references: 0.5 / 3.6
  EXPECT_NEAR(weigh(clean_metadata(2)).model.coverage, 0.5 / 3.6, 1e-12);
  // the weights of one of two: 0.4 more
  Case half = clean_metadata(2);
  half.evidence.push_back(clean_scan("r000"));
  EXPECT_NEAR(weigh(half).model.coverage, 0.9 / 3.6, 1e-12);
}

TEST(Label, a_training_record_that_contradicts_itself_links_nothing) {
  // A step-0 link beside a joint in the loss curve (log10 LR 0.3): the joint is what counts.
  Case spliced = clean_weights();
  spliced.evidence.push_back(link());
  EXPECT_EQ(weigh(spliced).model.label, Label::from_scratch);
  EXPECT_EQ(weigh(spliced).model.assurance, 4);
  spliced.evidence.push_back(evidence(Family::training_log, "training_log.continuity", 0.3, ""));
  const auto judgement = weigh(spliced);
  EXPECT_NE(judgement.model.label, Label::from_scratch);
  EXPECT_EQ(judgement.model.assurance, 3);
  // The whole record now speaks against: p_derived is above what it was without any record.
  EXPECT_GT(judgement.model.p_derived, weigh(clean_weights()).model.p_derived);
}

}  // namespace
