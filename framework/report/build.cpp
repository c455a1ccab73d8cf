// SPDX-License-Identifier: MIT
// The one document every other form is made from.
#include <algorithm>
#include <cmath>
#include <set>

#include "framework/report/report.hpp"

namespace pedigree::report {
namespace {

using nlohmann::json;

/// Computed numbers keep six decimals: more would only show how the sum was made. Very small ones
/// keep six significant digits, so that a probability never becomes 0.
double tidy(double value) {
  if (!std::isfinite(value)) return 0;
  const double size = std::abs(value);
  if (size == 0) return 0;
  const double scale = size >= 1e-3 ? 1e6 : std::pow(10.0, 6 - std::ceil(std::log10(size)));
  const double rounded = std::round(value * scale) / scale;
  return rounded == 0 ? value : rounded;
}

json optional_number(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? json(*value) : json(nullptr);
}
json finite_number(double value) { return std::isfinite(value) ? json(value) : json(nullptr); }

/// Writes the parts of a report and remembers which messages they used.
class Writer {
 public:
  Writer(const json& messages, std::string lang) : messages_(messages), lang_(std::move(lang)) {}

  json sentence(const std::string& key, const json& params) {
    use(key, params);
    return {{"key", key},
            {"params", params.is_object() ? params : json::object()},
            {"text", render(key, params, lang_, messages_)}};
  }

  json parents(const std::vector<verdict::Parent>& parents) const {
    json list = json::array();
    for (const auto& parent : parents)
      list.push_back({{"id", parent.id},
                      {"component", parent.component},
                      {"relation", parent.relation},
                      {"p_derived", tidy(parent.p_derived)},
                      {"log10_p", optional_number(parent.log10_p)}});
    return list;
  }

  json verdict(const verdict::Verdict& verdict) {
    json reasons = json::array(), contributions = json::array();
    for (std::size_t i = 0; i < verdict.reasons.size(); ++i)
      reasons.push_back(
          sentence(verdict.reasons[i], i < verdict.reason_params.size() ? verdict.reason_params[i] : json::object()));
    for (const auto& step : verdict.contributions)
      contributions.push_back({{"what", step.what},
                               {"signal", step.signal},
                               {"reference", step.reference},
                               {"log10_odds", tidy(step.log10_odds)}});
    return {{"label", verdict::to_string(verdict.label)},
            {"status", verdict.status},
            {"score", verdict.score},
            {"p_derived", tidy(verdict.p_derived)},
            {"assurance", verdict.assurance},
            {"coverage", tidy(verdict.coverage)},
            {"confidence", tidy(verdict.confidence)},
            {"decisive", verdict.decisive},
            {"parents", parents(verdict.parents)},
            {"reasons", std::move(reasons)},
            {"contributions", std::move(contributions)},
            {"power", verdict.power}};
  }

  json evidence(const EvidenceRecord& record, const std::string& support, const std::string& criterion) {
    json row{{"analyzer", record.analyzer},
             {"family", to_string(record.family)},
             {"signal", record.signal},
             {"reference", record.reference},
             {"component", record.component},
             {"value", finite_number(record.value)},
             {"unit", record.unit},
             {"log10_lr", finite_number(record.log10_lr)},
             {"log10_p", optional_number(record.log10_p)},
             {"relation", record.relation},
             {"support", support},
             {"criteria", nullptr},
             {"summary_key", record.summary_key},
             {"params", record.params.is_object() ? record.params : json::object()},
             {"details", record.details.is_object() ? record.details : json::object()}};
    use(record.summary_key, row["params"]);
    row["summary"] = render(record.summary_key, row["params"], lang_, messages_);
    if (!criterion.empty()) row["criteria"] = sentence(criterion, json::object());
    return row;
  }

  /// The templates this report used, in every language, for rendering it again. The framework's own
  /// terms are everywhere and are not repeated.
  json used_messages() const {
    json kept = json::object();
    for (const auto& key : used_)
      if (const auto found = messages_.find(key); found != messages_.end()) kept[key] = *found;
    return kept;
  }

 private:
  /// Remembers a template, and those of the terms and sentences among its values.
  void use(const std::string& key, const json& params) {
    used_.insert(key);
    if (!params.is_object()) return;
    for (const auto& [name, value] : params.items()) {
      const json items = value.is_array() ? value : json::array({value});
      for (const auto& item : items) {
        if (item.is_string()) used_.insert(name + "." + item.get_ref<const std::string&>());
        const auto inner = item.is_object() ? item.find("key") : item.end();
        if (!item.is_object() || inner == item.end() || !inner->is_string()) continue;
        use(inner->get_ref<const std::string&>(), item.value("params", json::object()));
      }
    }
  }

