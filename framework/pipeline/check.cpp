// SPDX-License-Identifier: MIT
#include "framework/pipeline/check.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "framework/core/text.hpp"
#include "framework/pipeline/merge.hpp"
#include "framework/pipeline/scalar.hpp"

namespace pedigree::pipeline {
namespace {
using nlohmann::json;

bool is_identifier(std::string_view text) {
  return !text.empty() && text.size() <= 200 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-/:@+").find(c) != std::string_view::npos;
  });
}

bool is_digest(std::string_view text) {
  constexpr std::string_view kPrefix = "sha256:";
  return text.starts_with(kPrefix) && text.size() == kPrefix.size() + 64 &&
         std::all_of(text.begin() + kPrefix.size(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string number_text(double value) {
  return json(value == std::floor(value) && std::abs(value) < 1e15 ? json(static_cast<std::int64_t>(value))
                                                                   : json(value))
      .dump();
}

class Reader {
 public:
  explicit Reader(Findings& findings) : findings_(findings) {}

  /// `where` names the map in messages: "analyzer 'merges'".
  json object(const Node& node, const Object& table, const std::string& where) {
    json out = json::object();
    if (!node.is_map()) {
      wrong_type(node, "a map", where);
      return out;
    }
    for (const auto& entry : node.entries) {
      if (entry.key.starts_with("x-")) {
        out[entry.key] = free_json(entry.value, nullptr);
        continue;
      }
      const Field* field = table.find(entry.key);
      if (field == nullptr) {
        unknown_key(entry, table.keys(), where, use_of(node));
        continue;
      }
      json value = this->value(entry.value, *field, "'" + entry.key + "' of " + where);
      if (!value.is_null()) out[entry.key] = std::move(value);
    }
    return out;
  }

 private:
  json value(const Node& node, const Field& field, const std::string& where) {
    if (node.is_null() || node.broken) return nullptr;
    switch (field.type) {
      case Type::object:
        return object(node, *field.object, where);
      case Type::map_of:
        return map_of(node, field, where);
      case Type::list_of:
        return list_of(node, field, where);
      case Type::artifacts:
        return artifacts(node, where);
      case Type::references:
        return references(node, where);
      case Type::options:
      case Type::free:
        if (!node.is_map()) return wrong_type(node, "a map", where);
        // options are typed by the analyzer's schema, later and with better messages
        return free_json(node, field.type == Type::options ? nullptr : &findings_);
      default:
        return scalar(node, field, where);
    }
  }

  json map_of(const Node& node, const Field& field, const std::string& where) {
    if (!node.is_map()) return wrong_type(node, "a map", where);
    json out = json::object();
    for (const auto& entry : node.entries) {
      if (!field.choices.empty() &&
          std::find(field.choices.begin(), field.choices.end(), entry.key) == field.choices.end()) {
        unknown_key(entry, {field.choices.begin(), field.choices.end()}, where, {});
        continue;
      }
      json value = this->value(entry.value, *field.value, "'" + entry.key + "' of " + where);
      if (!value.is_null()) out[entry.key] = std::move(value);
    }
    return out;
  }

  json list_of(const Node& node, const Field& field, const std::string& where) {
    if (!node.is_list()) return wrong_type(node, "a list", where);
    json out = json::array();
    for (const auto& item : node.items) {
      if (item.is_null()) {
        out.push_back(wrong_type(item, type_text(*field.value), "an item of " + where));
      } else if (field.value->type == Type::object) {
        out.push_back(object(item, *field.value->object, named_item(item, "analyzer")));
      } else {
        out.push_back(value(item, *field.value, "an item of " + where));
      }
    }
    refuse_twins(node);
    return out;
  }

  json artifacts(const Node& node, const std::string& where) {
    if (!node.is_map()) return wrong_type(node, "a map of roles to files", where);
    json out = json::object();
    for (const auto& entry : node.entries) {
      const auto& roles = artifact_roles();
      if (std::find(roles.begin(), roles.end(), entry.key) == roles.end()) {
        findings_.add(entry.place, {"PED-P042", "'" + entry.key + "' is no role of an artifact",
                                    did_you_mean(entry.key, roles), joined(roles)});
        continue;
      }
      json files = json::array();
      if (entry.value.is_text())
        files.push_back(entry.value.text);
      else if (entry.value.is_list())
        for (const auto& item : entry.value.items)
          item.is_text() ? files.push_back(item.text) : (void)wrong_type(item, "a path", where);
      else if (!entry.value.is_null())
        wrong_type(entry.value, "a path, a list of paths, or null", "'" + entry.key + "' of " + where);
      out[entry.key] = std::move(files);
    }
    return out;
  }

  json references(const Node& node, const std::string& where) {
    if (!node.is_map() && !node.is_list()) return wrong_type(node, "a map or list of references, or 'all'", where);
    json out = node.is_map() ? json::object() : json::array();
    for (const auto& entry : node.entries) {
      if (entry.value.is_null()) continue;
      out[entry.key] = object(entry.value, reference_vocabulary(), "reference '" + entry.key + "'");
      id_or_group(entry.value);
    }
    for (const auto& item : node.items) {
      out.push_back(object(item, reference_vocabulary(), named_item(item, "reference")));
      id_or_group(item);
    }
    return out;
  }

  void id_or_group(const Node& reference) {
    const Entry* group = reference.is_map() ? reference.entry("group") : nullptr;
    if (group == nullptr || group->value.is_null()) return;
    for (const char* other : {"id", "path", "artifacts", "revision"})
      if (reference.find(other) != nullptr)
        findings_.add(group->place, {"PED-P054", "a reference has either 'group' or '" + std::string(other) + "'",
                                     "write two references", "group, role"});
  }

  void refuse_twins(const Node& list) {
    std::map<std::string, const Node*> seen;
    for (const auto& item : list.items) {
      const std::string id = identity(item);
      if (id.empty()) continue;
      const auto [first, added] = seen.emplace(id, &item);
      if (added) continue;
      findings_.add(item.place, {"PED-P036",
                                 "'" + id + "' stands twice in this list; the first is at " +
                                     findings_.origin(first->second->place),
                                 "give the second an 'id' of its own, or remove one"});
    }
  }

  json scalar(const Node& node, const Field& field, const std::string& where) {
    if (!node.is_text()) return wrong_type(node, type_text(field), where);
    const std::string& text = node.text;
    const bool numeric = field.type == Type::integer || field.type == Type::number || field.type == Type::count ||
                         field.type == Type::weight;
    if (numeric && !node.plain && (field.type == Type::integer || field.type == Type::number || number_from(text)))
      return wrong_type(node, type_text(field), where, "remove the quotes: a quoted value is text");
    if (numeric && is_misleading_number(text)) {
      findings_.add(node.place, {"PED-P019", where + ": '" + text + "' is no decimal number",
                                 "write it in plain decimal digits, without leading zero, underscore or prefix"});
      return nullptr;
    }
    switch (field.type) {
      case Type::boolean:
        return boolean(node, where);
      case Type::integer:
        return number(node, field, where, integer_from(text));
      case Type::number:
        return number(node, field, where, number_from(text));
      case Type::count:
        return number(node, field, where, count_from(text));
      case Type::weight:
        return number(node, field, where, weight_from(text));
      case Type::duration:
        return unit(node, field, where, seconds_from(text), "s");
      case Type::size:
        return unit(node, field, where, bytes_from(text), " bytes");
      case Type::choice:
        return choice(node, field, where);
      case Type::schema:
        return schema(node);
      case Type::identifier:
        if (!is_identifier(text)) return wrong_type(node, type_text(field), where);
        return text;
      case Type::digest:
        if (is_digest(text)) return text;
        findings_.add(node.place, {"PED-P049", where + ": expected " + type_text(field) + ", found " + describe(node),
                                   "'pedigree plugin lock' writes the digests"});
        return nullptr;
      default:
        if (text.empty() && field.type == Type::path) return wrong_type(node, type_text(field), where);
        return text;
    }
  }

  json boolean(const Node& node, const std::string& where) {
    if (node.plain && (node.text == "true" || node.text == "false")) return node.text == "true";
    if (node.plain && is_misleading_boolean(node.text)) {
      findings_.add(node.place, {"PED-P018", where + ": '" + node.text + "' is a text here", "write true or false"});
      return nullptr;
    }
    return wrong_type(node, "true or false", where);
  }

  template <class T>
  json number(const Node& node, const Field& field, const std::string& where, const std::optional<T>& value) {
    if (!value) return wrong_type(node, type_text(field), where);
    const auto wide = static_cast<double>(*value);
    if (field.minimum < field.maximum && !(wide >= field.minimum && wide <= field.maximum)) {
      out_of_range(node, where, number_text(field.minimum), number_text(field.maximum));
      return nullptr;
    }
    if (field.type == Type::count && wide < 9e15 && wide == std::floor(wide)) return static_cast<std::int64_t>(wide);
    return *value;
  }

  template <class T>
  json unit(const Node& node, const Field& field, const std::string& where, const std::optional<T>& value,
            const char* unit) {
    if (!value) {
      findings_.add(node.place, {"PED-P022", where + ": expected " + type_text(field) + ", found " + describe(node),
                                 "write the number and its unit together"});
      return nullptr;
    }
    const auto wide = static_cast<double>(*value);
    if (wide < field.minimum || wide > field.maximum) {
      out_of_range(node, where, number_text(field.minimum) + unit, number_text(field.maximum) + unit);
      return nullptr;
    }
    return node.text;
  }

  json choice(const Node& node, const Field& field, const std::string& where) {
    const std::vector<std::string> choices(field.choices.begin(), field.choices.end());
    if (std::find(choices.begin(), choices.end(), node.text) != choices.end()) return node.text;
    findings_.add(node.place, {"PED-P021", where + ": " + describe(node) + " is none of its values",
                               did_you_mean(node.text, choices), joined(choices)});
    return nullptr;
  }

  json schema(const Node& node) {
    if (node.text == kSchemaName) return node.text;
    const bool newer = node.text.starts_with("pedigree/pipeline/v");
    findings_.add(node.place,
                  {"PED-P023", "this program reads '" + std::string(kSchemaName) + "', found " + describe(node),
                   newer ? "a newer program may read it" : "write schema: " + std::string(kSchemaName)});
    return nullptr;
  }

  json wrong_type(const Node& node, const std::string& expected, const std::string& where, std::string hint = {}) {
    findings_.add(node.place,
                  {"PED-P017", where + ": expected " + expected + ", found " + describe(node), std::move(hint)});
    return nullptr;
  }

  void out_of_range(const Node& node, const std::string& where, const std::string& minimum,
                    const std::string& maximum) {
    findings_.add(node.place, {"PED-P020", where + ": " + node.text + " is out of range",
                               "allowed are " + minimum + " to " + maximum});
  }

  void unknown_key(const Entry& entry, const std::vector<std::string>& allowed, const std::string& where,
                   const std::string& use) {
    const bool set = entry.place.source >= 0 && findings_.source(entry.place.source).is_set;
    findings_.add(entry.place,
                  {set ? "PED-P048" : "PED-P012", "unknown key '" + entry.key + "' in " + where,
                   did_you_mean(entry.key, allowed), joined(allowed), use.empty() ? "" : "pedigree describe " + use});
  }

  static std::string use_of(const Node& node) {
    const Node* use = node.find("use");
    return use != nullptr && use->is_text() && is_identifier(use->text) ? use->text : "";
  }
  static std::string named_item(const Node& item, const std::string& kind) {
    const std::string id = identity(item);
    return id.empty() ? kind + " without id" : kind + " '" + id + "'";
  }

  Findings& findings_;
};

}  // namespace

nlohmann::json read_object(const Node& node, const Object& object, Findings& findings) {
  return Reader(findings).object(node, object, std::string(object.name));
}

void check_required(const Node& root, Findings& findings) {
  const auto missing = [&](const Node& in, const std::string& key, const std::string& where, const std::string& hint) {
    const Node* found = in.find(key);
    if (found != nullptr && !found->is_null()) return;
    findings.add(in.place, {"PED-P016", where + " has no '" + key + "'", hint});
  };
  missing(root, "schema", "the pipeline", "begin with schema: " + std::string(kSchemaName));
  missing(root, "name", "the pipeline", "name: a short name, such as the model's");
  missing(root, "subject", "the pipeline", "subject: {id: ORGANISATION/MODEL}");
  if (const Node* subject = root.find("subject"); subject != nullptr && subject->is_map())
    missing(*subject, "id", "the subject", "id: ORGANISATION/MODEL");
}

}  // namespace pedigree::pipeline
