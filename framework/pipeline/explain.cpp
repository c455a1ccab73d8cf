// SPDX-License-Identifier: MIT
#include "framework/pipeline/explain.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "framework/pipeline/scalar.hpp"
#include "framework/pipeline/vocabulary.hpp"

namespace pedigree::pipeline {
namespace {
using nlohmann::json;

std::string compact(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

/// Name of a list item as the origins name it.
std::string item_name(const json& item, std::size_t index) {
  for (const char* key : {"id", "use"})
    if (item.is_object() && item.contains(key) && item[key].is_string()) return item[key].get<std::string>();
  if (item.is_object() && item.contains("group") && item["group"].is_string())
    return "group:" + item["group"].get<std::string>();
  return std::to_string(index);
}

class Explainer {
 public:
  Explainer(const ReadResult& read, const std::vector<plugin::Manifest>& plugins) : read_(read), plugins_(plugins) {}

  std::vector<ExplainedValue> all() {
    object(read_.pipeline->resolved, &vocabulary(), "");
    return std::move(out_);
  }

 private:
  static std::string below(const std::string& path, const std::string& key) {
    return path.empty() ? key : path + "." + key;
  }

  void add(const std::string& path, const json& value) { out_.push_back({path, compact(value), origin(path)}); }

  /// Of the value itself, of a part of it (a list of paths), or of what it stands in.
  std::string origin(const std::string& path) const {
    if (const auto exact = read_.origins.find(path); exact != read_.origins.end()) return exact->second;
    const auto part = read_.origins.lower_bound(path + ".");
    if (part != read_.origins.end() && part->first.starts_with(path + ".")) return part->second;
    for (auto dot = path.rfind('.'); dot != std::string::npos && dot > 0; dot = path.rfind('.', dot - 1))
      if (const auto above = read_.origins.find(path.substr(0, dot)); above != read_.origins.end())
        return above->second;
    return "default";
  }

  void object(const json& value, const Object* table, const std::string& path) {
    for (const auto& [key, member] : value.items()) {
      const Field* field = table == nullptr ? nullptr : table->find(key);
      this->value(member, field, below(path, key));
    }
    if (table == nullptr) return;
    for (const auto& field : table->fields) {
      const std::string key{field.key};
      if (value.contains(key)) continue;
      if (field.type == Type::object && table != &vocabulary()) object(json::object(), field.object, below(path, key));
      if (!field.fallback.empty() && field.type != Type::options)
        out_.push_back({below(path, key), compact(json::parse(field.fallback)), "default"});
    }
  }

  void value(const json& value, const Field* field, const std::string& path) {
    if (field != nullptr && field->type == Type::object && value.is_object()) return object(value, field->object, path);
    if (field != nullptr && field->type == Type::list_of && field->value->type == Type::object && value.is_array())
      return steps(value, field->value->object, path);
    if (field != nullptr && field->type == Type::references) return references(value, path);
    if (value.is_object() && !value.empty()) return object(value, nullptr, path);
    add(path, value);
  }

  void references(const json& value, const std::string& path) {
    if (value.empty() || value.is_string()) return add(path, value);
    std::size_t index = 0;
    for (const auto& [key, item] : value.items())
      object(item, &reference_vocabulary(), below(path, value.is_object() ? key : item_name(item, index++)));
  }

  void steps(const json& value, const Object* table, const std::string& path) {
    std::size_t index = 0;
    for (const auto& step : value) {
      const std::string at = below(path, item_name(step, index++));
      object(step, table, at);
      const auto found = plugin::find_analyzer(plugins_, step.value("use", ""));
      if (found.analyzer == nullptr || !found.analyzer->config_schema.is_object()) continue;
      const json options = found.analyzer->config_schema.value("properties", json::object());
      const json given = step.value("with", json::object());
      for (const auto& [name, schema] : options.items())
        if (!given.contains(name) && schema.is_object() && schema.contains("default"))
          out_.push_back({at + ".with." + name, compact(schema["default"]), "default"});
    }
  }

  const ReadResult& read_;
  const std::vector<plugin::Manifest>& plugins_;
  std::vector<ExplainedValue> out_;
};

/// The profile's weight of a family; 1 when the profile does not say.
double family_weight(const Pipeline& pipeline, Family family) {
  const json weights =
      pipeline.verdict.is_object() ? pipeline.verdict.value("weights", json::object()) : json::object();
  const json weight = weights.is_object() ? weights.value(to_string(family), json()) : json();
  if (weight.is_number()) return weight.get<double>();
  return weight.is_string() ? weight_from(weight.get<std::string>()).value_or(1.0) : 1.0;
}

std::string percent(double share) {
  const auto tenths = static_cast<long>(std::lround(share * 1000));
  std::string text = std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
  return std::string(text.size() < 7 ? 7 - text.size() : 0, ' ') + text;
}

bool fits_bare(const std::string& key) {
  return !key.empty() && key != "null" && !weight_from(key) && !is_misleading_number(key) &&
         !is_misleading_boolean(key) && key != "true" && key != "false" &&
         std::all_of(key.begin(), key.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
                  c == '.' || c == '/';
         });
}

/// JSON's text is YAML's double-quoted text; ${ is written so that it is not filled in again.
std::string scalar_yaml(const json& value) {
  std::string text = compact(value);
  if (!value.is_string()) return text;
  for (auto at = text.find("${"); at != std::string::npos; at = text.find("${", at + 3)) text.insert(at, "$");
  return text;
}

void write_yaml(const json& value, int indent, std::string& out) {
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  if (value.is_object() && !value.empty()) {
    for (const auto& [key, member] : value.items()) {
      out += margin + (fits_bare(key) ? key : compact(key)) + ":";
      const bool nested = member.is_structured() && !member.empty();
      out += nested ? "\n" : " " + scalar_yaml(member) + "\n";
      if (nested) write_yaml(member, indent + 2, out);
    }
  } else if (value.is_array()) {
    for (const auto& item : value) {
      if (!item.is_structured() || item.empty()) {
        out += margin + "- " + scalar_yaml(item) + "\n";
        continue;
      }
      std::string inner;
      write_yaml(item, indent + 2, inner);
      out += margin + "- " + inner.substr(static_cast<std::size_t>(indent) + 2);
    }
  }
}

}  // namespace

std::vector<ExplainedValue> explain_values(const ReadResult& read, const std::vector<plugin::Manifest>& plugins) {
  if (!read.pipeline) return {};
  return Explainer(read, plugins).all();
}

std::string explain_values_text(const std::vector<ExplainedValue>& values) {
  std::size_t width = 0;
  for (const auto& value : values) width = std::max(width, value.path.size() + value.value.size() + 3);
  width = std::min<std::size_t>(width, 72);
  std::string out;
  for (const auto& [path, value, origin] : values) {
    std::string line = path + " = " + value;
    line.append(line.size() < width ? width - line.size() : 0, ' ');
    out += line + "  # " + origin + "\n";
  }
  return out;
}

json explain_values_json(const std::vector<ExplainedValue>& values) {
  json out = json::array();
  for (const auto& [path, value, origin] : values)
    out.push_back({{"path", path}, {"value", json::parse(value)}, {"origin", origin}});
  return out;
}

std::map<std::string, double> step_shares(const Pipeline& pipeline, const std::vector<plugin::Manifest>& plugins) {
  std::map<Family, double> in_family;
  std::map<std::string, std::pair<Family, double>> known;
  for (const auto& step : pipeline.analyzers) {
    const auto found = plugin::find_analyzer(plugins, step.use);
    if (found.analyzer == nullptr) continue;
    known[step.id] = {found.analyzer->family, step.weight};
    in_family[found.analyzer->family] += step.weight;
  }
  double whole = 0;
  for (const auto& [family, weight] : in_family) whole += weight > 0 ? family_weight(pipeline, family) : 0;
  std::map<std::string, double> out;
  for (const auto& [id, step] : known) {
    const auto& [family, weight] = step;
    const bool counts = whole > 0 && in_family[family] > 0;
    out[id] = counts ? family_weight(pipeline, family) / whole * weight / in_family[family] : 0;
  }
  return out;
}

std::string steps_text(const Pipeline& pipeline, const std::vector<plugin::Manifest>& plugins) {
  const auto shares = step_shares(pipeline, plugins);
  std::string out;
  for (const auto& step : pipeline.analyzers) {
    const auto share = shares.find(step.id);
    out += "  " + (share == shares.end() ? "      -" : percent(share->second)) + "  " + step.id;
    if (step.use != step.id) out += "  " + step.use;
    const auto found = plugin::find_analyzer(plugins, step.use);
    if (found.analyzer == nullptr)
      out += ", not installed";
    else if (found.analyzer->heavy())
      out += ", once per reference";
    else
      out += found.analyzer->needs_reference() ? ", once for all references" : ", once";
    out += step.with.empty() ? "\n" : ", with " + compact(step.with) + "\n";
  }
  return out;
}

std::string resolved_yaml(const Pipeline& pipeline) {
  json document = pipeline.resolved;
  document["extends"] = nullptr;  // everything it brought is here
  document.erase("vars");         // filled in already
  std::string out = "# Written by pedigree: " + pipeline.name + " with its profile, variables and --set filled in.\n";
  write_yaml(document, 0, out);
  return out;
}

}  // namespace pedigree::pipeline
