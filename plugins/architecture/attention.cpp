// SPDX-License-Identifier: MIT
#include "plugins/architecture/attention.hpp"

#include <algorithm>

#include "pedigree/io/json.hpp"
#include "plugins/architecture/signals.hpp"

namespace pedigree::architecture {
namespace {
namespace fact = io::fact;

std::string number(const io::ComponentConfig& c, std::string_view key) {
  const auto value = c.integer(key);
  return value ? std::to_string(*value) : "none";
}

void name_by_heads(const io::ComponentConfig& decoder, AttentionKind& attention) {
  const auto heads = decoder.integer(fact::kHeads);
  const auto groups = decoder.integer(fact::kKeyValueHeads);
  if (!heads || !groups) {
    attention.kind = attention.text = "unknown";
    return;
  }
  attention.groups = *groups;
  if (*groups == *heads) {
    attention.kind = "MHA";
    attention.text = "MHA, " + std::to_string(*heads) + " heads";
  } else if (*groups == 1) {
    attention.kind = "MQA";
    attention.text = "MQA, " + std::to_string(*heads) + " heads over one";
  } else {
    attention.kind = "GQA";
    attention.text = "GQA, " + std::to_string(*groups) + " groups";
    if (*heads % *groups == 0) attention.text += " of " + std::to_string(*heads / *groups) + " heads";
  }
}

/// The other choices of the design, in words: normalisation, activation, RoPE, experts.
nlohmann::json design_of(const io::ComponentConfig& decoder) {
  nlohmann::json design;
  const auto put = [&](const char* name, const std::string& text) {
    if (!text.empty()) design[name] = text;
  };
  put("normalisation", decoder.text(fact::kNormKind));
  put("activation", decoder.text(fact::kActivation));
  if (const auto* theta = decoder.find(fact::kRopeTheta)) {
    auto rope = "base " + io::to_text(theta->value);
    const auto scaling = decoder.text(fact::kRopeScaling);
    if (!scaling.empty() && scaling != "none") rope += ", " + scaling;
    if (const auto* factor = decoder.find(fact::kRopeFactor)) rope += " x" + io::to_text(factor->value);
    put("rope", rope);
  }
  if (decoder.integer_or(fact::kExperts, 0) > 1) {
    auto experts = number(decoder, fact::kExperts) + " routed";
    if (const auto shared = decoder.integer_or(fact::kSharedExperts, 0); shared > 0)
      experts += ", " + std::to_string(shared) + " shared";
    put("experts", experts + ", " + number(decoder, fact::kExpertsPerToken) + " per token, width " +
                       number(decoder, fact::kExpertSize));
  }
  return design;
}

}  // namespace

std::string shorten_pattern(const std::string& pattern) {
  for (std::size_t period = 1; period <= pattern.size() / 2; ++period) {
    bool repeats = true;
    for (std::size_t i = period; i < pattern.size() && repeats; ++i) repeats = pattern[i] == pattern[i - period];
    if (!repeats) continue;
    const auto whole = pattern.size() / period;
    const auto rest = pattern.substr(whole * period);
    return pattern.substr(0, period) + " x " + std::to_string(whole) + (rest.empty() ? "" : " + " + rest);
  }
  return pattern;
}

AttentionKind attention_of(const io::ComponentConfig& decoder) {
  AttentionKind attention;
  const auto pattern = decoder.text(fact::kLayerPattern);
  if (decoder.find(fact::kKeyValueRank) != nullptr) {
    attention.kind = "MLA";
    attention.text = "MLA, query rank " + number(decoder, fact::kQueryRank) + ", key-value rank " +
                     number(decoder, fact::kKeyValueRank);
  } else if (!pattern.empty() && pattern.find_first_of("GLC") == std::string::npos) {
    attention.kind = attention.text = "none";
  } else {
    name_by_heads(decoder, attention);
  }
  if (pattern.empty()) return attention;
  attention.pattern = shorten_pattern(pattern);
  attention.text += "; ";
  if (const auto window = decoder.integer(fact::kSlidingWindow); window && pattern.find('L') != std::string::npos)
    attention.text += "sliding window " + std::to_string(*window) + ", ";
  attention.text += attention.pattern;
  return attention;
}

std::optional<Evidence> attention_kind(const ModelFacts& subject) {
  const auto* decoder = subject.decoder();
  if (decoder == nullptr) return std::nullopt;
  const auto attention = attention_of(*decoder);
  if (attention.kind == "unknown") return std::nullopt;
  constexpr std::string_view kKinds[] = {"none", "MHA", "MQA", "GQA", "MLA"};
  Evidence evidence;
  evidence.signal = signal::kAttentionKind;
  evidence.component = component::kTextDecoder;
  evidence.value = static_cast<double>(std::find(std::begin(kKinds), std::end(kKinds), attention.kind) - kKinds);
  evidence.summary_key = "attention_kind";
  evidence.params_json = io::json_text({{"kind", attention.text}});
  nlohmann::json details = {{"kind", attention.kind}, {"text", attention.text}};
  if (!attention.pattern.empty()) {
    details["pattern"] = attention.pattern;
    details["layers"] = decoder->text(fact::kLayerPattern);
  }
  for (auto key : {fact::kHeads, fact::kKeyValueHeads, fact::kHeadSize, fact::kQueryRank, fact::kKeyValueRank,
                   fact::kRopeHeadSize, fact::kNopeHeadSize, fact::kValueHeadSize, fact::kSlidingWindow})
    if (const auto value = decoder->integer(key)) details["facts"][std::string{key}] = *value;
  details["design"] = design_of(*decoder);
  for (const auto& c : subject.config->components)
    details["components"].push_back({{"component", c.component}, {"model_type", c.model_type}, {"place", c.root}});
  evidence.details_json = io::json_text(details);
  return evidence;
}

}  // namespace pedigree::architecture
