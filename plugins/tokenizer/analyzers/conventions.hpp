// SPDX-License-Identifier: MIT
#pragma once

#include "pedigree/analyzer.hpp"

namespace pedigree::tokenizer {

/// Compares what is chosen by hand: text rules, special tokens, chat template.
class ConventionsAnalyzer final : public Analyzer {
 public:
  static Descriptor describe();
  explicit ConventionsAnalyzer(const Options& options);
  pedigree_status run(const Host& host, const Request& request) override;
};

}  // namespace pedigree::tokenizer
