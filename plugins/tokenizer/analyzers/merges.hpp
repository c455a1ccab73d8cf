// SPDX-License-Identifier: MIT
#pragma once

#include "pedigree/analyzer.hpp"
#include "pedigree/io/tokenizer_signature.hpp"

namespace pedigree::tokenizer {

/// Compares the merge rules of two BPE tokenizers, one split per token, by their longest common order.
class MergesAnalyzer final : public Analyzer {
 public:
  static Descriptor describe();
  explicit MergesAnalyzer(const Options& options);
  pedigree_status run(const Host& host, const Request& request) override;

 private:
  std::size_t positions_;
  std::vector<io::Signature> signatures_;
};

}  // namespace pedigree::tokenizer
