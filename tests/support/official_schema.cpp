// SPDX-License-Identifier: MIT
#include "tests/support/official_schema.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <regex>
#include <set>
#include <stdexcept>

namespace pedigree::testing {
namespace {

using nlohmann::json;
using Problems = std::vector<std::string>;

json read(const std::filesystem::path& file) {
  std::ifstream in{file};
  auto document = json::parse(in, nullptr, false);
  if (document.is_discarded()) throw std::runtime_error(file.string() + " is no JSON");
  return document;
}

bool has_type(const json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  if (type == "number") return value.is_number();
  if (type == "integer")
    return value.is_number_integer() || (value.is_number() && std::floor(value.get<double>()) == value.get<double>());
  throw std::runtime_error("unknown type " + type);
}

/// The formats that the schemas in tests/data name.
bool has_format(const std::string& text, const std::string& format) {
  static const std::regex kDateTime{R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))"},
      kReference{R"([^\s<>"{}|\\^`]*)"}, kUri{R"([A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`]*)"},
      kMail{R"([^@\s]+@[^@\s]+)"};
  if (format == "date-time") return std::regex_match(text, kDateTime);
  if (format == "iri-reference" || format == "uri-reference") return std::regex_match(text, kReference);
  if (format == "uri") return std::regex_match(text, kUri);
  if (format == "idn-email" || format == "email") return std::regex_match(text, kMail);
  throw std::runtime_error("unknown format " + format);
}

std::string shown(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace).substr(0, 80);
}

void check_text(const std::string& text, const json& schema, const std::string& at, Problems& problems) {
  const auto length = static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
  if (schema.contains("minLength") && length < schema["minLength"]) problems.push_back(at + ": too short");
  if (schema.contains("maxLength") && length > schema["maxLength"]) problems.push_back(at + ": too long");
  if (schema.contains("pattern") && !std::regex_search(text, std::regex{schema["pattern"].get<std::string>()}))
    problems.push_back(at + ": '" + text.substr(0, 80) + "' has not the form " + shown(schema["pattern"]));
  if (schema.contains("format") && !has_format(text, schema["format"]))
    problems.push_back(at + ": '" + text.substr(0, 80) + "' is no " + shown(schema["format"]));
}

const std::set<std::string>& known_keywords() {
  static const std::set<std::string> kKnown{
      "$schema",   "$id",       "id",          "$comment",   "title",    "description",
      "examples",  "default",   "meta:enum",   "deprecated", "readOnly", "definitions",
      "$ref",      "type",      "enum",        "const",      "minimum",  "maximum",
      "minLength", "maxLength", "pattern",     "format",     "items",    "additionalItems",
      "minItems",  "maxItems",  "uniqueItems", "properties", "required", "additionalProperties",
      "oneOf",     "anyOf",     "allOf",       "not",        "if",       "then",
      "else"};
  return kKnown;
}

}  // namespace

OfficialSchema::OfficialSchema(const std::filesystem::path& file) : main_(file.filename().string()) {
  for (const auto& entry : std::filesystem::directory_iterator(file.parent_path()))
    if (entry.path().extension() == ".json") files_[entry.path().filename().string()] = read(entry.path());
  if (files_.count(main_) == 0) throw std::runtime_error("no schema " + file.string());
}

const json& OfficialSchema::resolve(const std::string& reference, std::string& file) const {
  const auto hash = reference.find('#');
  if (const auto name = reference.substr(0, hash); !name.empty()) file = name;
  const auto found = files_.find(file);
  if (found == files_.end()) throw std::runtime_error("no schema " + file);
  if (hash == std::string::npos || hash + 1 == reference.size()) return found->second;
  return found->second.at(json::json_pointer{reference.substr(hash + 1)});
}

Problems OfficialSchema::check(const json& document) const {
  Problems problems;
  check(document, files_.at(main_), main_, "", problems);
  return problems;
}

