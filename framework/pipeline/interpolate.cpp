// SPDX-License-Identifier: MIT
#include "framework/pipeline/interpolate.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "framework/pipeline/yaml_text.hpp"

namespace pedigree::pipeline {
namespace {

constexpr std::size_t kMaxTextBytes = std::size_t{64} << 10;  ///< of one text after filling in

bool is_name(std::string_view text, bool dashes) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (dashes && (c == '-' || c == '.'));
  });
}

/// What stands between ${ and }: its text, or nothing after a finding.
using Lookup = std::function<std::optional<std::string>(std::string_view expression, const Node& node)>;

void malformed(const Node& node, const std::string& what, Findings& findings) {
  findings.add(node.place, {"PED-P031", what, "write ${vars.NAME}; $${ stands for a literal ${"});
}

/// The text with every ${...} filled in; nothing after a finding.
std::optional<std::string> filled(Node& node, const Lookup& lookup, Findings& findings) {
  std::string out;
  std::string_view rest = node.text;
  for (auto at = rest.find("${"); at != std::string_view::npos; at = rest.find("${")) {
    if (at > 0 && rest[at - 1] == '$') {
      out.append(rest.substr(0, at - 1)).append("${");
      rest.remove_prefix(at + 2);
      continue;
    }
    const auto end = rest.find('}', at);
    if (end == std::string_view::npos) return malformed(node, "'${' without its '}'", findings), std::nullopt;
    const auto value = lookup(rest.substr(at + 2, end - at - 2), node);
    if (!value) return std::nullopt;
    out.append(rest.substr(0, at)).append(*value);
    rest.remove_prefix(end + 1);
    node.interpolated = true;
    if (out.size() > kMaxTextBytes)
      return malformed(node, "the text is longer than 64 KiB once filled in", findings), std::nullopt;
  }
  return out.append(rest);
}

void fill(Node& node, const Lookup& lookup, Findings& findings) {
  if (node.text.find("${") == std::string::npos) return;
  // quotes around nothing but a variable only keep its brace out of { }: the value is typed by its key all the same
  const bool whole = node.text.starts_with("${") && node.text.find('}') == node.text.size() - 1;
  auto text = filled(node, lookup, findings);
  node.broken = !text;
  node.plain = node.plain || whole;
  if (text) node.text = std::move(*text);
}

std::optional<std::string> environment_value(std::string_view expression, const Node& node,
                                             const std::map<std::string, std::string>& environment,
                                             Findings& findings) {
  constexpr std::string_view kPrefix = "env:";
  if (!expression.starts_with(kPrefix)) {
    malformed(node,
              "'${" + std::string(expression) + "}' is unknown here; vars take ${env:NAME} and ${env:NAME:-default}",
              findings);
    return std::nullopt;
  }
  expression.remove_prefix(kPrefix.size());
  const auto fallback = expression.find(":-");
  const std::string name{expression.substr(0, fallback)};
  if (!is_name(name, false)) {
    malformed(node, "'" + name + "' is no name of an environment variable", findings);
    return std::nullopt;
  }
  const auto found = environment.find(name);
  if (found != environment.end() && !(found->second.empty() && fallback != std::string_view::npos)) {
    if (!has_control_character(found->second)) return found->second;
    findings.add(node.place,
                 {"PED-P052", "the environment variable " + name + " holds a control character", "unset it"});
    return std::nullopt;
  }
  if (fallback != std::string_view::npos) return std::string(expression.substr(fallback + 2));
  findings.add(node.place, {"PED-P029", "the environment variable " + name + " is not set",
                            "set it, or give a default: ${env:" + name + ":-default}"});
  return std::nullopt;
}

std::optional<std::string> variable_value(std::string_view expression, const Node& node, const Variables& variables,
                                          Findings& findings) {
  constexpr std::string_view kPrefix = "vars.";
  if (expression.starts_with("env:")) {
    findings.add(node.place, {"PED-P030", "the environment may be read inside 'vars:' only",
                              "vars: {name: ${" + std::string(expression) + "}} and ${vars.name} here"});
    return std::nullopt;
  }
  if (!expression.starts_with(kPrefix)) {
    malformed(node, "'${" + std::string(expression) + "}' is no variable", findings);
    return std::nullopt;
  }
  const std::string name{expression.substr(kPrefix.size())};
  if (const auto found = variables.find(name); found != variables.end()) return found->second;
  std::vector<std::string> names;
  std::string listed;
  for (const auto& [known, value] : variables) {
    names.push_back(known);
    (listed += listed.empty() ? "" : ", ") += known;
  }
  const std::string best = nearest(name, names);
  findings.add(node.place, {"PED-P028", "no variable '" + name + "' in vars",
                            best.empty() ? "add it under vars:" : "did you mean '" + best + "'?", listed});
  return std::nullopt;
}

void fill_below(Node& node, const Lookup& lookup, Findings& findings) {
  if (node.is_text()) fill(node, lookup, findings);
  for (auto& item : node.items) fill_below(item, lookup, findings);
  for (auto& entry : node.entries) fill_below(entry.value, lookup, findings);
}

}  // namespace

Variables resolve_variables(const Node* vars, const std::map<std::string, std::string>& environment,
                            Findings& findings) {
  Variables out;
  if (vars == nullptr || !vars->is_map()) return out;
  const Lookup lookup = [&](std::string_view expression, const Node& node) {
    return environment_value(expression, node, environment, findings);
  };
  for (const auto& entry : vars->entries) {
    if (!is_name(entry.key, true)) {
      findings.add(entry.place, {"PED-P031", "'" + entry.key + "' is no name of a variable",
                                 "use letters, digits, '_', '-' and '.'"});
      continue;
    }
    Node value = entry.value;
    if (value.is_text()) fill(value, lookup, findings);
    out[entry.key] = value.text;
  }
  return out;
}

void interpolate(Node& root, const Variables& variables, Findings& findings) {
  const Lookup lookup = [&](std::string_view expression, const Node& node) {
    return variable_value(expression, node, variables, findings);
  };
  for (auto& entry : root.entries)
    if (entry.key != "schema" && entry.key != "extends" && entry.key != "vars")
      fill_below(entry.value, lookup, findings);
}

}  // namespace pedigree::pipeline
