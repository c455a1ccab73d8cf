// SPDX-License-Identifier: MIT
#include "framework/plugin/manifest_json.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "framework/plugin/rules.hpp"
#include "pedigree/abi.h"
#include "pedigree/io/json.hpp"

namespace pedigree::plugin {
namespace {
using nlohmann::json;

constexpr std::string_view kSchema = "pedigree/manifest/v1";

constexpr std::array<std::pair<std::uint32_t, const char*>, 5> kFlags{
    {{PEDIGREE_FLAG_DETERMINISTIC, "deterministic"},
     {PEDIGREE_FLAG_NEEDS_REFERENCE, "needs-reference"},
     {PEDIGREE_FLAG_HEAVY, "heavy"},
     {PEDIGREE_FLAG_NETWORK, "network"},
     {PEDIGREE_FLAG_WRITES, "writes"}}};

json flags_json(std::uint32_t flags) {
  json names = json::array();
  for (const auto& [bit, name] : kFlags)
    if ((flags & bit) != 0) names.push_back(name);
  return names;
}

json analyzer_json(const AnalyzerManifest& analyzer) {
  json signals = json::array();
  for (const auto& s : analyzer.signals)
    signals.push_back(
        {{"id", s.id}, {"unit", s.unit}, {"summary", s.summary}, {"minimum", s.minimum}, {"maximum", s.maximum}});
  return {{"id", analyzer.id},
          {"summary", analyzer.summary},
          {"family", to_string(analyzer.family)},
          {"flags", flags_json(analyzer.flags)},
          {"signals", std::move(signals)},
          {"roles", analyzer.roles},
          {"options", analyzer.config_schema}};
}

/// Thrown inside this file only: the JSON pointer and what is wrong there.
struct Invalid {
  std::string place, message;
};

/// A JSON object with the path that led to it, for messages.
class Node {
 public:
  Node(const json& value, std::string place) : value_(value), place_(std::move(place)) {
    if (!value.is_object()) throw Invalid{place_, "expected an object"};
  }
  const json& at(const char* key) const {
    const auto found = value_.find(key);
    if (found == value_.end()) throw Invalid{place_, std::string("'") + key + "' is missing"};
    return *found;
  }
  std::string text(const char* key) const {
    const auto& value = at(key);
    if (!value.is_string()) throw Invalid{place_ + "/" + key, "expected a text"};
    return value.get<std::string>();
  }
  double number(const char* key) const {
    const auto& value = at(key);
    if (!value.is_number()) throw Invalid{place_ + "/" + key, "expected a number"};
    return value.get<double>();
  }
  std::uint32_t count(const char* key) const {
    const auto& value = at(key);
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > 0xFFFFFFFFu)
      throw Invalid{place_ + "/" + key, "expected a whole number"};
    return value.get<std::uint32_t>();
  }
  const json& list(const char* key) const {
    const auto& value = at(key);
    if (!value.is_array() || value.size() > 1024) throw Invalid{place_ + "/" + key, "expected a list of at most 1024"};
    return value;
  }
  std::vector<std::string> texts(const char* key) const {
    std::vector<std::string> out;
    for (const auto& item : list(key)) {
      if (!item.is_string()) throw Invalid{place_ + "/" + key, "expected texts"};
      out.push_back(item.get<std::string>());
    }
    return out;
  }
  const std::string& place() const { return place_; }

