// SPDX-License-Identifier: MIT
#pragma once

#include "pedigree/analyzer.hpp"
#include "pedigree/io/tokenizer_signature.hpp"

namespace pedigree::tokenizer {

/// Names the public vocabulary a tokenizer was built on, and tests what two models share beyond it.
class AncestryAnalyzer final : public Analyzer {
 public:
  static Descriptor describe();
  explicit AncestryAnalyzer(const Options& options);
  pedigree_status run(const Host& host, const Request& request) override;

 private:
  std::vector<io::Signature> signatures_;
};

}  // namespace pedigree::tokenizer
