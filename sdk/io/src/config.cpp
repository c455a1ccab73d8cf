// SPDX-License-Identifier: MIT
#include "pedigree/io/config.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "config_keys.hpp"
#include "config_rules.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::io {
namespace {
using detail::KeyKind;
using detail::Section;
using nlohmann::json;

constexpr std::int64_t kLargestSize = std::int64_t{1} << 40;

/// Where decoders and encoders are nested; the first object that describes something wins.
constexpr std::string_view kDecoderPlaces[] = {"text_config",
                                               "llm_config",
                                               "language_config",
                                               "language_model_config",
                                               "language",
                                               "thinker_config/text_config",
                                               "llm",
                                               "text_model_config",
                                               "decoder_config",
                                               "text"};
constexpr std::string_view kVisionPlaces[] = {"vision_config",
                                              "visual",
                                              "vit_config",
                                              "vision",
                                              "vision_tower_config",
                                              "vision_encoder_config",
                                              "thinker_config/vision_config"};
constexpr std::string_view kAudioPlaces[] = {"audio_config", "audio_encoder_config", "speech_config",
                                             "thinker_config/audio_config"};
constexpr std::string_view kProjectorPlaces[] = {"projector_config", "mm_projector_config", "connector_config",
                                                 "adapter_config"};

/// One key's value as the fact it should be; nothing when it cannot be used (then problems says why).
class ValueReader {
 public:
  explicit ValueReader(std::vector<ConfigProblem>& problems) : problems_(problems) {}

  std::optional<ConfigValue> read(const json& value, KeyKind kind, const std::string& path) {
    switch (kind) {
      case KeyKind::size:
        return size(value, path, 1);
      case KeyKind::count:
        return size(value, path, 0);
      case KeyKind::number:
        if (auto number = json_number(value)) return as_value(*number, value);
        break;
      case KeyKind::text:
        if (value.is_string() && value.get_ref<const std::string&>().size() <= 200) return value.get<std::string>();
        break;
      case KeyKind::boolean:
        if (value.is_boolean()) return value.get<bool>();
        break;
    }
    refuse("CFG_TYPE", path, value, kind);
    return std::nullopt;
  }

