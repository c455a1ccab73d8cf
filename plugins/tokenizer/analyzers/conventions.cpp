// SPDX-License-Identifier: MIT
#include "plugins/tokenizer/analyzers/conventions.hpp"

#include <algorithm>

#include "plugins/tokenizer/analyzers/comparison_run.hpp"
#include "plugins/tokenizer/analyzers/finding.hpp"
#include "plugins/tokenizer/analyzers/roles.hpp"
#include "plugins/tokenizer/conventions/chat_template.hpp"
#include "plugins/tokenizer/conventions/special_tokens.hpp"
#include "plugins/tokenizer/conventions/text_rules.hpp"

namespace pedigree::tokenizer {
namespace {
using nlohmann::json;

constexpr std::size_t kMostListed = 50;

template <class List>
std::string joined(const List& items, std::size_t most = 6) {
  std::string out;
  std::size_t count = 0;
  for (const auto& item : items) {
    if (count++ == most) return out + ", ...";
    out += (out.empty() ? "" : ", ") + item;
  }
  return out.empty() ? "-" : out;
}

json first_of(const std::vector<std::string>& items) {
  return std::vector<std::string>(items.begin(),
                                  items.begin() + static_cast<std::ptrdiff_t>(std::min(items.size(), kMostListed)));
}

std::size_t emit_rules(const Host& host, const Model& subject, const Model& reference) {
  if (!subject.tokenizer || !reference.tokenizer) return 0;
  const auto mine = text_rules_of(*subject.tokenizer), theirs = text_rules_of(*reference.tokenizer);
  const auto found = compare_rules(mine, theirs);
  if (found.known == 0) return 0;
  emit(host, {.signal = "tokenizer.text-rules",
              .reference = reference.id,
              .value = static_cast<double>(found.equal) / static_cast<double>(found.known),
              .summary_key = found.equal == found.known ? "tokenizer.text-rules.same" : "tokenizer.text-rules.differ",
              .params = {{"known", found.known}, {"equal", found.equal}, {"differing", joined(found.differing)}},
              .details = {{"subject", mine}, {"reference", theirs}}});
  return 1;
}

std::size_t emit_specials(const Host& host, const Model& subject, const Model& reference) {
  const auto found = compare_specials(subject, reference);
  if (found.subject == 0 || found.reference == 0) return 0;
  const auto mine = special_tokens_of(subject), theirs = special_tokens_of(reference);
  std::vector<std::string> families;
  std::set_intersection(mine.families.begin(), mine.families.end(), theirs.families.begin(), theirs.families.end(),
                        std::back_inserter(families));
  emit(host, {.signal = "tokenizer.special-tokens",
              .reference = reference.id,
              .value = found.jaccard,
              .summary_key = found.shared.empty() ? "tokenizer.special-tokens.none" : "tokenizer.special-tokens",
              .params = {{"shared", found.shared.size()},
                         {"subject", found.subject},
                         {"reference", found.reference},
                         {"examples", joined(found.shared, 4)},
                         {"same_id", found.same_id},
                         {"families", joined(families)}},
              .details = {
                  {"shared", first_of(found.shared)},
                  {"same_roles", found.same_roles},
                  {"subject_families", mine.families},
                  {"reference_families", theirs.families},
                  {"subject_reserved",
                   {{"tokens", mine.reserved}, {"first", mine.first_reserved}, {"last", mine.last_reserved}}},
                  {"reference_reserved",
                   {{"tokens", theirs.reserved}, {"first", theirs.first_reserved}, {"last", theirs.last_reserved}}}}});
  return 1;
}

std::size_t emit_template(const Host& host, const Model& subject, const Model& reference) {
  if (subject.companions.templates.empty() || reference.companions.templates.empty()) return 0;
  constexpr int kMostPairs = 64;  // each may take 16 million steps
  TemplateComparison best;
  int pairs = 0;
  for (const auto& a : subject.companions.templates)
    for (const auto& b : reference.companions.templates) {
      if (pairs++ == kMostPairs) break;
      if (auto found = compare_templates(a.text, b.text); found.similarity >= best.similarity) best = std::move(found);
    }
  emit(host, {.signal = "tokenizer.chat-template",
              .reference = reference.id,
              .value = best.similarity,
              .summary_key = best.identical ? "tokenizer.chat-template.same" : "tokenizer.chat-template",
              .params = {{"similarity", best.similarity},
                         {"common", best.common},
                         {"subject", best.subject},
                         {"reference", best.reference}},
              .details = {{"only_subject", best.only_subject}, {"only_reference", best.only_reference}}});
  return 1;
}

}  // namespace

Descriptor ConventionsAnalyzer::describe() {
  return {"tokenizer.conventions",
          "Compares what is chosen by hand: text rules, special tokens and the chat template.",
          PEDIGREE_KIND_TOKENIZER,
          PEDIGREE_FLAG_DETERMINISTIC | PEDIGREE_FLAG_NEEDS_REFERENCE,
          {{"tokenizer.text-rules", "fraction", "Share of known normalizer and pre-tokenizer rules that agree.", 0, 1},
           {"tokenizer.special-tokens", "fraction", "Jaccard index of special tokens that are not common everywhere.",
            0, 1},
           {"tokenizer.chat-template", "fraction", "Common part of the two chat templates, comments and spacing aside.",
            0, 1}},
          tokenizer_roles(),
          {}};
}

ConventionsAnalyzer::ConventionsAnalyzer(const Options&) {}

pedigree_status ConventionsAnalyzer::run(const Host& host, const Request& request) {
  ComparisonSteps steps;
  steps.pair = [&](const Loaded& subject, const Loaded& reference) {
    return emit_rules(host, subject.model, reference.model) + emit_specials(host, subject.model, reference.model) +
           emit_template(host, subject.model, reference.model);
  };
  return run_comparison(host, request, {}, Depth::kFilesOnly, steps);
}

}  // namespace pedigree::tokenizer
