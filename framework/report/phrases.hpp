// SPDX-License-Identifier: MIT
// Sentences that arise where no catalogue is known (readers, workers, plugins, the pipeline's reader) are written in
// English there. The catalogue holds the same sentence as a template in both languages; a reader of Korean gets the
// Korean one. Decision 0101.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace pedigree::report {

/// `english` in `lang`: the entry whose key begins with `prefix` and whose English template it is gives the sentence,
/// the text at its placeholders gives the values (translated in turn, unless
/// they stand in quotes). As it is when no entry fits. Of several that
/// fit, the one with most literal text. Pure and total.
std::string translate(const std::string& english, const std::string& prefix, const std::string& lang,
                      const nlohmann::json& messages);

}  // namespace pedigree::report
