// SPDX-License-Identifier: MIT
#include "framework/pipeline/json_schema.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

namespace pedigree::pipeline {
namespace {
using nlohmann::json;

constexpr int kMaxSchemaDepth = 64;

bool is_integer(const json& value) {
  return value.is_number_integer() ||
         (value.is_number_float() && std::floor(value.get<double>()) == value.get<double>());
}

bool has_type(const json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  if (type == "number") return value.is_number();
  if (type == "integer") return is_integer(value);
  return true;
}

std::string shown(const json& value) {
  std::string out = value.dump(-1, ' ', false, json::error_handler_t::replace);
  return out.size() <= 80 ? out : out.substr(0, 77) + "...";
}

std::string escaped(const std::string& key) {
  std::string out;
  for (const char c : key) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

class Checker {
 public:
  explicit Checker(const json& root) : root_(root) {}
  std::vector<SchemaProblem> problems;

  void check(const json& value, const json& schema, const std::string& pointer, int depth) {
    if (schema == json(false)) return add(pointer, "false", "nothing is allowed here");
    if (!schema.is_object() || depth > kMaxSchemaDepth) return;
    if (const auto ref = schema.find("$ref"); ref != schema.end() && ref->is_string())
      check(value, resolve(ref->get<std::string>()), pointer, depth + 1);
    if (!check_type(value, schema, pointer)) return;
    check_values(value, schema, pointer);
    if (value.is_number()) check_range(value, schema, pointer);
    if (value.is_string()) check_pattern(value.get_ref<const std::string&>(), schema, pointer);
    if (value.is_object()) check_object(value, schema, pointer, depth);
    if (value.is_array()) check_array(value, schema, pointer, depth);
    for (const char* keyword : {"anyOf", "oneOf"}) check_branches(value, schema, keyword, pointer, depth);
  }

 private:
  void add(const std::string& pointer, const char* keyword, std::string message) {
    problems.push_back({pointer, keyword, std::move(message)});
  }

  const json& resolve(const std::string& ref) const {
    static const json anything = true;
    constexpr std::string_view kPrefix = "#/$defs/";
    if (ref == "#") return root_;
    if (!ref.starts_with(kPrefix) || !root_.is_object() || !root_.contains("$defs")) return anything;
    const auto& definitions = root_["$defs"];
    const auto found = definitions.find(ref.substr(kPrefix.size()));
    return found == definitions.end() ? anything : *found;
  }

  bool check_type(const json& value, const json& schema, const std::string& pointer) {
    const auto type = schema.find("type");
    if (type == schema.end()) return true;
    std::string expected;
    for (const auto& one : type->is_array() ? *type : json::array({*type})) {
      if (!one.is_string() || has_type(value, one.get<std::string>())) return true;
      expected += (expected.empty() ? "" : " or ") + one.get<std::string>();
    }
    add(pointer, "type", "expected " + expected + ", found " + shown(value));
    return false;
  }

  void check_values(const json& value, const json& schema, const std::string& pointer) {
    if (const auto constant = schema.find("const"); constant != schema.end() && value != *constant)
      add(pointer, "const", "expected " + shown(*constant) + ", found " + shown(value));
    const auto choices = schema.find("enum");
    if (choices == schema.end() || !choices->is_array()) return;
    if (std::find(choices->begin(), choices->end(), value) == choices->end())
      add(pointer, "enum", "expected one of " + shown(*choices) + ", found " + shown(value));
  }

  void check_range(const json& value, const json& schema, const std::string& pointer) {
    const double number = value.get<double>();
    const auto limit = [&](const char* key) {
      const auto found = schema.find(key);
      return found != schema.end() && found->is_number() ? found->get<double>() : NAN;
    };
    if (const double minimum = limit("minimum"); number < minimum)
      add(pointer, "minimum", shown(value) + " is less than " + shown(schema["minimum"]));
    if (const double maximum = limit("maximum"); number > maximum)
      add(pointer, "maximum", shown(value) + " is more than " + shown(schema["maximum"]));
  }

  void check_pattern(const std::string& text, const json& schema, const std::string& pointer) {
    const auto pattern = schema.find("pattern");
    if (pattern == schema.end() || !pattern->is_string()) return;
    const RE2 form{pattern->get<std::string>(), RE2::Quiet};
    if (!form.ok()) return;  // a pattern this library does not know says nothing about the value
    if (!RE2::PartialMatch(text, form))
      add(pointer, "pattern", shown(text) + " does not have the form " + shown(*pattern));
  }

  void check_object(const json& value, const json& schema, const std::string& pointer, int depth) {
    if (const auto required = schema.find("required"); required != schema.end() && required->is_array())
      for (const auto& key : *required)
        if (key.is_string() && !value.contains(key.get<std::string>()))
          add(pointer, "required", "the key " + shown(key) + " is missing");
    const json& names = schema.value("propertyNames", json::object());
    for (const auto& [key, member] : value.items()) {
      const std::string at = pointer + "/" + escaped(key);
      check(key, names, at, depth + 1);
      bool known = false;
      if (const auto properties = schema.find("properties"); properties != schema.end() && properties->contains(key)) {
        known = true;
        check(member, (*properties)[key], at, depth + 1);
      }
      if (const auto patterns = schema.find("patternProperties"); patterns != schema.end())
        for (const auto& [pattern, inner] : patterns->items()) {
          if (!pattern.starts_with('^') || !key.starts_with(pattern.substr(1))) continue;
          known = true;
          check(member, inner, at, depth + 1);
        }
      if (const auto others = schema.find("additionalProperties"); !known && others != schema.end()) {
        if (*others == json(false))
          add(at, "additionalProperties", "unknown key '" + key + "'");
        else
          check(member, *others, at, depth + 1);
      }
    }
  }

  void check_array(const json& value, const json& schema, const std::string& pointer, int depth) {
    if (const auto least = schema.find("minItems");
        least != schema.end() && least->is_number_unsigned() && value.size() < least->get<std::size_t>())
      add(pointer, "minItems", "expected at least " + shown(*least) + " items");
    const auto items = schema.find("items");
    if (items == schema.end()) return;
    for (std::size_t i = 0; i < value.size(); ++i)
      check(value[i], *items, pointer + "/" + std::to_string(i), depth + 1);
  }

  void check_branches(const json& value, const json& schema, const char* keyword, const std::string& pointer,
                      int depth) {
    const auto branches = schema.find(keyword);
    if (branches == schema.end() || !branches->is_array()) return;
    std::size_t met = 0;
    std::vector<SchemaProblem> nearest;  // of the branch with the fewest problems
    for (const auto& branch : *branches) {
      Checker inner(root_);
      inner.check(value, branch, pointer, depth + 1);
      if (inner.problems.empty())
        ++met;
      else if (nearest.empty() || inner.problems.size() < nearest.size())
        nearest = std::move(inner.problems);
    }
    if (met == 0) problems.insert(problems.end(), nearest.begin(), nearest.end());
    if (met > 1 && std::string_view(keyword) == "oneOf") add(pointer, "oneOf", "more than one form fits");
  }

  const json& root_;
};

}  // namespace

std::vector<SchemaProblem> check_schema(const json& value, const json& schema) {
  Checker checker(schema);
  checker.check(value, schema, "", 0);
  return std::move(checker.problems);
}

}  // namespace pedigree::pipeline