 private:
  const json& value_;
  std::string place_;
};

std::uint32_t flags_of(const Node& node) {
  std::uint32_t flags = 0;
  for (const auto& name : node.texts("flags")) {
    std::uint32_t bit = 0;
    for (const auto& [known_bit, known] : kFlags)
      if (name == known) bit = known_bit;
    if (bit == 0) throw Invalid{node.place() + "/flags", "unknown flag '" + name + "'"};
    flags |= bit;
  }
  return flags;
}

AnalyzerManifest analyzer_of(const Node& node) {
  AnalyzerManifest analyzer;
  analyzer.id = node.text("id");
  analyzer.summary = node.text("summary");
  const auto family = family_from(node.text("family"));
  if (!family) throw Invalid{node.place() + "/family", "unknown family"};
  analyzer.family = *family;
  analyzer.flags = flags_of(node);
  std::size_t index = 0;
  for (const auto& item : node.list("signals")) {
    const Node signal{item, node.place() + "/signals/" + std::to_string(index++)};
    analyzer.signals.push_back({signal.text("id"), signal.text("unit"), signal.text("summary"),
                                signal.number("minimum"), signal.number("maximum")});
  }
  analyzer.roles = node.texts("roles");
  analyzer.config_schema = node.at("options");
  return analyzer;
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// A plain file name that ends in .pedigree.so: a manifest cannot point elsewhere.
bool is_library_name(std::string_view name) {
  return name.size() > kLibrarySuffix.size() && name.ends_with(kLibrarySuffix) &&
         name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos;
}

json checked_messages(const json& messages, const std::string& place) {
  if (!messages.is_object()) throw Invalid{place, "expected an object of message keys"};
  for (const auto& [key, languages] : messages.items()) {
    const std::string here = place + "/" + key;
    if (!languages.is_object() || !languages.contains("en")) throw Invalid{here, "expected an object with a text 'en'"};
    for (const auto& [language, text] : languages.items())
      if (!text.is_string()) throw Invalid{here + "/" + language, "expected a text"};
  }
  return messages;
}

Manifest manifest_from(const json& document) {
  const Node node{document, ""};
  if (node.text("schema") != kSchema)
    throw Invalid{"/schema", "is '" + node.text("schema") + "', expected '" + std::string(kSchema) + "'"};
  Manifest manifest;
  manifest.id = node.text("id");
  manifest.version = node.text("version");
  manifest.vendor = node.text("vendor");
  manifest.license = node.text("license");
  manifest.homepage = node.text("homepage");
  const Node abi{node.at("abi"), "/abi"};
  if (abi.count("major") != PEDIGREE_ABI_MAJOR)
    throw Invalid{"/abi/major", "is " + std::to_string(abi.count("major")) + ", this host speaks " +
                                    std::to_string(PEDIGREE_ABI_MAJOR)};
  manifest.abi_minor = abi.count("minor");
  const std::string library = node.text("library");
  if (!is_library_name(library)) throw Invalid{"/library", "expected a file name NAME.pedigree.so"};
  manifest.library = library;
  manifest.sha256 = node.text("sha256");
  if (!is_sha256(manifest.sha256)) throw Invalid{"/sha256", "expected 64 lower-case hexadecimal digits"};
  std::size_t index = 0;
  for (const auto& item : node.list("analyzers"))
    manifest.analyzers.push_back(analyzer_of({item, "/analyzers/" + std::to_string(index++)}));
  manifest.messages = checked_messages(node.at("messages"), "/messages");
  if (auto broken = broken_rule(manifest); !broken.empty()) throw Invalid{"", broken};
  return manifest;
}

}  // namespace

json descriptor_json(const Manifest& manifest) {
  json analyzers = json::array();
  for (const auto& analyzer : manifest.analyzers) analyzers.push_back(analyzer_json(analyzer));
  return {{"id", manifest.id},
          {"version", manifest.version},
          {"vendor", manifest.vendor},
          {"license", manifest.license},
          {"homepage", manifest.homepage},
          {"abi", {{"major", PEDIGREE_ABI_MAJOR}, {"minor", manifest.abi_minor}}},
          {"analyzers", std::move(analyzers)}};
}

json to_json(const Manifest& manifest) {
  json document = descriptor_json(manifest);
  document["schema"] = kSchema;
  document["library"] = manifest.library.filename().string();
  document["sha256"] = manifest.sha256;
  document["messages"] = manifest.messages.is_null() ? json::object() : manifest.messages;
  return document;
}

io::Result<Manifest> parse_manifest(std::string_view text, const std::string& file) {
  const auto document = io::parse_json(text, {.bytes = kMaxManifestBytes}, file);
  if (!document) return document.error();
  try {
    return manifest_from(*document);
  } catch (const Invalid& invalid) {
    return io::Error{"MANIFEST_INVALID", file, invalid.place, invalid.message, "rebuild the plugin"};
  }
}

io::Result<json> parse_messages(std::string_view text, const std::string& file) {
  const auto document = io::parse_json(text, {.bytes = kMaxManifestBytes}, file);
  if (!document) return document.error();
  try {
    return checked_messages(*document, "");
  } catch (const Invalid& invalid) {
    return io::Error{"MESSAGES_INVALID", file, invalid.place, invalid.message, {}};
  }
}

}  // namespace pedigree::plugin
