// SPDX-License-Identifier: MIT
// How many parameters a model of this shape has.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "pedigree/io/config.hpp"

namespace pedigree::architecture {

/// Parameters by part; sums exclude multi-token-prediction layers and quantisation scales.
struct ParameterEstimate {
  double embedding = 0, output_head = 0, attention = 0, dense_feed_forward = 0, experts = 0, shared_experts = 0,
         router = 0, norms = 0, vision = 0, audio = 0;
  double total = 0;
  double active = 0;  ///< per token: experts per token instead of all; equal to total when dense
  nlohmann::json to_json() const;
};

struct EstimateResult {
  std::optional<ParameterEstimate> estimate;
  std::string reason;   ///< why there is no estimate: the key or part that is missing or not understood
  std::string omitted;  ///< parts left out of the sum ("vision encoder: no feed-forward width"), or ""
};

/// Counts from the shape: embeddings, token mixers (mixers.hpp), feed-forward (gated or not), experts with
/// shared experts and router, norms, encoders. Abstains for parts it has no formula for, never guesses.
EstimateResult estimate_parameters(const io::ModelConfig& config);

}  // namespace pedigree::architecture
