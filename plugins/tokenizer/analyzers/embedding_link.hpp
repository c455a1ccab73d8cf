// SPDX-License-Identifier: MIT
#pragma once

#include "pedigree/analyzer.hpp"
#include "pedigree/io/tokenizer_signature.hpp"

namespace pedigree::tokenizer {

/// Links the vocabulary to the embedding: which rows were ever trained, where rows were added later.
class EmbeddingLinkAnalyzer final : public Analyzer {
 public:
  static Descriptor describe();
  explicit EmbeddingLinkAnalyzer(const Options& options);
  pedigree_status run(const Host& host, const Request& request) override;

 private:
  std::vector<io::Signature> signatures_;
};

}  // namespace pedigree::tokenizer
