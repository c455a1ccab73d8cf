// SPDX-License-Identifier: MIT
// What stands beside a vocabulary: special tokens, chat templates, the size the model was padded to.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pedigree/io/result.hpp"
#include "pedigree/io/tensor_store.hpp"

namespace pedigree::io {

struct ChatTemplate {
  std::string name;  ///< "default", "tool_use", ...
  std::string text;  ///< Jinja source; never executed
};

struct DeclaredToken {
  std::string text;
  bool special = true;
  bool operator==(const DeclaredToken&) const = default;
};

/// Joined from tokenizer_config.json, special_tokens_map.json, added_tokens.json, chat_template.jinja
/// or .json, config.json and GGUF keys, whichever are there.
struct TokenizerCompanions {
  std::map<std::string, std::string> roles;         ///< "bos" -> "<s>", also eos pad unk cls sep mask
  std::vector<std::string> additional;              ///< additional_special_tokens
  std::map<std::uint32_t, DeclaredToken> declared;  ///< added tokens by id
  std::vector<ChatTemplate> templates;
  std::string tokenizer_class;
  bool remote_code = false;                       ///< auto_map names Python code; it is not looked at
  std::optional<std::int64_t> config_vocab_size;  ///< rows of the embedding as config.json says
  std::vector<Notice> notices;                    ///< files that could not be read, and why

  /// True when nothing at all was found.
  bool empty() const {
    return roles.empty() && additional.empty() && declared.empty() && templates.empty() && !config_vocab_size;
  }
};

/// Reads the companions of one model. Never fails: a broken file is a notice. Thread-safe.
TokenizerCompanions read_companions(std::span<const Artifact> artifacts);

}  // namespace pedigree::io
