// SPDX-License-Identifier: MIT
#include "framework/plugin/entry_point.hpp"

#include <nlohmann/json.hpp>
#include <string_view>

#include "framework/core/text.hpp"
#include "framework/plugin/rules.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::plugin {
namespace {

constexpr std::uint64_t kMaxAnalyzers = 64;
constexpr std::uint32_t kMaxSignals = 256, kMaxRoles = 64;
constexpr std::size_t kMaxText = std::size_t{64} << 10, kMaxSchema = std::size_t{1} << 20;

/// Thrown inside this file only.
struct Invalid {
  std::string place, message;
};

std::string copy(pedigree_str text, const char* place, std::size_t limit = kMaxText) {
  if (text.size > limit) throw Invalid{place, "text of " + std::to_string(text.size) + " bytes"};
  if (text.size > 0 && text.data == nullptr) throw Invalid{place, "a null text with a size"};
  std::string owned(text.size == 0 ? "" : text.data, text.size);
  if (!is_utf8(owned)) throw Invalid{place, "text is not valid UTF-8"};
  return owned;
}

/// The sizes of minor 0: a descriptor of any minor covers at least these fields.
void require_size(bool covered, const char* place) {
  if (!covered) throw Invalid{place, "struct_size is smaller than that of the first released layout"};
}

Signal signal_of(const pedigree_signal& raw) {
  require_size(PEDIGREE_HAS(&raw, max_value), "signal");
  return {copy(raw.id, "signal.id"), copy(raw.unit, "signal.unit"), copy(raw.summary, "signal.summary"), raw.min_value,
          raw.max_value};
}

std::vector<Signal> signals_of(const pedigree_analyzer& raw) {
  if (raw.signal_count > kMaxSignals) throw Invalid{"analyzer.signal_count", std::to_string(raw.signal_count)};
  if (raw.signal_count > 0 && raw.signals == nullptr) throw Invalid{"analyzer.signals", "null with a count"};
  std::vector<Signal> signals;
  const auto* at = reinterpret_cast<const char*>(raw.signals);
  for (std::uint32_t i = 0; i < raw.signal_count; ++i, at += raw.signals->struct_size)
    signals.push_back(signal_of(*reinterpret_cast<const pedigree_signal*>(at)));
  return signals;
}

AnalyzerManifest analyzer_manifest(const pedigree_analyzer* raw) {
  if (raw == nullptr) throw Invalid{"analyzers", "a null analyzer"};
  require_size(PEDIGREE_HAS(raw, destroy), "analyzer");
  if (raw->create == nullptr || raw->run == nullptr || raw->destroy == nullptr)
    throw Invalid{"analyzer", "create, run or destroy is null"};
  AnalyzerManifest analyzer;
  analyzer.id = copy(raw->id, "analyzer.id");
  analyzer.summary = copy(raw->summary, "analyzer.summary");
  if (raw->kind < PEDIGREE_KIND_TOKENIZER || raw->kind > PEDIGREE_KIND_TRAINING_LOG)
    throw Invalid{"analyzer.kind", "unknown kind " + std::to_string(raw->kind)};
  analyzer.family = static_cast<Family>(raw->kind);
  analyzer.flags = raw->flags;
  analyzer.signals = signals_of(*raw);
  if (raw->role_count > kMaxRoles) throw Invalid{"analyzer.role_count", std::to_string(raw->role_count)};
  if (raw->role_count > 0 && raw->roles == nullptr) throw Invalid{"analyzer.roles", "null with a count"};
  for (std::uint32_t i = 0; i < raw->role_count; ++i) analyzer.roles.push_back(copy(raw->roles[i], "analyzer.roles"));
  auto schema = io::parse_json(copy(raw->config_schema, "analyzer.config_schema", kMaxSchema));
  if (!schema) throw Invalid{"analyzer.config_schema", schema.error().text()};
  analyzer.config_schema = std::move(*schema);
  return analyzer;
}

Manifest copied(const pedigree_plugin& plugin) {
  require_size(PEDIGREE_HAS(&plugin, analyzer_count), "plugin");
  Manifest manifest;
  manifest.id = copy(plugin.id, "plugin.id");
  manifest.version = copy(plugin.version, "plugin.version");
  manifest.vendor = copy(plugin.vendor, "plugin.vendor");
  manifest.license = copy(plugin.license, "plugin.license");
  manifest.homepage = copy(plugin.homepage, "plugin.homepage");
  manifest.abi_minor = plugin.abi_minor;
  manifest.messages = nlohmann::json::object();
  if (plugin.analyzer_count > kMaxAnalyzers || (plugin.analyzer_count > 0 && plugin.analyzers == nullptr))
    throw Invalid{"plugin.analyzers", std::to_string(plugin.analyzer_count) + " analyzers"};
  for (std::uint64_t i = 0; i < plugin.analyzer_count; ++i)
    manifest.analyzers.push_back(analyzer_manifest(plugin.analyzers[i]));
  return manifest;
}

}  // namespace

io::Result<Manifest> manifest_of(const pedigree_plugin& plugin) {
  try {
    Manifest manifest = copied(plugin);
    if (auto broken = broken_rule(manifest); !broken.empty())
      return io::Error{"DESCRIPTOR_INVALID", {}, {}, broken, "correct describe() of the analyzer"};
    return manifest;
  } catch (const Invalid& invalid) {
    return io::Error{"DESCRIPTOR_INVALID", {}, invalid.place, invalid.message, "correct describe() of the analyzer"};
  }
}

const pedigree_analyzer* analyzer_of(const pedigree_plugin& plugin, const std::string& id) {
  for (std::uint64_t i = 0; i < plugin.analyzer_count; ++i) {
    const auto* analyzer = plugin.analyzers[i];
    if (std::string_view{analyzer->id.data, analyzer->id.size} == id) return analyzer;
  }
  return nullptr;
}

}  // namespace pedigree::plugin
