// SPDX-License-Identifier: MIT
#pragma once

#include "pedigree/analyzer.hpp"

namespace pedigree::behavior {

/// Tests whether a model remembers the order of a disclosed training run.
class Palimpsest final : public Analyzer {
 public:
  static Descriptor describe();
  explicit Palimpsest(const Options& options);
  pedigree_status run(const Host& host, const Request& request) override;

 private:
  bool own_order_;
};

}  // namespace pedigree::behavior
