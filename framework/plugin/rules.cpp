// SPDX-License-Identifier: MIT
#include "framework/plugin/rules.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <set>

#include "framework/core/text.hpp"

namespace pedigree::plugin {
namespace {

constexpr std::size_t kMaxText = std::size_t{64} << 10;

bool is_sane(std::string_view text) { return text.size() <= kMaxText && is_utf8(text); }

std::string in(const std::string& what, const std::string& id, const std::string& sentence) {
  return what + " '" + to_utf8(id) + "': " + sentence;
}

std::string broken_option(const AnalyzerManifest& analyzer) {
  const auto& schema = analyzer.config_schema;
  if (!schema.is_object()) return in("analyzer", analyzer.id, "its options schema is not an object");
  const auto properties = schema.find("properties");
  if (properties == schema.end() || !properties->is_object())
    return in("analyzer", analyzer.id, "its options schema has no 'properties'");
  for (const auto& [name, property] : properties->items())
    if (!property.is_object() || !property.contains("type") || !property.contains("default"))
      return in("analyzer", analyzer.id, "option '" + name + "' has no type or no default");
  return {};
}

std::string broken_signal(const AnalyzerManifest& analyzer) {
  std::set<std::string> seen;
  for (const auto& signal : analyzer.signals) {
    if (!is_identifier(signal.id)) return in("signal", signal.id, "not a well-formed identifier");
    if (!seen.insert(signal.id).second) return in("signal", signal.id, "declared twice by '" + analyzer.id + "'");
    if (!is_sane(signal.unit) || !is_sane(signal.summary)) return in("signal", signal.id, "text is not valid UTF-8");
    if (!std::isfinite(signal.minimum) || !std::isfinite(signal.maximum) || !(signal.minimum < signal.maximum))
      return in("signal", signal.id, "its range must be finite with minimum < maximum");
  }
  return seen.empty() ? in("analyzer", analyzer.id, "declares no signal") : std::string{};
}

std::string broken_analyzer(const AnalyzerManifest& analyzer) {
  if (!is_identifier(analyzer.id)) return in("analyzer", analyzer.id, "not a well-formed identifier");
  if (!is_sane(analyzer.summary) || analyzer.summary.empty()) return in("analyzer", analyzer.id, "needs a summary");
  for (const auto& role : analyzer.roles)
    if (!is_identifier(role)) return in("analyzer", analyzer.id, "role '" + to_utf8(role) + "' is not well-formed");
  if (auto broken = broken_signal(analyzer); !broken.empty()) return broken;
  return broken_option(analyzer);
}

}  // namespace

bool is_identifier(std::string_view text) {
  if (text.empty() || text.size() > 128 || text.front() < 'a' || text.front() > 'z') return false;
  return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_") == std::string_view::npos;
}

bool is_semantic_version(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789";
  if (text.size() > 128) return false;
  for (int part = 0; part < 3; ++part) {
    if (part > 0) {
      if (!text.starts_with('.')) return false;
      text.remove_prefix(1);
    }
    const auto digits = std::min(text.find_first_not_of(kDigits), text.size());
    if (digits == 0 || digits > 9 || (digits > 1 && text.front() == '0')) return false;
    text.remove_prefix(digits);
  }
  if (text.empty()) return true;
  return (text.front() == '-' || text.front() == '+') && text.size() > 1 &&
         text.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.-+") ==
             std::string_view::npos;
}

std::string broken_rule(const Manifest& manifest) {
  if (!is_identifier(manifest.id)) return in("plugin", manifest.id, "not a well-formed identifier");
  if (!is_semantic_version(manifest.version))
    return in("plugin", manifest.id, "version '" + to_utf8(manifest.version) + "' is not MAJOR.MINOR.PATCH");
  for (const auto* text : {&manifest.vendor, &manifest.license, &manifest.homepage})
    if (!is_sane(*text)) return in("plugin", manifest.id, "text is not valid UTF-8 or too long");
  if (manifest.license.empty()) return in("plugin", manifest.id, "names no licence");
  if (manifest.analyzers.empty()) return in("plugin", manifest.id, "holds no analyzer");
  std::set<std::string> seen;
  for (const auto& analyzer : manifest.analyzers) {
    if (auto broken = broken_analyzer(analyzer); !broken.empty()) return broken;
    if (!seen.insert(analyzer.id).second) return in("analyzer", analyzer.id, "declared twice");
  }
  return {};
}

}  // namespace pedigree::plugin
