// SPDX-License-Identifier: MIT
#include "plugins/behavior/analyzers/agreement.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "pedigree/io/json.hpp"
#include "plugins/behavior/analyzers/emit.hpp"
#include "plugins/behavior/statistics/closeness.hpp"
#include "plugins/behavior/statistics/exact.hpp"
#include "plugins/behavior/statistics/shared_errors.hpp"

namespace pedigree::behavior {
namespace {

using nlohmann::json;

constexpr std::size_t kMinimumControls = 2;
constexpr double kControlledLr = 1.0;  // the family's cap with controls (methods 5.3)
constexpr double kSuggestiveLr = 0.3;
constexpr double kIdenticalShare = 0.3;  // identical answers of at least kIdenticalLength bytes: no control needed
constexpr double kIdenticalLength = 60;

json drops(const ModelAnswers& m) {
  return {{"empty", m.dropped.empty},         {"failed", m.dropped.failed},   {"truncated", m.dropped.truncated},
          {"duplicate", m.dropped.duplicate}, {"refused", m.dropped.refused}, {"without_key", m.dropped.unmatched}};
}

struct Decision {
  std::string key;
  double log10_lr = 0;
  bool close = false;
};

/// `adjusted`: the reference's own log10 p after Holm's correction over all references.
Decision decide(const Closeness& c, const Standing& s, bool in_set, double adjusted, double threshold) {
  if (c.exact_share >= kIdenticalShare && c.exact_characters >= kIdenticalLength)
    return {"agreement.identical_answers", kControlledLr, true};
  if (s.controls < kMinimumControls) return {"agreement.no_controls", 0, false};
  if (in_set) return {"agreement.compatible", kControlledLr, true};
  if (adjusted <= threshold / 2) return {"agreement.suggestive", kSuggestiveLr, false};
  return {"agreement.not_closer", 0, false};
}

/// Wrong answers in common say more than right ones: everybody's right answers are alike.
void emit_shared_errors(const Host& host, const std::vector<ModelAnswers>& models, double threshold) {
  constexpr std::size_t kFewest = 20;
  const auto found = shared_errors(models);
  std::vector<double> log10_p;
  for (const auto& f : found) log10_p.push_back(f.both_wrong < kFewest ? 0 : f.log10_p);
  const auto adjusted = holm(log10_p);
  for (std::size_t r = 0; r < found.size(); ++r) {
    const auto& f = found[r];
    if (f.both_wrong < kFewest) continue;
    const bool alike = f.controls >= kMinimumControls && adjusted[r] <= threshold / 2;
    auto e = make_evidence("behavior.shared-errors", f.reference, f.share(),
                           f.controls < kMinimumControls ? "shared_errors.no_controls"
                           : alike                       ? "shared_errors.alike"
                                                         : "shared_errors.usual",
                           {{"reference", f.reference},
                            {"both_wrong", f.both_wrong},
                            {"share", f.share()},
                            {"controls", f.controls},
                            {"log10_p", adjusted[r]}});
    if (f.controls >= kMinimumControls) e.log10_p = std::max(f.log10_p, -1e6);
    if (alike) {
      e.log10_lr = kSuggestiveLr;
      e.relation = relation::kBehavioralProximity;
    }
    host.emit(e);
  }
}

/// Each reference's own test against all others, corrected after Holm over the references.
std::vector<double> adjusted_log10_p(const std::vector<Closeness>& closeness) {
  std::vector<double> log10_p;
  for (std::size_t r = 0; r < closeness.size(); ++r)
    log10_p.push_back(closeness[r].prompts == 0 ? 0 : test_set(closeness, {r}).log10_p);
  return holm(log10_p);
}

}  // namespace

Descriptor Agreement::describe() {
  return {"behavior.agreement",
          "Compares recorded answers with every reference, against the other references as controls.",
          PEDIGREE_KIND_BEHAVIOR,
          PEDIGREE_FLAG_DETERMINISTIC | PEDIGREE_FLAG_NEEDS_REFERENCE,
          {{"behavior.agreement", "words", "Words that answers share from the beginning, mean over prompts.", 0, 1e4},
           {"behavior.shared-errors", "fraction", "Wrong answers in common, where both are wrong.", 0, 1},
           {"behavior.source-set", "count", "References that are closer to the subject than all others beyond chance.",
            0, 1e6}},
          {"responses"},
          {{"minimum_prompts", std::int64_t{30}, "Fewer usable pairs of answers than this: abstain.", 1, 1e6},
           {"decision_log10_p", -6.0, "log10 p at which a reference counts as closer than every control.", -300, 0}}};
}

Agreement::Agreement(const Options& options)
    : minimum_prompts_(static_cast<std::size_t>(options.integer("minimum_prompts"))),
      decision_log10_p_(options.number("decision_log10_p")) {}

pedigree_status Agreement::run(const Host& host, const Request& request) {
  const auto models = read_all_answers(host, request);
  if (models.front().by_key.empty()) {
    host.set_error("subject: " + models.front().problem);
    return PEDIGREE_NOT_APPLICABLE;
  }
  auto closeness = measure_closeness(models);
  for (auto& c : closeness)
    if (c.prompts < minimum_prompts_) {
      host.warn(c.reference + ": " + std::to_string(c.prompts) + " usable pairs of answers, fewer than " +
                std::to_string(minimum_prompts_) +
                (c.truncated_pairs == 0 ? std::string{}
                                        : " (" + std::to_string(c.truncated_pairs) +
                                              " pairs with an answer that a limit of tokens cut off were left out)"));
      c.prompts = 0;
    }
  const auto set = compatible_sources(closeness, decision_log10_p_);
  const auto adjusted = adjusted_log10_p(closeness);
  json names = json::array();
  for (const auto member : set) names.push_back(closeness[member].reference);
  bool said = false;
  for (std::size_t r = 0; r < closeness.size(); ++r) {
    const auto& c = closeness[r];
    if (c.prompts == 0) continue;
    const bool in_set = std::find(set.begin(), set.end(), r) != set.end();
    const auto standing = in_set ? test_set(closeness, set) : test_set(closeness, {r});
    const auto decision = decide(c, standing, in_set, adjusted[r], decision_log10_p_);
    Evidence e;
    e.signal = "behavior.agreement";
    e.reference = c.reference;
    e.value = c.prefix_mean;
    e.log10_lr = decision.log10_lr;
    if (standing.controls >= kMinimumControls) e.log10_p = std::max(standing.log10_p, -1e6);
    if (decision.close) e.relation = relation::kBehavioralProximity;
    e.summary_key = decision.key;
    e.params_json = io::json_text({{"reference", c.reference},
                                   {"prompts", c.prompts},
                                   {"prefix", c.prefix_mean},
                                   {"bigrams", c.bigram_mean},
                                   {"exact", c.exact_share},
                                   {"controls", standing.controls},
                                   {"rival", standing.nearest_rival},
                                   {"log10_p", standing.log10_p},
                                   {"adjusted", adjusted[r]},
                                   {"decision", decision_log10_p_},
                                   {"conformal", standing.conformal},
                                   {"set_size", set.size()}});
    e.details_json = io::json_text({{"dropped_subject", drops(models.front())},
                                    {"dropped_reference", drops(models[r + 1])},
                                    {"truncated_pairs", c.truncated_pairs},
                                    {"source_set", names},
                                    {"conformal_p", standing.conformal},
                                    {"controls", standing.controls},
                                    {"exact_share", c.exact_share}});
    host.emit(e);
    said = true;
  }
  if (!said) {
    host.set_error("no reference has " + std::to_string(minimum_prompts_) + " usable answers to the subject's prompts");
    return PEDIGREE_NOT_APPLICABLE;
  }
  emit_shared_errors(host, models, decision_log10_p_);
  // The set leaves out a true source only if that one is separated from every member by chance.
  const double log10_p = set.empty() ? 0 : test_set(closeness, set).log10_p;
  const double coverage = set.empty() ? 0 : 1 - std::pow(10.0, log10_p);
  Evidence e;
  e.signal = "behavior.source-set";
  e.value = static_cast<double>(set.size());
  e.summary_key = set.empty() ? "source_set.empty" : "source_set.found";
  std::string listed;
  for (const auto& name : names) listed += (listed.empty() ? "" : ", ") + name.get<std::string>();
  e.params_json = io::json_text({{"size", set.size()},
                                 {"names", listed},
                                 {"coverage", coverage},
                                 {"log10_p", log10_p},
                                 {"decision", decision_log10_p_}});
  e.details_json = io::json_text({{"source_set", names}, {"coverage", coverage}});
  host.emit(e);
  return PEDIGREE_OK;
}

}  // namespace pedigree::behavior
