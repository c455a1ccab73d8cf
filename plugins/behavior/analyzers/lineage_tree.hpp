// SPDX-License-Identifier: MIT
#pragma once

#include "pedigree/analyzer.hpp"

namespace pedigree::behavior {

/// Draws a neighbour-joining tree of the models from how often their answers begin alike.
class LineageTree final : public Analyzer {
 public:
  static Descriptor describe();
  explicit LineageTree(const Options& options);
  pedigree_status run(const Host& host, const Request& request) override;

 private:
  std::size_t minimum_prompts_;
  int replicates_;
};

}  // namespace pedigree::behavior