void OfficialSchema::check(const json& value, const json& schema, std::string file, const std::string& at,
                           Problems& problems) const {
  if (schema.is_boolean()) {
    if (!schema.get<bool>()) problems.push_back(at + ": nothing is allowed here");
    return;
  }
  if (schema.contains("$ref")) {  // up to draft 7 what stands beside a reference counts for nothing
    const auto& other = resolve(schema["$ref"], file);
    return check(value, other, file, at, problems);
  }
  for (const auto& [keyword, ignored] : schema.items())
    if (known_keywords().count(keyword) == 0)
      problems.push_back(at + ": the schema's '" + keyword + "' is not checked");
  if (schema.contains("type")) {
    const auto& types = schema["type"];
    const auto fits = [&](const json& type) { return has_type(value, type.get<std::string>()); };
    if (!(types.is_array() ? std::any_of(types.begin(), types.end(), fits) : fits(types)))
      return problems.push_back(at + ": " + shown(value) + " is no " + shown(types));
  }
  if (schema.contains("const") && value != schema["const"])
    problems.push_back(at + ": is not " + shown(schema["const"]));
  if (const auto choices = schema.find("enum"); choices != schema.end())
    if (std::find(choices->begin(), choices->end(), value) == choices->end())
      problems.push_back(at + ": " + shown(value) + " is none of " + shown(*choices));
  if (value.is_number()) {
    if (schema.contains("minimum") && value < schema["minimum"]) problems.push_back(at + ": too small");
    if (schema.contains("maximum") && value > schema["maximum"]) problems.push_back(at + ": too large");
  }
  if (value.is_string()) check_text(value.get_ref<const std::string&>(), schema, at, problems);
  if (value.is_object()) {
    for (const auto& key : schema.value("required", json::array()))
      if (!value.contains(key.get<std::string>())) problems.push_back(at + ": " + shown(key) + " is missing");
    const auto& properties = schema.value("properties", json::object());
    for (const auto& [key, member] : value.items())
      if (properties.contains(key))
        check(member, properties[key], file, at + "/" + key, problems);
      else if (schema.contains("additionalProperties"))
        check(member, schema["additionalProperties"], file, at + "/" + key, problems);
  }
  if (value.is_array()) {
    if (schema.contains("minItems") && value.size() < schema["minItems"]) problems.push_back(at + ": too few items");
    if (schema.contains("maxItems") && value.size() > schema["maxItems"]) problems.push_back(at + ": too many items");
    if (schema.value("uniqueItems", false) && std::set<json>(value.begin(), value.end()).size() != value.size())
      problems.push_back(at + ": an item stands twice");
    const auto items = schema.find("items");
    for (std::size_t i = 0; items != schema.end() && i < value.size(); ++i) {
      const auto place = at + "/" + std::to_string(i);
      if (items->is_object())
        check(value[i], *items, file, place, problems);
      else if (items->is_array() && i < items->size())
        check(value[i], (*items)[i], file, place, problems);
      else if (items->is_array() && schema.contains("additionalItems"))
        check(value[i], schema["additionalItems"], file, place, problems);
    }
  }
  const auto holds = [&](const json& branch) {
    Problems inner;
    check(value, branch, file, at, inner);
    return inner.empty();
  };
  const auto met = [&](const char* keyword) {
    return std::count_if(schema[keyword].begin(), schema[keyword].end(), holds);
  };
  if (schema.contains("allOf"))
    for (const auto& branch : schema["allOf"]) check(value, branch, file, at, problems);
  if (schema.contains("anyOf") && met("anyOf") == 0) problems.push_back(at + ": fits none of anyOf");
  if (schema.contains("oneOf") && met("oneOf") != 1)
    problems.push_back(at + ": fits " + std::to_string(met("oneOf")) + " of oneOf: " + shown(value));
  if (schema.contains("not") && holds(schema["not"])) problems.push_back(at + ": is what it must not be");
  if (schema.contains("if")) {
    const char* branch = holds(schema["if"]) ? "then" : "else";
    if (schema.contains(branch)) check(value, schema[branch], file, at, problems);
  }
}

}  // namespace pedigree::testing
