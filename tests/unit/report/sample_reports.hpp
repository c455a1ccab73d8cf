// SPDX-License-Identifier: MIT
// Reports to test renderers with: made by the real weighing from small cases.
#pragma once

#include <string>

#include "framework/report/report.hpp"
#include "framework/verdict/profile.hpp"
#include "tests/unit/verdict/case_builder.hpp"

namespace pedigree::report::testing {

inline nlohmann::json sample_messages() {
  auto messages = framework_messages();
  messages["sample.core-match"] = {{"en", "{matched} of {total} core keys equal those of {reference}"},
                                   {"ko", "핵심 키 {total}개 중 {matched}개가 {reference}와(과) 같습니다"}};
  messages["sample.picture"] = {{"en", "A measurement with a picture."}, {"ko", "그림이 있는 측정값입니다."}};
  messages["sample.units"] = {{"en", "{share:.1%} of the hidden units sit where {reference} has them"},
                              {"ko", "은닉 유닛의 {share:.1%}가 {reference}와(과) 같은 자리에 있습니다"}};
  messages["sample.vocabulary"] = {
      {"en", "{common:,} of {total:,} tokens of {reference} are in this vocabulary ({share:.1%})"},
      {"ko", "{reference}의 토큰 {total:,}개 중 {common:,}개({share:.1%})가 이 어휘에 있습니다"}};
  return messages;
}

inline EvidenceRecord core_match(int matched, const std::string& reference, double log10_lr,
                                 const std::string& relation = "none") {
  auto record =
      verdict::testing::evidence(Family::architecture, "architecture.core-match", log10_lr, reference, relation);
  record.value = matched;
  record.summary_key = "sample.core-match";
  record.params = {{"matched", matched}, {"total", 5}, {"reference", reference}};
  return record;
}

inline EvidenceRecord unit_match(double share, const std::string& reference, double log10_lr, double log10_p,
                                 const std::string& relation) {
  auto record = verdict::testing::exact(log10_p, log10_lr, reference, relation);
  record.value = share;
  record.summary_key = "sample.units";
  record.params = {{"share", share}, {"reference", reference}};
  record.details = {{"power", {{"row_correlation", 0.07}, {"inherited_share", 0.01}, {"measured", true}}}};
  return record;
}

/// A profile with the source study's criteria for core-match, as shipped.
inline verdict::Profile sample_profile() {
  return *verdict::Profile::from_json(
      {{"criteria",
        {{"architecture.core-match",
          {{{"at_least", 5}, {"key", "criteria.core-match.same"}, {"suggests", "suspected"}},
           {{"at_least", 3}, {"key", "criteria.core-match.similar"}, {"suggests", "similar"}},
           {{"at_least", 1}, {"key", "criteria.core-match.independent"}, {"suggests", "independent"}},
           {{"at_least", 0}, {"key", "criteria.core-match.different"}, {"suggests", "independent"}}}}}}});
}

inline verdict::Case sample_case() {
  verdict::Case result;
  result.components = {"text_decoder"};
  result.missing_references = {"zai-org/GLM-4.5-Air-Base: same shape, released before"};
  for (const char* id :
       {"mistralai/Mixtral-8x7B-v0.1", "deepseek-ai/DeepSeek-V2", "moonshotai/Kimi-K2-Instruct", "zai-org/GLM-4.5-Air"})
    result.references.push_back(
        {id,
         "suspect",
         {},
         {{"weight", "no tensors at hand"}, {"tokenizer", "no tokenizer file"}, {"behavior", "no recorded answers"}}});
  result.references.push_back({"allenai/OLMo-2-1124-13B", "control", {}, {}});
  result.outcomes = {
      {"architecture.config", Family::architecture, "", OutcomeKind::ok, "", 0.01, 12},
      {"training_log.curve", Family::training_log, "", OutcomeKind::not_applicable, "no training log", 0, 0}};
  return result;
}

inline nlohmann::json report_of(const std::string& id, const std::string& question, const verdict::Case& case_,
                                const std::string& lang = "en") {
  Provenance provenance;
  provenance.resolved_from = "catalog";
  provenance.profile = "calibrated";
  provenance.inputs = {{"catalog:" + id + "/config.json", std::string(64, 'a'), 1234}};
  return build(id, {"sample", question, {}}, case_, verdict::weigh(case_, sample_profile()), provenance,
               sample_messages(), lang);
}

/// Nothing suspicious in the metadata.
inline nlohmann::json clean_report(const std::string& lang = "en") {
  auto case_ = sample_case();
  case_.evidence = {core_match(1, "mistralai/Mixtral-8x7B-v0.1", 0), core_match(0, "deepseek-ai/DeepSeek-V2", -0.02),
                    core_match(1, "moonshotai/Kimi-K2-Instruct", 0), core_match(1, "zai-org/GLM-4.5-Air", 0)};
  return report_of("upstage/Solar-Open-100B", "Was Solar-Open-100B trained from scratch?", case_, lang);
}

/// The configuration of Kimi-K2, weights not compared.
inline nlohmann::json owed_report(const std::string& lang = "en") {
  auto case_ = sample_case();
  case_.evidence = {core_match(0, "mistralai/Mixtral-8x7B-v0.1", 0), core_match(1, "deepseek-ai/DeepSeek-V2", 0),
                    core_match(5, "moonshotai/Kimi-K2-Instruct", 0.3, "architecture_reuse"),
                    core_match(1, "zai-org/GLM-4.5-Air", 0)};
  return report_of("skt/A.X-K1", "Was A.X-K1 trained from scratch, or does it descend from Kimi-K2?", case_, lang);
}

/// An exact test found the parent; one analyzer crashed.
inline nlohmann::json derived_report(const std::string& lang = "en") {
  auto case_ = sample_case();
  case_.missing_references.clear();
  case_.evidence = {core_match(5, "zai-org/GLM-4.5-Air", 0.2, "architecture_reuse"),
                    unit_match(0.998, "zai-org/GLM-4.5-Air", 6, -2212.4, "derived"),
                    unit_match(0.0003, "mistralai/Mixtral-8x7B-v0.1", -2, -0.2, "none")};
  case_.outcomes.push_back({"behavior.agreement", Family::behavior, "", OutcomeKind::crashed,
                            "signal 11 after 3 of 5 references", 2.5, 120});
  return report_of("PrimeIntellect/INTELLECT-3", "Is INTELLECT-3 a fine-tune of GLM-4.5-Air?", case_, lang);
}

/// HyperCLOVAX-SEED: the vision encoder is declared, the tokenizer has a public base.
inline nlohmann::json partial_report(const std::string& lang = "en") {
  auto case_ = sample_case();
  case_.components = {"text_decoder", "vision_encoder", "projector"};
  case_.claim_scope = {"text_decoder"};
  case_.declared = {{"vision_encoder", "qwen2_5_vl", "config.json:/vision_config/model_type"}};
  case_.references.push_back({"cl100k_base", "ancestor", {}, {}});
  case_.evidence = {core_match(1, "mistralai/Mixtral-8x7B-v0.1", 0), core_match(2, "deepseek-ai/DeepSeek-V2", 0),
                    core_match(0, "moonshotai/Kimi-K2-Instruct", 0), core_match(1, "zai-org/GLM-4.5-Air", 0)};
  auto tokenizer =
      verdict::testing::evidence(Family::tokenizer, "tokenizer.vocab-share", 0.5, "cl100k_base", "tokenizer_reuse");
  tokenizer.value = 1;
  tokenizer.summary_key = "sample.vocabulary";
  tokenizer.params = {{"common", 100256}, {"total", 100256}, {"share", 1.0}, {"reference", "cl100k_base"}};
  case_.evidence.push_back(tokenizer);
  return report_of("naver-hyperclovax/HyperCLOVAX-SEED-Think-32B", "Which parts were trained from scratch?", case_,
                   lang);
}

/// Every reference scanned, nothing found, training record linked.
inline nlohmann::json proven_report(const std::string& lang = "en") {
  auto case_ = sample_case();
  case_.missing_references.clear();
  for (const auto& reference : case_.references)
    if (reference.role == "suspect") {
      case_.evidence.push_back(core_match(1, reference.id, 0));
      case_.evidence.push_back(unit_match(0.0002, reference.id, -2, -0.3, "none"));
    }
  auto link =
      verdict::testing::evidence(Family::training_log, "training_log.step0-link", -4, "", "supports_from_scratch");
  case_.evidence.push_back(link);
  return report_of("allenai/OLMo-2-1124-7B", "Was OLMo-2 trained from scratch?", case_, lang);
}

/// Nothing ran at all.
inline nlohmann::json empty_report(const std::string& lang = "en") {
  return report_of("nobody/nothing", "", verdict::Case{}, lang);
}

}  // namespace pedigree::report::testing
