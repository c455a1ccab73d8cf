// SPDX-License-Identifier: MIT
// pedigree/evidence.hpp - one measurement, and the words it may use.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pedigree/abi.h"

namespace pedigree {
inline namespace sdk_v1 {

inline pedigree_str to_abi(std::string_view s) noexcept { return {s.data(), s.size()}; }
inline std::string_view view(pedigree_str s) noexcept {
  return s.size == 0 ? std::string_view{} : std::string_view{s.data, s.size};
}

/// What a measurement would show. The weighing treats each differently (docs/reference/verdict.md).
namespace relation {
inline constexpr std::string_view kIdentical = "identical";
inline constexpr std::string_view kDerived = "derived";
inline constexpr std::string_view kPartial = "partial";
inline constexpr std::string_view kSharedInitialization = "shared_initialization";
inline constexpr std::string_view kTokenizerReuse = "tokenizer_reuse";
inline constexpr std::string_view kArchitectureReuse = "architecture_reuse";
inline constexpr std::string_view kBehavioralProximity = "behavioral_proximity";
inline constexpr std::string_view kSupportsFromScratch = "supports_from_scratch";
inline constexpr std::string_view kNone = "none";
}  // namespace relation

/// The parts of a model that are judged one by one.
namespace component {
inline constexpr std::string_view kModel = "model";
inline constexpr std::string_view kTextDecoder = "text_decoder";
inline constexpr std::string_view kVisionEncoder = "vision_encoder";
inline constexpr std::string_view kAudioEncoder = "audio_encoder";
inline constexpr std::string_view kProjector = "projector";
inline constexpr std::string_view kEmbedding = "embedding";
inline constexpr std::string_view kTokenizer = "tokenizer";
}  // namespace component

/// One measurement, owned. log10_lr: log10 of P(data | subject descends from reference) over
/// P(data | independent), already calibrated and capped by the analyzer. log10_p only when the
/// statistic has a valid null distribution.
struct Evidence {
  std::string signal;
  std::string reference;
  std::string component{component::kModel};
  double value = 0;
  double log10_lr = 0;
  std::optional<double> log10_p;
  std::string relation{relation::kNone};
  std::string summary_key;
  std::string params_json;
  std::string details_json;
};

}  // namespace sdk_v1
}  // namespace pedigree