 private:
  static ConfigValue as_value(double number, const json& value) {
    if (auto whole = json_integer(value)) return *whole;
    return number;
  }
  std::optional<ConfigValue> size(const json& value, const std::string& path, std::int64_t least) {
    if (value.is_array()) return size_of_list(value, path, least);
    const auto number = json_integer(value);
    if (!number) {
      refuse("CFG_TYPE", path, value, KeyKind::size);
      return std::nullopt;
    }
    if (*number == -1 && least == 1) return std::nullopt;  // Meta's params.json: "not said here"
    if (*number < least || *number > kLargestSize) {
      refuse("CFG_RANGE", path, value, KeyKind::size);
      return std::nullopt;
    }
    return *number;
  }
  /// A list with one value per layer counts when all agree (OpenELM and Gemma-3n write such lists).
  std::optional<ConfigValue> size_of_list(const json& list, const std::string& path, std::int64_t least) {
    if (list.empty() || !std::all_of(list.begin(), list.end(), [&](const json& v) { return v == list.front(); })) {
      refuse("CFG_TYPE", path, list, KeyKind::size);
      return std::nullopt;
    }
    if (list.front().is_array()) return std::nullopt;
    return size(list.front(), path, least);
  }
  void refuse(std::string code, const std::string& path, const json& value, KeyKind kind) {
    constexpr std::string_view kWanted[] = {"a whole number from 1 to 2^40", "a whole number from 0 to 2^40",
                                            "a finite number", "short text", "true or false"};
    problems_.push_back({std::move(code), path,
                         json_excerpt(value, 60) + " where " + std::string{kWanted[static_cast<std::size_t>(kind)]} +
                             " was expected; the key is not used"});
  }
  std::vector<ConfigProblem>& problems_;
};

/// Encoders use one name for different widths; only a decoder's names must agree.
bool must_agree(const ComponentConfig& component, std::string_view name) {
  if (component.component != "text_decoder") return false;
  return name == fact::kHiddenSize || name == fact::kLayers || name == fact::kHeads || name == fact::kKeyValueHeads;
}

void read_aliases(const Section& section, std::span<const detail::KeyAliases> keys, ComponentConfig& component,
                  std::vector<ConfigProblem>& problems) {
  ValueReader reader{problems};
  for (const auto& key : keys) {
    for (auto alias : key.aliases) {
      const auto* value = alias.empty() ? nullptr : section.find(alias);
      if (value == nullptr) continue;
      const auto path = section.path_of(alias);
      auto known = reader.read(*value, key.kind, path);
      if (!known) continue;
      const auto [at, fresh] =
          component.facts.try_emplace(std::string{key.name}, ConfigFact{std::move(*known), FactOrigin::stated, path});
      if (!fresh && must_agree(component, key.name) &&
          !same_value(at->second.value, *reader.read(*value, key.kind, path)))
        problems.push_back({"CFG_CONFLICT", path,
                            json_excerpt(*value, 60) + " disagrees with " + at->second.path + " (" +
                                to_text(at->second.value) + "), which is used"});
    }
  }
}

std::string type_of(const json& object) {
  const auto found = object.find("model_type");
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// True when the object holds a width under any of the names.
bool describes_something(const Section& section, std::span<const detail::KeyAliases> keys) {
  if (section.object.contains("model_type")) return true;
  for (const auto& key : keys) {
    if (key.name != fact::kHiddenSize && key.name != fact::kLayers) continue;
    for (auto alias : key.aliases)
      if (!alias.empty() && section.find(alias) != nullptr) return true;
  }
  return false;
}

/// Reads a document's components one after the other.
class Interpreter {
 public:
  explicit Interpreter(const json& document) : document_{document, ""} {}

  ModelConfig run() {
    if (!document_.object.is_object()) return {};
    model_.model_type = type_of(document_.object);
    if (const auto* names = document_.find("architectures"); names != nullptr && names->is_array())
      for (const auto& name : *names)
        if (name.is_string()) model_.architectures.push_back(name.get<std::string>());
    if (is_bare_encoder()) {
      add_encoder(model_.model_type.find("audio") != std::string::npos ? "audio_encoder" : "vision_encoder", document_);
    } else {
      add_decoder();
      if (document_.find("encoder_layers") != nullptr && document_.find("num_mel_bins") != nullptr)
        add_encoder("audio_encoder", document_);
      add_nested("vision_encoder", kVisionPlaces);
      add_nested("audio_encoder", kAudioPlaces);
      add_projector();
    }
    return std::move(model_);
  }

 private:
  bool is_bare_encoder() const {
    const std::string& type = model_.model_type;
    return type.ends_with("_encoder") || type.ends_with("_vision_model") || type.ends_with("_vision");
  }
  std::optional<Section> nested(std::span<const std::string_view> places, std::span<const detail::KeyAliases> keys) {
    for (auto place : places) {
      const auto* object = document_.find(place);
      if (object == nullptr || !object->is_object()) continue;
      Section section{*object, document_.path_of(place)};
      if (describes_something(section, keys)) return section;
    }
    return std::nullopt;
  }
  void add_decoder() {
    const auto inner = nested(kDecoderPlaces, detail::decoder_keys());
    const Section& section = inner ? *inner : document_;
    ComponentConfig component = start("text_decoder", section);
    read_aliases(section, detail::decoder_keys(), component, model_.problems);
    if (inner) inherit(component);
    detail::convert_family_units(section, component);
    detail::add_implied_facts(section, component);
    detail::add_layer_pattern(section, component);
    detail::add_expert_layers(section, component);
    detail::add_class_defaults(component);
    const bool has_shape = component.find(fact::kHiddenSize) != nullptr || component.find(fact::kLayers) != nullptr ||
                           component.find(fact::kVocabularySize) != nullptr;
    if (has_shape || !component.model_type.empty()) model_.components.push_back(std::move(component));
  }
  /// Facts that wrappers keep outside the nested decoder.
  void inherit(ComponentConfig& component) {
    ComponentConfig outer = start("text_decoder", document_);
    std::vector<ConfigProblem> ignored;
    read_aliases(document_, detail::decoder_keys(), outer, ignored);
    for (auto name : {fact::kVocabularySize, fact::kTiedEmbeddings})
      if (const auto* found = outer.find(name)) component.facts.try_emplace(std::string{name}, *found);
  }
  void add_nested(std::string_view component, std::span<const std::string_view> places) {
    if (auto section = nested(places, detail::encoder_keys())) add_encoder(component, *section);
  }
  void add_encoder(std::string_view name, const Section& section) {
    ComponentConfig component = start(name, section);
    read_aliases(section, detail::encoder_keys(), component, model_.problems);
    // Qwen2-VL: embed_dim is the encoder's width and hidden_size the decoder's.
    if (section.find("embed_dim") != nullptr && section.find("hidden_size") != nullptr)
      if (auto out = json_integer(*section.find("hidden_size")))
        detail::supply(component, fact::kOutputSize, *out, FactOrigin::stated, section.path_of("hidden_size"));
    model_.components.push_back(std::move(component));
  }
  void add_projector() {
    for (auto place : kProjectorPlaces) {
      const auto* object = document_.find(place);
      if (object == nullptr || !object->is_object()) continue;
      model_.components.push_back(start("projector", Section{*object, document_.path_of(place)}));
      return;
    }
  }
  ComponentConfig start(std::string_view name, const Section& section) const {
    ComponentConfig component;
    component.component = name;
    component.root = section.pointer;
    component.model_type = type_of(section.object);
    if (component.model_type.empty()) component.model_type = model_.model_type;
    return component;
  }

  Section document_;
  ModelConfig model_;
};

}  // namespace

std::string_view to_string(FactOrigin origin) {
  constexpr std::string_view kNames[] = {"stated", "converted", "implied", "class_default"};
  return kNames[static_cast<std::size_t>(origin)];
}

bool same_value(const ConfigValue& a, const ConfigValue& b) {
  const auto number = [](const ConfigValue& v) -> std::optional<double> {
    if (const auto* i = std::get_if<std::int64_t>(&v)) return static_cast<double>(*i);
    if (const auto* d = std::get_if<double>(&v)) return *d;
    return std::nullopt;
  };
  const auto x = number(a);
  const auto y = number(b);
  if (x && y) return std::abs(*x - *y) <= 1e-12 * std::max(std::abs(*x), std::abs(*y));
  return a == b;
}

std::string to_text(const ConfigValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, std::get<double>(value)).ptr;
  return {buffer, end};
}

