// SPDX-License-Identifier: MIT
#pragma once

#include "pedigree/analyzer.hpp"

namespace pedigree::behavior {

/// Reads how a model refuses and who it says it is.
class Wording final : public Analyzer {
 public:
  static Descriptor describe();
  explicit Wording(const Options& options);
  pedigree_status run(const Host& host, const Request& request) override;

 private:
  std::size_t minimum_refusals_;
};

}  // namespace pedigree::behavior
