// SPDX-License-Identifier: MIT
#include "plugins/behavior/analyzers/agreement.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "pedigree/io/json.hpp"
#include "plugins/behavior/statistics/closeness.hpp"

namespace pedigree::behavior {
namespace {

using nlohmann::json;

constexpr std::size_t kMinimumControls = 2;
constexpr double kControlledLr = 1.0;  // the family's cap with controls (methods 5.3)
constexpr double kSuggestiveLr = 0.3;
constexpr double kIdenticalShare = 0.3;  // identical answers of at least kIdenticalLength bytes: no control needed
constexpr double kIdenticalLength = 60;

json drops(const ModelAnswers& m) {
  return {{"empty", m.dropped.empty},
          {"failed", m.dropped.failed},
          {"truncated", m.dropped.truncated},
          {"duplicate", m.dropped.duplicate},
          {"without_key", m.dropped.unmatched}};
}

struct Decision {
  std::string key;
  double log10_lr = 0;
  bool close = false;
};

Decision decide(const Closeness& c, const Standing& s, bool in_set, double threshold) {
  if (c.exact_share >= kIdenticalShare && c.exact_characters >= kIdenticalLength)
    return {"agreement.identical_answers", kControlledLr, true};
  if (s.controls < kMinimumControls) return {"agreement.no_controls", 0, false};
  if (in_set) return {"agreement.compatible", kControlledLr, true};
  if (s.log10_p <= threshold / 2) return {"agreement.suggestive", kSuggestiveLr, false};
  return {"agreement.not_closer", 0, false};
}

}  // namespace

Descriptor Agreement::describe() {
  return {"behavior.agreement",
          "Compares recorded answers with every reference, against the other references as controls.",
          PEDIGREE_KIND_BEHAVIOR,
          PEDIGREE_FLAG_DETERMINISTIC | PEDIGREE_FLAG_NEEDS_REFERENCE,
          {{"behavior.agreement", "words", "Words that answers share from the beginning, mean over prompts.", 0, 1e4},
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
  const auto models = read_all_answers(request);
  if (models.front().by_key.empty()) {
    host.set_error("subject: " + models.front().problem);
    return PEDIGREE_NOT_APPLICABLE;
  }
  auto closeness = measure_closeness(models);
  for (auto& c : closeness)
    if (c.prompts < minimum_prompts_) {
      host.warn(c.reference + ": " + std::to_string(c.prompts) + " usable pairs of answers, fewer than " +
                std::to_string(minimum_prompts_));
      c.prompts = 0;
    }
  const auto set = compatible_sources(closeness, decision_log10_p_);
  json names = json::array();
  for (const auto member : set) names.push_back(closeness[member].reference);
  bool said = false;
  for (std::size_t r = 0; r < closeness.size(); ++r) {
    const auto& c = closeness[r];
    if (c.prompts == 0) continue;
    const bool in_set = std::find(set.begin(), set.end(), r) != set.end();
    const auto standing = in_set ? test_set(closeness, set) : test_set(closeness, {r});
    const auto decision = decide(c, standing, in_set, decision_log10_p_);
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
                                   {"conformal", standing.conformal},
                                   {"set_size", set.size()}});
    e.details_json = io::json_text({{"dropped_subject", drops(models.front())},
                                    {"dropped_reference", drops(models[r + 1])},
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
  Evidence e;
  e.signal = "behavior.source-set";
  e.value = static_cast<double>(set.size());
  e.summary_key = set.empty() ? "source_set.empty" : "source_set.found";
  std::string listed;
  for (const auto& name : names) listed += (listed.empty() ? "" : ", ") + name.get<std::string>();
  e.params_json = io::json_text({{"size", set.size()}, {"names", listed}});
  e.details_json = io::json_text({{"source_set", names}});
  host.emit(e);
  return PEDIGREE_OK;
}

}  // namespace pedigree::behavior
