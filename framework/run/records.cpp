// SPDX-License-Identifier: MIT
#include "framework/run/records.hpp"

#include <algorithm>
#include <cmath>

#include "pedigree/io/json.hpp"

namespace pedigree::run {
namespace {
using nlohmann::json;

std::optional<std::string> text_of(const json& line, const char* key) {
  const auto found = line.find(key);
  if (found == line.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::optional<double> number_of(const json& line, const char* key) {
  const auto found = line.find(key);
  if (found == line.end() || !found->is_number()) return std::nullopt;
  const double value = found->get<double>();
  return std::isfinite(value) ? std::optional{value} : std::nullopt;
}

json object_of(const json& line, const char* key) {
  const auto found = line.find(key);
  return found != line.end() && found->is_object() ? *found : json::object();
}

}  // namespace

json to_json(const EvidenceRecord& record) {
  json line{{"analyzer", record.analyzer},   {"family", to_string(record.family)},
            {"signal", record.signal},       {"reference", record.reference},
            {"component", record.component}, {"value", record.value},
            {"unit", record.unit},           {"log10_lr", record.log10_lr},
            {"relation", record.relation},   {"summary_key", record.summary_key},
            {"params", record.params},       {"details", record.details}};
  if (record.log10_p) line["log10_p"] = *record.log10_p;
  return line;
}

json to_json(const Outcome& outcome) {
  return {{"analyzer", outcome.analyzer},       {"family", to_string(outcome.family)}, {"reference", outcome.reference},
          {"outcome", to_string(outcome.kind)}, {"message", outcome.message},          {"seconds", outcome.seconds},
          {"peak_mib", outcome.peak_mib}};
}

std::optional<EvidenceRecord> evidence_from_json(const json& line) {
  if (!line.is_object()) return std::nullopt;
  const auto family = family_from(text_of(line, "family").value_or(""));
  const auto analyzer = text_of(line, "analyzer"), signal = text_of(line, "signal");
  const auto value = number_of(line, "value"), log10_lr = number_of(line, "log10_lr");
  if (!family || !analyzer || !signal || !value || !log10_lr) return std::nullopt;
  EvidenceRecord record;
  record.analyzer = *analyzer;
  record.family = *family;
  record.signal = *signal;
  record.reference = text_of(line, "reference").value_or("");
  record.component = text_of(line, "component").value_or("");
  record.value = *value;
  record.unit = text_of(line, "unit").value_or("");
  record.log10_lr = *log10_lr;
  record.log10_p = number_of(line, "log10_p");
  record.relation = text_of(line, "relation").value_or("none");
  record.summary_key = text_of(line, "summary_key").value_or("");
  record.params = object_of(line, "params");
  record.details = object_of(line, "details");
  return record;
}

std::optional<Outcome> outcome_from_json(const json& line) {
  if (!line.is_object()) return std::nullopt;
  const auto family = family_from(text_of(line, "family").value_or(""));
  const auto kind = outcome_from(text_of(line, "outcome").value_or(""));
  const auto analyzer = text_of(line, "analyzer");
  if (!family || !kind || !analyzer) return std::nullopt;
  Outcome outcome;
  outcome.analyzer = *analyzer;
  outcome.family = *family;
  outcome.reference = text_of(line, "reference").value_or("");
  outcome.kind = *kind;
  outcome.message = text_of(line, "message").value_or("");
  outcome.seconds = number_of(line, "seconds").value_or(0);
  outcome.peak_mib = number_of(line, "peak_mib").value_or(0);
  return outcome;
}

std::string to_lines(const std::string& key, const JobResult& result) {
  std::string lines;
  for (const auto& record : result.evidence) {
    auto line = to_json(record);
    line["t"] = "evidence";
    line["job"] = key;
    lines += io::json_text(line) + "\n";
  }
  auto end = to_json(result.outcome);
  end["t"] = "analyzer.end";
  end["job"] = key;
  end["pieces"] = result.evidence.size();
  end["sandbox"] = result.sandbox;
  return lines + io::json_text(end) + "\n";
}

std::vector<std::pair<std::string, JobResult>> from_lines(std::string_view text) {
  std::vector<std::pair<std::string, JobResult>> whole;
  std::vector<std::pair<std::string, EvidenceRecord>> open;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) break;  // torn by a crash
    const auto parsed = io::parse_json(text.substr(0, end));
    text.remove_prefix(end + 1);
    if (!parsed || !parsed->is_object()) continue;
    const auto& line = *parsed;
    const auto type = text_of(line, "t").value_or(""), key = text_of(line, "job").value_or("");
    if (type == "evidence") {
      if (auto record = evidence_from_json(line)) open.emplace_back(key, std::move(*record));
    } else if (type == "analyzer.end") {
      JobResult result;
      for (auto& [job, record] : open)
        if (job == key) result.evidence.push_back(std::move(record));
      std::erase_if(open, [&](const auto& entry) { return entry.first == key; });
      auto outcome = outcome_from_json(line);
      if (!outcome || number_of(line, "pieces").value_or(-1) != static_cast<double>(result.evidence.size())) continue;
      result.outcome = std::move(*outcome);
      if (line.contains("sandbox") && line["sandbox"].is_array())
        for (const auto& layer : line["sandbox"])
          if (layer.is_string()) result.sandbox.push_back(layer.get<std::string>());
      std::erase_if(whole, [&](const auto& entry) { return entry.first == key; });
      whole.emplace_back(key, std::move(result));
    }
  }
  return whole;
}

}  // namespace pedigree::run
