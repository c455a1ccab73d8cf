// SPDX-License-Identifier: MIT
// One model's tokenizer with everything beside it, as an analyzer loads it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "pedigree/analyzer.hpp"
#include "pedigree/io/tokenizer_companions.hpp"
#include "pedigree/io/tokenizer_reader.hpp"

namespace pedigree::tokenizer {

/// A published comparison of a model's tokenizer with a public vocabulary, from the catalog.
struct PublishedOverlap {
  std::string with;  ///< name of a shipped signature: "llama-3"
  std::optional<std::int64_t> tokens, merges;
  std::optional<double> positionwise;
};

/// What a catalog card says when no file is at hand.
struct TokenizerFacts {
  std::optional<std::int64_t> file_vocab_size, config_vocab_size;
  std::string base, chat_style;
  std::vector<PublishedOverlap> published;
};

struct Model {
  std::string id;
  std::optional<io::Tokenizer> tokenizer;
  std::optional<io::Error> error;  ///< why there is no tokenizer
  io::TokenizerCompanions companions;
  std::optional<TokenizerFacts> facts;

  /// A short word on what is missing, for the log.
  std::string why_not() const;
};

Model load_model(const Request& request, std::string_view id);

/// Entries of the tokenizer as a model sees them: core, added, special and unused, plus tokens that
/// only the companions declare.
std::size_t real_size(const Model& model);

}  // namespace pedigree::tokenizer