const ConfigFact* ComponentConfig::find(std::string_view name) const {
  const auto found = facts.find(name);
  return found == facts.end() ? nullptr : &found->second;
}

std::optional<std::int64_t> ComponentConfig::integer(std::string_view name) const {
  const auto* found = find(name);
  const auto* value = found == nullptr ? nullptr : std::get_if<std::int64_t>(&found->value);
  return value == nullptr ? std::nullopt : std::optional{*value};
}

std::optional<double> ComponentConfig::number(std::string_view name) const {
  const auto* found = find(name);
  if (found == nullptr) return std::nullopt;
  if (const auto* whole = std::get_if<std::int64_t>(&found->value)) return static_cast<double>(*whole);
  const auto* value = std::get_if<double>(&found->value);
  return value == nullptr ? std::nullopt : std::optional{*value};
}

std::optional<bool> ComponentConfig::boolean(std::string_view name) const {
  const auto* found = find(name);
  const auto* value = found == nullptr ? nullptr : std::get_if<bool>(&found->value);
  return value == nullptr ? std::nullopt : std::optional{*value};
}

std::string ComponentConfig::text(std::string_view name) const {
  const auto* found = find(name);
  const auto* value = found == nullptr ? nullptr : std::get_if<std::string>(&found->value);
  return value == nullptr ? std::string{} : *value;
}

const ComponentConfig* ModelConfig::find(std::string_view component) const {
  const auto found = std::find_if(components.begin(), components.end(),
                                  [&](const ComponentConfig& c) { return c.component == component; });
  return found == components.end() ? nullptr : &*found;
}

ModelConfig interpret_config(const json& document) { return Interpreter{document}.run(); }

Result<ModelConfig> read_config(std::string_view text, std::string_view file) {
  auto document = parse_json(text, config_json_limits(), file);
  if (!document) return document.error();
  if (!document->is_object())
    return Error{"CFG_SHAPE", std::string{file}, "",
                 "a JSON " + std::string{document->type_name()} + " where an object was expected",
                 "give the model's config.json"};
  auto config = interpret_config(*document);
  if (config.components.empty())
    return Error{"CFG_SHAPE", std::string{file}, "", "no key that describes a model was found",
                 "give the model's config.json"};
  return config;
}

}  // namespace pedigree::io
