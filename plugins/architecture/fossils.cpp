// SPDX-License-Identifier: MIT
// fossils: leftovers in a configuration that tell where it came from or how it was made.
#include <algorithm>
#include <cmath>

#include "pedigree/io/json.hpp"
#include "plugins/architecture/signals.hpp"

namespace pedigree::architecture {
namespace {
using nlohmann::json;
namespace fact = io::fact;

constexpr std::size_t kMostFossils = 100;

/// Gathers findings; each is {kind, path, value, note}.
class Findings {
 public:
  void add(const char* kind, const std::string& path, const std::string& value, const std::string& note) {
    if (list_.size() < kMostFossils)
      list_.push_back({{"kind", kind}, {"path", path}, {"value", value}, {"note", note}});
  }
  json take() { return std::move(list_); }
  bool empty() const { return list_.empty(); }
  std::size_t size() const { return list_.size(); }

 private:
  json list_ = json::array();
};

/// The object a component was read from.
const json* object_at(const json& document, const std::string& pointer) {
  if (pointer.empty()) return &document;
  const json* at = &document;
  std::string_view rest = pointer;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const auto slash = rest.find('/');
    if (!at->is_object()) return nullptr;
    const auto found = at->find(std::string{rest.substr(0, slash)});
    if (found == at->end()) return nullptr;
    at = &*found;
    rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash);
  }
  return at;
}

