// SPDX-License-Identifier: MIT
#include "plugins/architecture/comparison.hpp"

#include <algorithm>

#include "pedigree/evidence.hpp"

namespace pedigree::architecture {
namespace {
using namespace std::string_view_literals;
namespace fact = io::fact;

constexpr std::string_view kDecoderCore[] = {fact::kHiddenSize, fact::kLayers, fact::kHeads, fact::kIntermediateSize,
                                             fact::kActivation};
constexpr std::string_view kEncoderCore[] = {fact::kHiddenSize, fact::kLayers, fact::kHeads, fact::kIntermediateSize,
                                             fact::kPatchSize};
constexpr std::string_view kDecoderFurther[] = {fact::kKeyValueHeads,
                                                fact::kHeadSize,
                                                fact::kVocabularySize,
                                                fact::kContext,
                                                fact::kNormKind,
                                                fact::kNormEpsilon,
                                                fact::kRopeTheta,
                                                fact::kRopeScaling,
                                                fact::kRopeFactor,
                                                fact::kPartialRotary,
                                                fact::kSlidingWindow,
                                                fact::kLayerPattern,
                                                fact::kTiedEmbeddings,
                                                fact::kAttentionBias,
                                                "mlp_bias"sv,
                                                "qk_norm"sv,
                                                fact::kExperts,
                                                fact::kSharedExperts,
                                                fact::kExpertsPerToken,
                                                fact::kExpertSize,
                                                fact::kSharedExpertSize,
                                                fact::kFirstDense,
                                                fact::kRoutedScaling,
                                                fact::kScoring,
                                                "topk_method"sv,
                                                "n_group"sv,
                                                "topk_group"sv,
                                                "norm_topk_prob"sv,
                                                fact::kQueryRank,
                                                fact::kKeyValueRank,
                                                fact::kRopeHeadSize,
                                                fact::kNopeHeadSize,
                                                fact::kValueHeadSize,
                                                "attention_multiplier"sv,
                                                "embedding_multiplier"sv,
                                                "residual_multiplier"sv,
                                                "logits_scaling"sv,
                                                "use_parallel_residual"sv,
                                                "mtp_layers"sv};
constexpr std::string_view kEncoderFurther[] = {
    fact::kOutputSize, fact::kActivation, "spatial_merge_size"sv, "temporal_patch_size"sv,  "window_size"sv,
    "image_size"sv,    "in_channels"sv,   "num_mel_bins"sv,       "max_source_positions"sv, fact::kNormEpsilon};

Row row_of(const io::ComponentConfig& subject, const io::ComponentConfig& reference, std::string_view key) {
  const auto* a = subject.find(key);
  const auto* b = reference.find(key);
  Row row;
  row.key = key;
  if (a != nullptr) {
    row.subject = io::to_text(a->value);
    row.subject_path = a->path;
    row.subject_origin = to_string(a->origin);
  }
  if (b != nullptr) {
    row.reference = io::to_text(b->value);
    row.reference_path = b->path;
    row.reference_origin = to_string(b->origin);
  }
  if (a != nullptr && b != nullptr)
    row.mark = io::same_value(a->value, b->value) ? Mark::equal : Mark::different;
  else if (a == nullptr && b == nullptr)
    row.mark = Mark::both_absent;
  return row;
}

std::string experts_text(const io::ComponentConfig& component) {
  const auto routed = component.integer(fact::kExperts);
  if (!routed) return {};
  const auto shared = component.integer_or(fact::kSharedExperts, 0);
  return std::to_string(*routed) + (shared > 0 ? "+" + std::to_string(shared) : "");
}

}  // namespace

std::string_view to_string(Mark mark) {
  constexpr std::string_view kNames[] = {"equal", "different", "unknown", "both_absent"};
  return kNames[static_cast<std::size_t>(mark)];
}

int Table::equal() const {
  return static_cast<int>(std::count_if(rows.begin(), rows.end(), [](const Row& r) { return r.mark == Mark::equal; }));
}

int Table::comparable() const {
  return static_cast<int>(std::count_if(
      rows.begin(), rows.end(), [](const Row& r) { return r.mark == Mark::equal || r.mark == Mark::different; }));
}

nlohmann::json Table::to_json() const {
  auto out = nlohmann::json::array();
  for (const auto& row : rows) {
    nlohmann::json entry = {{"key", row.key}, {"mark", to_string(row.mark)}};
    const auto put = [&](const char* name, const std::string& text) {
      if (!text.empty()) entry[name] = text;
    };
    put("subject", row.subject);
    put("reference", row.reference);
    put("subject_path", row.subject_path);
    put("reference_path", row.reference_path);
    put("subject_origin", row.subject_origin);
    put("reference_origin", row.reference_origin);
    out.push_back(std::move(entry));
  }
  return out;
}

Table compare(const io::ComponentConfig& subject, const io::ComponentConfig& reference,
              std::span<const std::string_view> keys) {
  Table table;
  table.same_class = !subject.model_type.empty() && subject.model_type == reference.model_type;
  for (auto key : keys) table.rows.push_back(row_of(subject, reference, key));
  return table;
}

std::span<const std::string_view> core_keys(std::string_view component) {
  if (component == component::kTextDecoder) return kDecoderCore;
  return kEncoderCore;
}

std::span<const std::string_view> further_keys(std::string_view component) {
  if (component == component::kTextDecoder) return kDecoderFurther;
  return kEncoderFurther;
}

Row experts_row(const io::ComponentConfig& subject, const io::ComponentConfig& reference) {
  Row row = row_of(subject, reference, fact::kExperts);
  row.key = "experts (routed+shared)";
  row.subject = experts_text(subject);
  row.reference = experts_text(reference);
  if (row.subject.empty() && row.reference.empty()) {
    row.mark = Mark::both_absent;
  } else {
    // A dense model has none: that differs from any number of experts.
    row.mark = row.subject == row.reference ? Mark::equal : Mark::different;
    if (row.subject.empty()) row.subject = "none";
    if (row.reference.empty()) row.reference = "none";
  }
  return row;
}

}  // namespace pedigree::architecture