  const json& messages_;
  std::string lang_;
  std::set<std::string> used_;
};

json references_of(const verdict::Judgement& judgement) {
  json list = json::array();
  for (const auto& reference : judgement.references)
    list.push_back({{"id", reference.facts.id},
                    {"role", reference.facts.role},
                    {"p_derived", tidy(reference.p_derived)},
                    {"relation", reference.relation},
                    {"log10_p", optional_number(reference.log10_p)},
                    {"compared", reference.facts.compared},
                    {"not_compared", reference.facts.not_compared}});
  return list;
}

json outcomes_of(const verdict::Case& case_) {
  json list = json::array();
  for (const auto& outcome : case_.outcomes)
    list.push_back({{"analyzer", outcome.analyzer},
                    {"family", to_string(outcome.family)},
                    {"reference", outcome.reference},
                    {"outcome", to_string(outcome.kind)},
                    {"message", outcome.message},
                    {"seconds", finite_number(outcome.seconds)},
                    {"peak_mib", finite_number(outcome.peak_mib)}});
  return list;
}

json provenance_of(const Provenance& provenance) {
  json plugins = json::array(), inputs = json::array();
  for (const auto* plugin : provenance.plugins)
    if (plugin != nullptr)
      plugins.push_back({{"id", plugin->id}, {"version", plugin->version}, {"sha256", plugin->sha256}});
  for (const auto& input : provenance.inputs)
    inputs.push_back({{"path", input.path}, {"sha256", input.sha256}, {"bytes", input.bytes}});
  return {{"pedigree", PEDIGREE_VERSION},
          {"profile", provenance.profile},
          {"plugins", std::move(plugins)},
          {"inputs", std::move(inputs)},
          {"sandbox", provenance.sandbox}};
}

json claim_of(const verdict::Case& case_) {
  json declared = json::array();
  for (const auto& reuse : case_.declared)
    declared.push_back({{"component", reuse.component}, {"parent", reuse.parent}, {"source", reuse.source}});
  return {{"scope", case_.claim_scope}, {"declared", std::move(declared)}};
}

json sensitivity_of(const verdict::Judgement& judgement) {
  int lowest = judgement.model.score, highest = judgement.model.score;
  std::set<std::string> labels{verdict::to_string(judgement.model.label)};
  json cases = json::array();
  for (const auto& changed : judgement.sensitivity) {
    lowest = std::min(lowest, changed.score);
    highest = std::max(highest, changed.score);
    labels.insert(verdict::to_string(changed.label));
    cases.push_back({{"what", changed.what},
                     {"factor", changed.factor},
                     {"score", changed.score},
                     {"label", verdict::to_string(changed.label)}});
  }
  return {{"label_holds", labels.size() == 1},
          {"labels", labels},
          {"score_min", lowest},
          {"score_max", highest},
          {"cases", std::move(cases)}};
}

}  // namespace

nlohmann::json build(const std::string& subject_id, const Asked& asked, const verdict::Case& case_,
                     const verdict::Judgement& judgement, const Provenance& provenance, const nlohmann::json& messages,
                     const std::string& lang) {
  const json catalogue = messages.is_object() ? messages : framework_messages();
  Writer writer(catalogue, lang);
  json report{{"schema", "pedigree/report/v1"},
              {"lang", lang},
              {"subject",
               {{"id", subject_id},
                {"revision", provenance.subject_revision},
                {"digest", provenance.subject_digest},
                {"resolved_from", provenance.resolved_from}}},
              {"pipeline", {{"name", asked.pipeline}, {"question", asked.question}}},
              {"claim", claim_of(case_)}};
  if (!asked.question_ko.empty()) report["pipeline"]["question_ko"] = asked.question_ko;
  report["subject"]["facts"] = provenance.facts.is_object() ? provenance.facts : json::object();
  report["verdict"] = writer.verdict(judgement.model);
  report["components"] = json::array();
  for (const auto& component : judgement.components)
    report["components"].push_back({{"name", component.name}, {"verdict", writer.verdict(component.verdict)}});
  report["evidence"] = json::array();
  for (std::size_t i = 0; i < case_.evidence.size(); ++i)
    report["evidence"].push_back(writer.evidence(case_.evidence[i],
                                                 i < judgement.support.size() ? judgement.support[i] : "neutral",
                                                 i < judgement.criteria.size() ? judgement.criteria[i] : ""));
  report["references"] = references_of(judgement);
  report["missing_references"] = case_.missing_references;
  report["outcomes"] = outcomes_of(case_);
  report["next_evidence"] = json::array();
  for (const auto& next : judgement.next_evidence) {
    json row = writer.sentence(next.key, next.params);
    row["what"] = row["text"];
    row.erase("text");
    row["could_move"] = tidy(next.could_move);
    report["next_evidence"].push_back(std::move(row));
  }
  report["sensitivity"] = sensitivity_of(judgement);
  report["enough_evidence"] = judgement.enough_evidence;
  report["provenance"] = provenance_of(provenance);
  report["messages"] = writer.used_messages();
  return report;
}

}  // namespace pedigree::report
