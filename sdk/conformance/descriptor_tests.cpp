// SPDX-License-Identifier: MIT
// Group descriptor: what the plugin says of itself. load.manifest has checked the identifiers, ranges and versions.
#include <algorithm>
#include <map>
#include <set>

#include "pedigree/io/artifact_role.hpp"
#include "sdk/conformance/loaded.hpp"

namespace pedigree::conformance {
namespace {
using nlohmann::json;
namespace role = io::role;

Verdict sizes_are_sane(const Subject& subject) {
  const Loaded loaded{subject};
  if (loaded.plugin().struct_size < sizeof(pedigree_plugin)) return fail("pedigree_plugin.struct_size is too small");
  for (const auto* analyzer : loaded.analyzers()) {
    if (analyzer == nullptr || analyzer->struct_size < sizeof(pedigree_analyzer))
      return fail("an analyzer's struct_size is too small");
    if (analyzer->signal_count == 0) return fail(text(analyzer->id) + " declares no signal");
    if (analyzer->signals->struct_size < sizeof(pedigree_signal))
      return fail(text(analyzer->id) + ": a signal's struct_size is too small");
  }
  return loaded.plugin().analyzer_count > 0 ? pass() : fail("holds no analyzer");
}

Verdict answer_is_constant(const Subject& subject) {
  const Loaded loaded{subject};
  return loaded.ask(PEDIGREE_ABI_MINOR) == loaded.ask(PEDIGREE_ABI_MINOR)
             ? pass()
             : fail("the entry answers another address each time; descriptors have static storage duration");
}

Verdict roles_are_known(const Subject& subject) {
  const std::set<std::string_view> known{
      role::kConfig,        role::kGenerationConfig, role::kTokenizer,     role::kTokenizerConfig,
      role::kSpecialTokens, role::kAddedTokens,      role::kVocab,         role::kMerges,
      role::kChatTemplate,  role::kTokenizerFacts,   role::kWeights,       role::kWeightsIndex,
      role::kGguf,          role::kPickle,           role::kAdapterConfig, role::kResponses,
      role::kTrainingLog,   role::kCheckpoint,       role::kModelCard,     role::kCatalogCard,
      role::kUnknown};
  std::string unknown;
  for (const auto* analyzer : Loaded{subject}.analyzers())
    for (std::uint32_t i = 0; i < analyzer->role_count; ++i)
      if (!known.contains(std::string_view{text(analyzer->roles[i])})) unknown += " " + text(analyzer->roles[i]);
  return unknown.empty() ? pass() : fail("roles that no host serves:" + unknown);
}

std::string broken_option(const std::string& name, const json& property) {
  for (const char* key : {"type", "default", "description"})
    if (!property.contains(key)) return "option '" + name + "' has no " + key;
  if (property["description"].get<std::string>().empty()) return "option '" + name + "' is not described";
  return {};
}

Verdict schemas_are_complete(const Subject& subject) {
  for (const auto* analyzer : Loaded{subject}.analyzers()) {
    const auto schema = json::parse(text(analyzer->config_schema), nullptr, false);
    if (!schema.is_object() || !schema.contains("properties")) return fail(text(analyzer->id) + ": no JSON Schema");
    if (schema.value("additionalProperties", true)) return fail(text(analyzer->id) + ": accepts unknown options");
    for (const auto& [name, property] : schema["properties"].items())
      if (const auto broken = broken_option(name, property); !broken.empty())
        return fail(text(analyzer->id) + ": " + broken);
  }
  return pass();
}

/// Names in braces, without their formats.
std::set<std::string> placeholders(const std::string& message) {
  std::set<std::string> names;
  for (std::size_t at = message.find('{'); at != std::string::npos; at = message.find('{', at + 1)) {
    const auto end = message.find_first_of(":}", at);
    if (end != std::string::npos) names.insert(message.substr(at + 1, end - at - 1));
  }
  return names;
}

Verdict translations_agree(const Subject& subject) {
  const auto messages =
      subject.manifest.is_object() ? subject.manifest.value("messages", json::object()) : json::object();
  if (messages.empty()) return left_out("the manifest carries no messages");
  for (const auto& [key, languages] : messages.items()) {
    const auto english = placeholders(languages.value("en", ""));
    for (const auto& [language, sentence] : languages.items())
      if (placeholders(sentence.get<std::string>()) != english)
        return fail("message '" + key + "' names other values in '" + language + "' than in 'en'");
  }
  return pass();
}

/// "analyzer.ID", "signal.ID", "option.ANALYZER.NAME" with the English that the descriptor has for it.
std::map<std::string, std::string> described_parts(const json& manifest) {
  std::map<std::string, std::string> parts;
  for (const auto& analyzer : manifest.value("analyzers", json::array())) {
    const std::string id = analyzer.value("id", "");
    parts["analyzer." + id] = analyzer.value("summary", "");
    for (const auto& signal : analyzer.value("signals", json::array()))
      parts["signal." + signal.value("id", "")] = signal.value("summary", "");
    const auto options = analyzer.value("options", json{});  // null where it takes none
    const auto properties = options.is_object() ? options.value("properties", json::object()) : json::object();
    for (const auto& [name, property] : properties.items())
      parts["option." + id + "." + name] = property.value("description", "");
  }
  return parts;
}

/// A plugin that speaks a second language speaks it of itself too, and its English is the descriptor's.
Verdict descriptions_agree(const Subject& subject) {
  if (!subject.manifest.is_object()) return left_out("there is no manifest");
  const auto messages = subject.manifest.value("messages", json::object());
  std::set<std::string> languages;
  for (const auto& [key, texts] : messages.items())
    for (const auto& [language, text] : texts.items()) languages.insert(language);
  languages.erase("en");
  if (languages.empty()) return left_out("its messages are in English only");
  const auto parts = described_parts(subject.manifest);
  for (const auto& [part, english] : parts) {
    const auto key = "about." + part;
    if (!messages.contains(key)) return fail("messages.json has no '" + key + "'");
    if (messages[key].value("en", "") != english)
      return fail("'" + key + "' is not what the descriptor says in English");
    for (const auto& language : languages)
      if (messages[key].value(language, "").empty()) return fail("'" + key + "' has no text in '" + language + "'");
  }
  for (const auto& [key, texts] : messages.items())
    if (key.starts_with("about.") && parts.count(key.substr(6)) == 0)
      return fail("'" + key + "' describes nothing this plugin has");
  return pass();
}

}  // namespace

std::vector<Test> descriptor_tests() {
  return {{"descriptor.sizes", "every struct states its size", sizes_are_sane},
          {"descriptor.constant", "the descriptor is the same each time", answer_is_constant},
          {"descriptor.roles", "the artifacts it reads are kinds a host serves", roles_are_known},
          {"descriptor.options", "every option is typed, described and has a default", schemas_are_complete},
          {"descriptor.messages", "translations name the same values", translations_agree},
          {"descriptor.about", "analyzers, signals and options are described in every language", descriptions_agree}};
}

}  // namespace pedigree::conformance
