// SPDX-License-Identifier: MIT
// How a model writes: shares of answers with a feature, and mean lengths.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pedigree::behavior {

/// Named features in one order: words per answer, bytes per sentence, and the share of answers with a list,
/// a heading, bold text, a code block, an emoji, an exclamation mark, a closing question, an opening
/// courtesy ("Sure", "Certainly", ...), or Hangul.
using StyleFeatures = std::map<std::string, double>;

/// O(bytes). Empty for no answers.
StyleFeatures style_features(const std::vector<std::string_view>& answers);

/// Distance of two styles: root mean square of the differences of shares and of log length ratios.
double style_distance(const StyleFeatures& a, const StyleFeatures& b);

}  // namespace pedigree::behavior
