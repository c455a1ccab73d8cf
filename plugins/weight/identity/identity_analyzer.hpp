// SPDX-License-Identifier: MIT
// weight.identity: bytes, bits and the source study's simple measures, in one pass over both models.
#pragma once

#include "pedigree/analyzer.hpp"

namespace pedigree::weight {

class IdentityAnalyzer : public Analyzer {
 public:
  static Descriptor describe();
  explicit IdentityAnalyzer(const Options& options);
  pedigree_status run(const Host& host, const Request& request) override;
};

}  // namespace pedigree::weight
