// SPDX-License-Identifier: MIT
// Parameters of what mixes tokens in a layer: attention of every kind, linear attention, state space.
#pragma once

#include <optional>
#include <string>

#include "pedigree/io/config.hpp"

namespace pedigree::architecture {

/// How many layers have what. A layer of most classes has a mixer and a feed-forward network; in classes whose
/// pattern names feed-forward layers of their own (Nemotron-H) it has one of the two.
struct LayerCounts {
  double attention = 0;  ///< full, sliding or chunked
  double full = 0;       ///< of those, full attention
  double linear = 0, state_space = 0;
  double feed_forward = 0;  ///< dense or experts
};
LayerCounts count_layers(const io::ComponentConfig& decoder);

/// Parameters of all mixers; nothing, with the missing fact in `missing`, when some layer cannot be counted.
struct MixerFlags {
  bool input_biases = false;  ///< on query, key and value
  bool all_biases = false;
};
std::optional<double> mixer_parameters(const io::ComponentConfig& decoder, const LayerCounts& layers,
                                       const MixerFlags& flags, std::string& missing);

}  // namespace pedigree::architecture
