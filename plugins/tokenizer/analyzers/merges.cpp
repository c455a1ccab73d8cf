// SPDX-License-Identifier: MIT
#include "plugins/tokenizer/analyzers/merges.hpp"

#include "plugins/tokenizer/analyzers/comparison_run.hpp"
#include "plugins/tokenizer/analyzers/finding.hpp"
#include "plugins/tokenizer/analyzers/pictures.hpp"
#include "plugins/tokenizer/analyzers/roles.hpp"
#include "plugins/tokenizer/compare/positionwise.hpp"

namespace pedigree::tokenizer {
namespace {
using nlohmann::json;

/// The list as the reference's tokenizer.json has it, or would have it when converted from tiktoken.
std::vector<io::Merge> list_as_published(const Loaded& model, std::size_t limit) {
  const auto& t = *model.model.tokenizer;
  if (!t.listed_merges().empty()) {
    const auto listed = t.listed_merges();
    return {listed.begin(), listed.begin() + static_cast<std::ptrdiff_t>(std::min(limit, listed.size()))};
  }
  if (t.format() == io::TokenizerFormat::kTiktoken || t.format() == io::TokenizerFormat::kTekken)
    return io::every_split(t, limit);
  return {};
}

void emit_positionwise(const Host& host, std::string_view reference, const Positionwise& found, std::string_view key) {
  const double share = found.compared == 0 ? 0 : static_cast<double>(found.equal) / static_cast<double>(found.compared);
  const json params{{"equal", found.equal}, {"compared", found.compared}, {"share", share}, {"prefix", found.prefix}};
  emit(host, {.signal = "tokenizer.positionwise-merges",
              .reference = reference,
              .value = share,
              .summary_key = key,
              .params = params,
              .details = {
                  {"artefact", true}, {"equal", found.equal}, {"compared", found.compared}, {"prefix", found.prefix}}});
}

}  // namespace

Descriptor MergesAnalyzer::describe() {
  return {"tokenizer.merges",
          "Compares the merge rules of two BPE tokenizers, one split per token, by their longest common order.",
          PEDIGREE_KIND_TOKENIZER,
          PEDIGREE_FLAG_DETERMINISTIC | PEDIGREE_FLAG_NEEDS_REFERENCE,
          {{"tokenizer.merge-order", "fraction", "Longest increasing subsequence over the merges both have.", 0, 1},
           {"tokenizer.positionwise-merges", "fraction",
            "Merges equal at the same position: an artefact, shown only to explain published numbers.", 0, 1}},
          tokenizer_roles(),
          {{"positions", std::int64_t{10000}, "How many positions the position-wise comparison looks at.", 1, 1e6}}};
}

MergesAnalyzer::MergesAnalyzer(const Options& options)
    : positions_(static_cast<std::size_t>(options.integer("positions"))), signatures_(shipped_signatures()) {}

pedigree_status MergesAnalyzer::run(const Host& host, const Request& request) {
  ComparisonSteps steps;
  steps.pair = [&](const Loaded& subject, const Loaded& reference) -> std::size_t {
    if (!subject.profile || !reference.profile) return 0;
    const auto &mine = subject.profile->merges, &theirs = reference.profile->merges;
    if (mine.empty() || theirs.empty()) return 0;
    const Relation r = relate(*subject.profile, *reference.profile);
    const auto places = merge_places(mine, theirs, r.overlap);
    const auto order = order_of(places);
    const std::string_view id = reference.model.id;
    json params = order_params(order);
    params["common"] = places.size();
    params["subject_merges"] = mine.size();
    params["reference_merges"] = theirs.size();
    params["ancestors"] = names_of(r.peeled);
    const bool explained = r.kinship == Kinship::kSiblings;
    const double lr = log10_likelihood_ratio(r);
    emit(host, {.signal = "tokenizer.merge-order",
                .reference = id,
                .value = order.longest_ratio,
                .summary_key = explained                             ? "tokenizer.merge-order.siblings"
                               : order_score(order) >= kRelatedScore ? "tokenizer.merge-order.same"
                                                                     : "tokenizer.merge-order.own",
                .params = params,
                .details = order_picture(order, places),
                .log10_lr = lr,
                .relation = lr > 0 && r.is_reuse() ? relation::kTokenizerReuse : relation::kNone});
    const auto &s = *subject.model.tokenizer, &t = *reference.model.tokenizer;
    const auto canonical = positionwise(s, mine.merges(), t, theirs.merges(), positions_);
    emit_positionwise(host, id, canonical, "tokenizer.positionwise");
    const auto published = list_as_published(reference, positions_);
    const auto as_listed = positionwise(s, mine.merges(), t, published, positions_);
    if (published.empty() || as_listed.equal == canonical.equal) return 2;
    emit_positionwise(host, id, as_listed, "tokenizer.positionwise.every-split");
    return 3;
  };
  return run_comparison(host, request, signatures_, Depth::kProfiles, steps);
}

}  // namespace pedigree::tokenizer
