// SPDX-License-Identifier: MIT
#pragma once

#include "pedigree/analyzer.hpp"

namespace pedigree::behavior {

/// Compares recorded answers with every reference, against the other references as controls.
class Agreement final : public Analyzer {
 public:
  static Descriptor describe();
  explicit Agreement(const Options& options);
  pedigree_status run(const Host& host, const Request& request) override;

 private:
  std::size_t minimum_prompts_;
  double decision_log10_p_;
};

}  // namespace pedigree::behavior
