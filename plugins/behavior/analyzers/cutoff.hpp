// SPDX-License-Identifier: MIT
#pragma once

#include "pedigree/analyzer.hpp"
#include "plugins/behavior/pairing.hpp"

namespace pedigree::behavior {

/// Finds where a model's knowledge of dated events ends, and whether a reference's ends there too.
class Cutoff final : public Analyzer {
 public:
  static Descriptor describe();
  explicit Cutoff(const Options& options);
  pedigree_status run(const Host& host, const Request& request) override;
};

/// Emits what the answers of `models` (subject first) to the shipped event probes show; false when
/// the subject answered too few of them. Shared with the live endpoint.
bool emit_cutoffs(const Host& host, const std::vector<ModelAnswers>& models);

}  // namespace pedigree::behavior
