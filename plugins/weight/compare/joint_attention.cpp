// SPDX-License-Identifier: MIT
#include "plugins/weight/compare/joint_attention.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "plugins/weight/compare/layer_details.hpp"
#include "plugins/weight/statistics/log_probability.hpp"

namespace pedigree::weight {
namespace {

struct Sums {
  double expected = 0, expected_channels = 0, similarity = 0, compared = 0;
  std::size_t fixed = 0, fixed_channels = 0, channels = 0, of_one_sign = 0;
};

void add_channels(const HeadMatch& heads, Sums& sums) {
  sums.expected_channels += heads.expected_channels;
  sums.fixed_channels += heads.fixed_channels;
  sums.channels += heads.channels;
  sums.of_one_sign += heads.channels_of_one_sign;
}

}  // namespace

void settle_attention(const PreparedComponent& subject, const PreparedComponent& reference, const ResidualMap& map,
                      const LayerMap& layer_map, double maps, const Watch& watch, ComponentFinding& out) {
  Sums sums;
  std::set<int> used;  // a layer that repeats would count one coincidence twice
  const bool indexed = out.subject_layers == out.reference_layers;
  const std::size_t step = attention_step(*subject.view);
  for (std::size_t l = 0; l < out.layers.size(); ++l) {
    LayerFinding& finding = out.layers[l];
    if (!finding.heads && indexed && finding.source_layer < 0 && l % step == 0) {
      watch.poll();
      describe_attention_alone(subject, l, reference, l, map, finding);
    }
    if (!finding.heads) continue;
    sums.similarity += finding.heads->similarity;
    sums.compared += 1;
    const int source = layer_map[l] >= 0 ? layer_map[l] : static_cast<int>(l);
    if (used.insert(source).second) add_channels(*finding.heads, sums);
    if (!indexed || (layer_map[l] >= 0 && layer_map[l] != static_cast<int>(l))) continue;
    sums.expected += finding.heads->expected_fixed;
    sums.fixed += finding.heads->fixed;
  }
  if (sums.compared > 0) out.heads_similarity = sums.similarity / sums.compared;
  out.channels = sums.channels;
  out.fixed_channels = sums.fixed_channels;
  // Places of channels, their signs and places of heads are permuted by three groups of their own: the tests join.
  const double places = joint_fixed_point_log10_p(sums.expected_channels, sums.fixed_channels);
  const double signs = sign_coherence_log10_p(sums.channels, sums.of_one_sign);
  const double heads = joint_fixed_point_log10_p(sums.expected, sums.fixed);
  out.channels_log10_p = corrected_log10_p(joined_log10_p(std::array{places, signs}), maps);
  out.heads_log10_p = corrected_log10_p(joined_log10_p(std::array{heads, places, signs}), maps);
}

}  // namespace pedigree::weight
