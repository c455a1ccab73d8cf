// SPDX-License-Identifier: MIT
#include "plugins/tokenizer/analyzers/ancestry_analyzer.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "plugins/tokenizer/analyzers/comparison_run.hpp"
#include "plugins/tokenizer/analyzers/finding.hpp"
#include "plugins/tokenizer/analyzers/pictures.hpp"
#include "plugins/tokenizer/analyzers/roles.hpp"
#include "plugins/tokenizer/ancestry/published.hpp"

namespace pedigree::tokenizer {
namespace {
using nlohmann::json;

/// From this share on, the ancestor explains nearly all that a published count says is shared. No two
/// independent vocabularies of the calibration share more than 93 % of the smaller one.
constexpr double kNearlyAll = 0.95;

json match_row(const AncestorMatch& match) {
  return {{"name", match.signature->label.name},
          {"title", match.signature->label.title},
          {"tokens", match.signature->core_tokens},
          {"members", match.members},
          {"share", match.share},
          {"order", match.order.longest_ratio},
          {"order_beyond_older", match.remainder.longest_ratio},
          {"score", order_score(match.remainder)},
          {"accepted", match.accepted}};
}

/// Sizes of the intersections of accepted ancestors within the tokenizer, for an UpSet picture.
json intersections(const Ancestry& ancestry, const io::Tokenizer& tokenizer) {
  std::map<std::uint32_t, std::size_t> counts;
  for (std::size_t i = 0; i < tokenizer.size(); ++i)
    if (tokenizer.is_core(i)) ++counts[ancestry.members[i]];
  json out = json::array();
  for (const auto& [bits, tokens] : counts) {
    json names = json::array();
    for (std::size_t k = 0; k < ancestry.accepted.size(); ++k)
      if ((bits >> k & 1u) != 0) names.push_back(ancestry.accepted[k]->label.name);
    out.push_back({{"in", std::move(names)}, {"tokens", tokens}});
  }
  return out;
}

/// The public vocabulary it was built on. One that is the same to the last token is none: its maker may be
/// the one who published it.
const AncestorMatch* base_of(const Ancestry& ancestry) {
  const AncestorMatch* base = nullptr;
  for (const auto& match : ancestry.matches)
    if (match.accepted && !match.same && (base == nullptr || match.members > base->members)) base = &match;
  return base;
}

std::size_t emit_ancestor(const Host& host, const Loaded& subject) {
  const auto& ancestry = subject.profile->ancestry;
  const auto& t = *subject.model.tokenizer;
  const auto* closest = ancestry.closest();
  const auto core = t.core_count();
  const double share = core == 0 ? 0 : static_cast<double>(ancestry.explained()) / static_cast<double>(core);
  json rows = json::array();
  for (const auto& match : ancestry.matches) rows.push_back(match_row(match));
  json params{{"core", core},   {"tried", ancestry.matches.size()},   {"explained", ancestry.explained()},
              {"share", share}, {"own", core - ancestry.explained()}, {"all", names_of(ancestry.accepted)}};
  std::string_view key = "tokenizer.ancestor.none";
  if (closest != nullptr) {
    key = closest->same ? "tokenizer.ancestor.same" : "tokenizer.ancestor.extends";
    params["ancestor"] = closest->signature->label.name;
    params["title"] = closest->signature->label.title;
    params["kept"] = closest->members;
    params["dropped"] = closest->signature->core_tokens - closest->members;
  }
  const auto* base = base_of(ancestry);
  if (base != nullptr) params["base"] = base->signature->label.name;
  emit(host, {.signal = "tokenizer.ancestor",
              .reference = "",
              .value = share,
              .summary_key = key,
              .params = params,
              .details = {{"ancestors", std::move(rows)}, {"intersections", intersections(ancestry, t)}},
              .relation = base == nullptr ? relation::kNone : relation::kTokenizerReuse});
  return 1;
}

std::size_t emit_declared(const Host& host, const Model& model) {
  if (!model.facts || model.facts->base.empty()) return 0;
  emit(host, {.signal = "tokenizer.ancestor",
              .reference = "",
              .value = 0,
              .summary_key = "tokenizer.ancestor.declared",
              .params = {{"ancestor", model.facts->base}}});
  return 1;
}

json test_row(const CountTest& test) {
  return {{"with", test.with},         {"what", test.what},     {"published", test.published},
          {"demanded", test.demanded}, {"holds", test.holds()}, {"explained", test.explained()}};
}

/// "102,323".
std::string grouped(std::int64_t number) {
  std::string out = std::to_string(number);
  for (std::size_t at = out.size(); at > 3 + (number < 0 ? 1u : 0u);) out.insert(at -= 3, ",");
  return out;
}

/// Each test: "tokens, llama-3: 102,323 >= 100,256".
std::string tests_in_words(const AncestorHypothesis& hypothesis) {
  std::string out;
  for (const auto& test : hypothesis.tests)
    out += (out.empty() ? "" : "; ") + std::string{test.what} + ", " + test.with + ": " + grouped(test.published) +
           " >= " + grouped(test.demanded);
  return out;
}

/// The broken statistic, where somebody published it.
std::size_t emit_positionwise(const Host& host, const Model& model) {
  std::string shares;
  double largest = 0;
  json rows = json::array();
  for (const auto& overlap : model.facts->published) {
    if (!overlap.positionwise || !(*overlap.positionwise >= 0 && *overlap.positionwise <= 1)) continue;
    const auto hundredths = std::lround(*overlap.positionwise * 10'000);
    shares += (shares.empty() ? "" : ", ") + overlap.with + " " + std::to_string(hundredths / 100) + "." +
              std::to_string(hundredths / 10 % 10) + std::to_string(hundredths % 10) + " %";
    largest = std::max(largest, *overlap.positionwise);
    rows.push_back({{"with", overlap.with}, {"share", *overlap.positionwise}});
  }
  if (shares.empty()) return 0;
  emit(host, {.signal = "tokenizer.published-positionwise",
              .reference = "",
              .value = largest,
              .summary_key = "tokenizer.published.positionwise",
              .params = {{"shares", shares}},
              .details = {{"artefact", true}, {"published", std::move(rows)}}});
  return 1;
}

std::size_t emit_published(const Host& host, const Model& model, const std::vector<io::Signature>& signatures) {
  if (!model.facts || model.facts->published.empty()) return 0;
  const auto holding = test_published(*model.facts, signatures);
  json rows = json::array();
  for (const auto& hypothesis : holding) {
    json tests = json::array();
    for (const auto& test : hypothesis.tests) tests.push_back(test_row(test));
    rows.push_back({{"ancestor", hypothesis.ancestor->label.name},
                    {"explained", hypothesis.explained},
                    {"tests", std::move(tests)}});
  }
  json params{{"total", model.facts->file_vocab_size.value_or(0)}, {"tried", signatures.size()}};
  std::string_view key = "tokenizer.published.open";
  double value = 0;
  std::string_view found = relation::kNone;
  if (!holding.empty()) {
    const auto& best = holding.front();
    value = best.explained;
    const bool near_certain = best.explained >= kNearlyAll;
    key = near_certain ? "tokenizer.published.near-certain" : "tokenizer.published.possible";
    if (near_certain) {
      found = relation::kTokenizerReuse;
      params["base"] = best.ancestor->label.name;
    }
    params["ancestor"] = best.ancestor->label.name;
    params["title"] = best.ancestor->label.title;
    params["tests"] = tests_in_words(best);
    params["count"] = best.tests.size();
    params["explained"] = best.explained;
    params["own"] = best.own_tokens;
    params["next"] = holding.size() > 1 ? holding[1].ancestor->label.name : "-";
    params["next_explained"] = holding.size() > 1 ? holding[1].explained : 0.0;
  }
  emit(host,
       {.signal = "tokenizer.published-counts",
        .reference = "",
        .value = value,
        .summary_key = key,
        .params = params,
        .details = {{"hypotheses", std::move(rows)}, {"basis", "published counts; the file itself was not at hand"}},
        .relation = found});
  return 1 + emit_positionwise(host, model);
}

std::string_view remainder_key(const Relation& r) {
  if (r.remainder_tokens < kFewestItems) return "tokenizer.remainder.empty";
  const bool ordered = r.remainder_score >= kRelatedScore;
  if (r.peeled.empty()) return ordered ? "tokenizer.remainder.own" : "tokenizer.remainder.unrelated";
  return ordered ? "tokenizer.remainder.shared" : "tokenizer.remainder.siblings";
}

}  // namespace

Descriptor AncestryAnalyzer::describe() {
  return {"tokenizer.ancestry",
          "Names the public vocabulary a tokenizer was built on, and tests what two models share beyond it.",
          PEDIGREE_KIND_TOKENIZER,
          PEDIGREE_FLAG_DETERMINISTIC,
          {{"tokenizer.ancestor", "fraction", "Share of the vocabulary that known public ancestors explain.", 0, 1},
           {"tokenizer.remainder", "fraction", "Common order of what two vocabularies share beyond common ancestors.",
            0, 1},
           {"tokenizer.published-counts", "fraction",
            "Share of published overlaps that a common ancestor explains, by arithmetic alone.", 0, 1},
           {"tokenizer.published-positionwise", "fraction",
            "Published share of merges equal at the same position: an artefact, shown with its warning.", 0, 1}},
          tokenizer_roles(),
          {}};
}

AncestryAnalyzer::AncestryAnalyzer(const Options&) : signatures_(shipped_signatures()) {}

pedigree_status AncestryAnalyzer::run(const Host& host, const Request& request) {
  ComparisonSteps steps;
  steps.subject = [&](const Loaded& subject) {
    const std::size_t named = subject.profile ? emit_ancestor(host, subject) : emit_declared(host, subject.model);
    return named + emit_published(host, subject.model, signatures_);
  };
  steps.pair = [&](const Loaded& subject, const Loaded& reference) -> std::size_t {
    if (!subject.profile || !reference.profile) return 0;
    const Relation r = relate(*subject.profile, *reference.profile);
    json params = order_params(r.remainder);
    params["ancestors"] = names_of(r.peeled);
    params["common"] = r.overlap.common();
    params["explained"] = r.explained;
    params["left"] = r.remainder_tokens;
    const double lr = log10_likelihood_ratio(r);
    emit(host, {.signal = "tokenizer.remainder",
                .reference = reference.model.id,
                .value = r.remainder_tokens < kFewestItems ? 0 : r.remainder.longest_ratio,
                .summary_key = remainder_key(r),
                .params = params,
                .details = {{"peeled", names_of(r.peeled)},
                            {"explained", r.explained},
                            {"left", r.remainder_tokens},
                            {"order", r.remainder.longest_ratio},
                            {"adjacency", r.remainder.adjacency},
                            {"kinship", name_of(r.kinship)}},
                .log10_lr = lr,
                .relation = lr > 0 && r.is_reuse() ? relation::kTokenizerReuse : relation::kNone});
    return 1;
  };
  return run_comparison(host, request, signatures_, Depth::kProfiles, steps);
}

}  // namespace pedigree::tokenizer
