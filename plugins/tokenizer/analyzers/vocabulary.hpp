// SPDX-License-Identifier: MIT
#pragma once

#include "pedigree/analyzer.hpp"
#include "pedigree/io/tokenizer_signature.hpp"

namespace pedigree::tokenizer {

/// Compares vocabularies token by token on bytes, and their order.
class VocabularyAnalyzer final : public Analyzer {
 public:
  static Descriptor describe();
  explicit VocabularyAnalyzer(const Options& options);
  pedigree_status run(const Host& host, const Request& request) override;

 private:
  double extended_share_, fine_tuned_share_;
  std::vector<io::Signature> signatures_;
};

}  // namespace pedigree::tokenizer
