// SPDX-License-Identifier: MIT
// CycloneDX 1.6 (ECMA-424, June 2024). Only fields of that schema; it allows no others.
#include <algorithm>
#include <set>

#include "framework/core/digest.hpp"
#include "framework/report/forms/forms.hpp"
#include "framework/report/view.hpp"

namespace pedigree::report {
namespace {

using nlohmann::json;

/// urn:uuid made from a digest, version 8 (RFC 9562: custom), so that equal reports give equal documents.
std::string serial_number(const std::string& digest) {
  std::string uuid = digest.substr(0, 32);
  uuid[12] = '8';
  uuid[16] = "89ab"[(uuid[16] <= '9' ? uuid[16] - '0' : uuid[16] - 'a' + 10) & 3];
  for (const std::size_t dash : {20u, 16u, 12u, 8u}) uuid.insert(dash, "-");
  return "urn:uuid:" + uuid;
}

json model_component(const std::string& id) {
  const auto slash = id.find('/');
  json component{{"type", "machine-learning-model"}, {"name", slash == std::string::npos ? id : id.substr(slash + 1)}};
  if (slash != std::string::npos) component["group"] = id.substr(0, slash);
  return component;
}

bool is_sha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
}

json sha256_hash(const std::string& content) { return json::array({{{"alg", "SHA-256"}, {"content", content}}}); }

json property(const std::string& name, const std::string& value) {
  return {{"name", "pedigree:" + name}, {"value", value}};
}

/// Descent found becomes an ancestor; a shared origin or likeness becomes a variant, which the
/// standard defines as related without a known direction.
json lineage(const json& report) {
  json ancestors = json::array(), variants = json::array();
  std::set<std::string> seen;
  const auto add = [&](const json& parent) {
    const auto id = text_at(parent, "id"), relation = text_at(parent, "relation");
    if (id.empty() || !seen.insert(id).second) return;
    json component = model_component(id);
    component["properties"] = {property("relation", relation), property("component", text_at(parent, "component")),
                               property("p_derived", json(number_at(parent, "p_derived")).dump())};
    const bool descends =
        relation == "derived" || relation == "identical" || relation == "partial" || relation == "declared";
    (descends ? ancestors : variants).push_back(std::move(component));
  };
  for (const auto& parent : list_at(object_at(report, "verdict"), "parents")) add(parent);
  for (const auto& component : list_at(report, "components"))
    for (const auto& parent : list_at(object_at(component, "verdict"), "parents")) add(parent);
  json out{{"notes", "Lineage found by pedigree; see properties for how sure."}};
  if (!ancestors.empty()) out["ancestors"] = std::move(ancestors);
  if (!variants.empty()) out["variants"] = std::move(variants);
  return out;
}

/// What the model's own configuration says it is: the class of its decoder.
json model_parameters(const json& report) {
  json out{{"architectureFamily", "transformer"}, {"task", "text generation"}};
  for (const auto& e : list_at(report, "evidence")) {
    if (text_at(e, "signal") != "architecture.attention-kind") continue;
    for (const auto& part : list_at(object_at(e, "details"), "components"))
      if (text_at(part, "component") == "text_decoder" && !text_at(part, "model_type").empty())
        out["modelArchitecture"] = text_at(part, "model_type");
  }
  return out;
}

/// Every file that was read, once, with its digest: what the verdict can be checked against.
json files(const json& report) {
  json out = json::array();
  std::set<std::string> seen;
  for (const auto& input : list_at(object_at(report, "provenance"), "inputs")) {
    const auto path = text_at(input, "path"), sha256 = text_at(input, "sha256");
    if (path.empty() || !seen.insert(path).second) continue;
    json file{{"type", "file"}, {"name", path}};
    if (is_sha256(sha256)) file["hashes"] = sha256_hash(sha256);
    out.push_back(std::move(file));
  }
  return out;
}

std::string technique(const std::string& family) {
  if (family == "weight") return "binary-analysis";
  return family == "behavior" ? "dynamic-analysis" : "other";
}

json identity(const json& report) {
  json methods = json::array();
  std::set<std::string> families;
  for (const auto& e : list_at(report, "evidence"))
    if (families.insert(text_at(e, "family")).second)
      methods.push_back({{"technique", technique(text_at(e, "family"))},
                         {"confidence", std::clamp(number_at(object_at(report, "verdict"), "confidence"), 0.0, 1.0)},
                         {"value", text_at(e, "family")}});
  return json::array({{{"field", "name"},
                       {"confidence", std::clamp(number_at(object_at(report, "verdict"), "confidence"), 0.0, 1.0)},
                       {"methods", std::move(methods)}}});
}

std::string whole(const json& object, const char* key) {
  return std::to_string(static_cast<int>(std::clamp(number_at(object, key), 0.0, 1e6)));
}

json metrics(const json& report) {
  const auto& v = object_at(report, "verdict");
  return json::array({{{"type", "from-scratch-score"}, {"value", json(number_at(v, "score")).dump()}},
                      {{"type", "p_derived"}, {"value", json(number_at(v, "p_derived")).dump()}},
                      {{"type", "assurance"}, {"value", whole(v, "assurance")}},
                      {{"type", "coverage"}, {"value", json(number_at(v, "coverage")).dump()}}});
}

}  // namespace

json to_cyclonedx(const json& report) {
  const auto& subject = object_at(report, "subject");
  const auto& v = object_at(report, "verdict");
  const auto& provenance = object_at(report, "provenance");
  json component = model_component(text_at(subject, "id"));
  component["bom-ref"] = "subject";
  if (const auto revision = text_at(subject, "revision"); !revision.empty()) component["version"] = revision;
  if (const auto digest = text_at(subject, "digest");
      digest.size() >= 64 && is_sha256(digest.substr(digest.size() - 64)))
    component["hashes"] = sha256_hash(digest.substr(digest.size() - 64));
  component["pedigree"] = lineage(report);
  component["modelCard"] = {
      {"modelParameters", model_parameters(report)},
      {"quantitativeAnalysis", {{"performanceMetrics", metrics(report)}}},
      {"considerations",
       {{"technicalLimitations",
         json::array({"Verdict: " + text_at(v, "label") + "; status: " + text_at(v, "status") +
                      "; what it rests on: assurance level " + whole(v, "assurance") + " of 4."})}}}};
  component["evidence"] = {{"identity", identity(report)}};
  component["properties"] = {property("label", text_at(v, "label")),
                             property("profile", text_at(provenance, "profile")),
                             property("references", std::to_string(list_at(report, "references").size()))};
  json stable = report;
  stable.erase("outcomes");  // times differ from run to run
  return {{"bomFormat", "CycloneDX"},
          {"specVersion", "1.6"},
          {"serialNumber", serial_number(sha256_hex(stable.dump(-1, ' ', false, json::error_handler_t::replace)))},
          {"version", 1},
          {"metadata",
           {{"tools",
             {{"components",
               json::array(
                   {{{"type", "application"}, {"name", "pedigree"}, {"version", text_at(provenance, "pedigree")}}})}}},
            {"component", component}}},
          {"components", files(report)}};
}

}  // namespace pedigree::report
