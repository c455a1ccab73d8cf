// SPDX-License-Identifier: MIT
// Refusals and the families of wording they come in.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace pedigree::behavior {

/// A family of refusal wording and the phrase that was found.
struct RefusalPhrase {
  std::string_view family;  ///< "cannot-comply" "as-an-ai" "policy" "ko-cannot" ...
  std::string_view phrase;
};

/// The first refusal phrase within the first 300 bytes of an answer; nothing when it does not refuse.
/// Apostrophes are folded; English and Korean. Thread-safe.
std::optional<RefusalPhrase> find_refusal(std::string_view answer);

/// A claim of identity: "I am Qwen", "developed by OpenAI", "저는 HyperCLOVA".
struct IdentityClaim {
  std::string_view maker;  ///< "OpenAI"
  std::string_view name;   ///< "ChatGPT", may be empty
};

/// Every known maker or model that the answer says it is or was made by.
std::vector<IdentityClaim> find_identity_claims(std::string_view answer);

}  // namespace pedigree::behavior
