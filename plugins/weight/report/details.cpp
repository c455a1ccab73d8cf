// SPDX-License-Identifier: MIT
#include "plugins/weight/report/details.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace pedigree::weight {
using nlohmann::json;

json rounded(double value) {
  if (!std::isfinite(value)) return nullptr;
  char text[40];
  const auto written = std::to_chars(text, text + sizeof text, value, std::chars_format::general, 6);
  double out = value;
  std::from_chars(text, written.ptr, out);
  return out == 0 ? json(0.0) : json(out);
}

json layer_map(const ComponentFinding& finding) {
  json out = json::array();
  for (const auto& layer : finding.layers) out.push_back(layer.source_layer >= 0 ? json(layer.source_layer) : json());
  return out;
}

json inheritance_map(const ComponentFinding& finding) {
  json out = json::array();
  for (const auto& layer : finding.layers) {
    json row{{"layer", layer.subject_layer},
             {"source", layer.source_layer >= 0 ? json(layer.source_layer) : json()},
             {"share", rounded(layer.share)}};
    if (layer.source_layer >= 0) {
      row["log10_p"] = rounded(layer.log10_p);
      row["mean_cosine"] = rounded(layer.mean_cosine);
      json roles = json::object();
      for (const auto& [name, role] : layer.roles)
        roles[name] = {{"share", rounded(std::clamp(role.spectrum.cosine, 0.0, 1.0))},
                       {"coefficient", rounded(role.spectrum.coefficient)},
                       {"top", rounded(role.spectrum.top)},
                       {"bulk", rounded(role.spectrum.bulk)},
                       {"length_ratio", rounded(role.row_scale)}};
      row["roles"] = std::move(roles);
    }
    if (layer.heads)
      row["heads"] = {{"similarity", rounded(layer.heads->similarity)},
                      {"value_output", rounded(layer.heads->value_output_similarity)},
                      {"query_key", rounded(layer.heads->query_key_similarity)},
                      {"permuted", layer.heads->permuted}};
    out.push_back(std::move(row));
  }
  return out;
}

json kinds_json(const Judgement& judgement) {
  json out = json::array();
  for (const auto& kind : judgement.kinds)
    out.push_back({{"kind", kind.name}, {"detail", kind.detail}, {"value", rounded(kind.value)}});
  return out;
}

json changes_said(const Judgement& judgement) {
  json out = json::array();
  for (const auto& kind : judgement.kinds) {
    const std::string key = "change." + kind.sentence;
    const auto said = std::find_if(out.begin(), out.end(), [&](const json& item) { return item["key"] == key; });
    json params = json::object();
    for (const auto& [name, value] : kind.numbers) params[name] = rounded(value);
    if (!kind.type.empty()) params["type"] = kind.type;
    if (kind.part.empty()) {
      if (said == out.end()) out.push_back({{"key", key}, {"params", std::move(params)}});
      continue;
    }
    json part{{"key", "part." + kind.part}, {"params", std::move(params)}};
    if (said != out.end())
      (*said)["params"]["parts"].push_back(std::move(part));
    else
      out.push_back({{"key", key}, {"params", {{"parts", json::array({std::move(part)})}}}});
  }
  if (out.empty()) out.push_back({{"key", "change.none"}});
  return out;
}

json trials_json(const ComponentFinding& finding) {
  json out = json::array();
  for (std::size_t i = 0; i < finding.trials.size(); ++i) {
    const MapTrial& trial = finding.trials[i];
    out.push_back({{"map", name_of(trial.kind)},
                   {"held_out_cosine", rounded(trial.held_out_cosine)},
                   {"log10_p", rounded(trial.best_log10_p)},
                   {"best_share", rounded(trial.best_share)},
                   {"best_agreement", rounded(trial.best_agreement)},
                   {"comparisons", trial.comparisons},
                   {"chosen", i == finding.chosen}});
  }
  return out;
}

json power_json(const ComponentFinding& finding) {
  if (!finding.power.measured) return nullptr;
  return {{"row_correlation", rounded(finding.power.row_correlation)},
          {"inherited_share", rounded(finding.power.inherited_share)},
          {"at_log10_p", -12}};
}

json sampling_json(const ComponentFinding& finding) {
  return {{"units_per_block", finding.sampled_units == 0 ? json("all") : json(finding.sampled_units)},
          {"common_tokens", finding.embedding.common},
          {"tokens_read", finding.embedding.sampled},
          {"rows_not_finite", finding.silenced_rows},
          {"subject_layers", finding.subject_layers},
          {"reference_layers", finding.reference_layers}};
}

json spectrum_json(const ComponentFinding& finding) {
  std::vector<std::vector<double>> points;
  for (const auto& layer : finding.layers)
    for (const auto& [name, role] : layer.roles) {
      if (!role.spectrum.valid) continue;
      points.resize(std::max(points.size(), role.spectrum.curve.size()));
      for (std::size_t i = 0; i < role.spectrum.curve.size(); ++i) points[i].push_back(role.spectrum.curve[i]);
    }
  json out = json::array();
  for (auto& values : points) out.push_back(rounded(median(std::move(values))));
  return out;
}

json plane_json(const LayerPlane& plane) {
  json out = json::array();
  for (const auto& p : plane.points)
    out.push_back({{"model", p.of_subject ? "subject" : "reference"},
                   {"layer", p.layer},
                   {"x", rounded(p.x)},
                   {"y", rounded(p.y)}});
  return out;
}

}  // namespace pedigree::weight
