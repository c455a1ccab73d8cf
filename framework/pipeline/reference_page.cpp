// SPDX-License-Identifier: MIT
#include "framework/pipeline/reference_page.hpp"

#include <string_view>
#include <utility>
#include <vector>

#include "framework/pipeline/vocabulary.hpp"

namespace pedigree::pipeline {
namespace {

std::string range_text(const Field& field) {
  const bool whole = field.type == Type::integer;
  if (!whole || field.minimum >= field.maximum || field.maximum > 1e9) return "";
  return ", " + std::to_string(static_cast<long>(field.minimum)) + " to " +
         std::to_string(static_cast<long>(field.maximum));
}

std::string takes(const Field& field) {
  if (field.type == Type::list_of) return "a list; each item " + type_text(*field.value);
  if (field.type == Type::map_of) return "a map; each value " + type_text(*field.value);
  return type_text(field) + range_text(field);
}

/// One table, then those of the maps below it.
void write_table(const Object& object, const std::string& path, std::string& out) {
  std::vector<std::pair<const Object*, std::string>> below;
  out += "### " + (path.empty() ? std::string("The file") : "`" + path + "`") + "\n\n";
  out += "| key | takes | default | meaning |\n|---|---|---|---|\n";
  for (const auto& field : object.fields) {
    const std::string key{field.key};
    const std::string fallback = field.required           ? "required"
                                 : field.fallback.empty() ? ""
                                                          : "`" + std::string(field.fallback) + "`";
    out += "| `" + key + "` | " + takes(field) + " | " + fallback + " | " + std::string(field.help) + " |\n";
    const std::string at = path.empty() ? key : path + "." + key;
    if (field.type == Type::object) below.emplace_back(field.object, at);
    if (field.type == Type::list_of && field.value->type == Type::object)
      below.emplace_back(field.value->object, at + "[]");
    if (field.type == Type::references) below.emplace_back(&reference_vocabulary(), at + "[]");
  }
  out += "\n";
  for (const auto& [inner, at] : below) write_table(*inner, at, out);
}

}  // namespace

std::string reference_tables() {
  std::string out;
  write_table(vocabulary(), "", out);
  out += "### Roles of `artifacts`\n\n";
  for (const auto& role : artifact_roles()) out += (role == artifact_roles().front() ? "`" : ", `") + role + "`";
  return out + "\n";
}

}  // namespace pedigree::pipeline