const json* member(const json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

void names_left_behind(const ModelFacts& subject, Findings& findings) {
  const auto look = [&](const json& object, const std::string& pointer) {
    const auto* name = member(object, "_name_or_path");
    if (name == nullptr || !name->is_string()) return;
    const auto& text = name->get_ref<const std::string&>();
    if (text.empty() || subject.is_named(text)) return;
    const bool folder = text.front() == '/' || text.front() == '.' || std::count(text.begin(), text.end(), '/') != 1;
    findings.add(folder ? "local_path" : "other_name", pointer + "/_name_or_path", io::json_excerpt(*name, 200),
                 folder ? "a folder of the machine that wrote the file" : "the file was first written for this model");
  };
  look(subject.document, "");
  for (const auto& c : subject.config->components)
    if (!c.root.empty())
      if (const auto* object = object_at(subject.document, c.root)) look(*object, c.root);
}

/// auto_map names the code file of a class: "configuration_deepseek.DeepseekV3Config".
void foreign_code(const ModelFacts& subject, Findings& findings) {
  const auto* map = member(subject.document, "auto_map");
  const auto* config = map == nullptr ? nullptr : member(*map, "AutoConfig");
  if (config == nullptr || !config->is_string()) return;
  auto text = config->get<std::string>();
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const auto& type = subject.config->model_type;
  const auto family = type.substr(0, type.find_first_of("_-0123456789"));
  if (family.size() < 3 || text.find(family) != std::string::npos) return;
  findings.add("foreign_class", "/auto_map/AutoConfig", io::json_excerpt(*config, 200),
               "the code belongs to another family than model_type " + type);
}

void unused_keys(const ModelFacts& subject, const io::ComponentConfig& decoder, Findings& findings) {
  const auto* object = object_at(subject.document, decoder.root);
  if (object == nullptr) return;
  const auto unused = [&](const char* key, const char* note) {
    if (const auto* value = member(*object, key))
      findings.add("unused_key", decoder.root + "/" + key, io::json_excerpt(*value, 80), note);
  };
  const auto* window_switch = member(*object, "use_sliding_window");
  if (window_switch != nullptr && window_switch->is_boolean() && !window_switch->get<bool>()) {
    unused("sliding_window", "switched off by use_sliding_window");
    unused("max_window_layers", "switched off by use_sliding_window");
  }
  if (decoder.find(fact::kKeyValueRank) != nullptr)
    unused("num_key_value_heads", "has no meaning under latent attention");
  if (decoder.model_type == "gptj") unused("window_size", "a leftover of GPT-Neo's local attention");
  if (decoder.integer_or(fact::kExperts, 0) < 2) {
    unused("n_group", "routing of experts in a model without experts");
    unused("routed_scaling_factor", "routing of experts in a model without experts");
  }
  unused("pretraining_tp", "how the trainer split the model; it has no effect");
}

void odd_numbers(const io::ComponentConfig& decoder, Findings& findings) {
  if (const auto epsilon = decoder.number(fact::kNormEpsilon)) {
    const double exponent = std::log10(*epsilon > 0 ? *epsilon : 1.0);
    const bool power = std::abs(exponent - std::round(exponent)) < 1e-9 && exponent <= -4 && exponent >= -12;
    if (!power)
      findings.add("odd_epsilon", decoder.find(fact::kNormEpsilon)->path,
                   io::to_text(decoder.find(fact::kNormEpsilon)->value), "an epsilon that is no usual power of ten");
  }
  const auto multiplier = decoder.number("attention_multiplier");
  const auto head = decoder.integer(fact::kHeadSize);
  if (multiplier && head && std::abs(*multiplier - 1.0 / std::sqrt(static_cast<double>(*head))) < 1e-9)
    findings.add("redundant_constant", decoder.find("attention_multiplier")->path,
                 io::to_text(decoder.find("attention_multiplier")->value),
                 "one over the square root of the head size: what attention does anyway");
}

void token_ids(const ModelFacts& subject, const io::ComponentConfig& decoder, Findings& findings) {
  const auto vocabulary = decoder.integer(fact::kVocabularySize);
  if (!vocabulary) return;
  const auto check = [&](const json& object, const std::string& pointer) {
    for (const auto& [key, value] : object.items()) {
      if (!key.ends_with("_token_id") && !key.ends_with("_token_index")) continue;
      const auto& ids = value.is_array() ? value : json::array({value});
      for (const auto& id : ids)
        if (const auto number = io::json_integer(id); number && (*number >= *vocabulary || *number < -1))
          findings.add("token_outside_vocabulary", pointer + "/" + key, std::to_string(*number),
                       "the vocabulary has " + std::to_string(*vocabulary) + " entries");
    }
  };
  check(subject.document, "");
  if (subject.generation.is_object()) check(subject.generation, subject.generation_name + ":");
  if (decoder.root.empty()) return;
  if (const auto* object = object_at(subject.document, decoder.root); object != nullptr && object->is_object())
    check(*object, decoder.root);
}

void conflicting_types(const ModelFacts& subject, Findings& findings) {
  const auto* old_key = member(subject.document, "torch_dtype");
  const auto* new_key = member(subject.document, "dtype");
  if (old_key != nullptr && new_key != nullptr && *old_key != *new_key)
    findings.add("two_dtypes", "/dtype", io::json_excerpt(*new_key, 40),
                 "torch_dtype says " + io::json_excerpt(*old_key, 40) + "; dtype counts");
}

}  // namespace

std::optional<Evidence> fossils(const ModelFacts& subject) {
  if (!subject.config || !subject.document.is_object()) return std::nullopt;
  Findings findings;
  for (const auto& problem : subject.config->problems)
    findings.add(problem.code == "CFG_CONFLICT" ? "conflict" : "unusable_value", problem.path, "", problem.message);
  names_left_behind(subject, findings);
  foreign_code(subject, findings);
  conflicting_types(subject, findings);
  if (const auto* decoder = subject.decoder()) {
    unused_keys(subject, *decoder, findings);
    odd_numbers(*decoder, findings);
    token_ids(subject, *decoder, findings);
  }
  Evidence evidence;
  evidence.signal = signal::kFossils;
  evidence.value = static_cast<double>(findings.size());
  evidence.summary_key = findings.empty() ? "fossils_none" : "fossils_found";
  const auto count = findings.size();
  auto list = findings.take();
  evidence.params_json = io::json_text(
      {{"count", count}, {"first", list.empty() ? std::string{} : list.front()["path"].get<std::string>()}});
  evidence.details_json = io::json_text({{"fossils", std::move(list)}, {"file", subject.config_name}});
  return evidence;
}

}  // namespace pedigree::architecture
