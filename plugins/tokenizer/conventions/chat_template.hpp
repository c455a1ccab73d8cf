// SPDX-License-Identifier: MIT
// Chat templates compared as programs: spacing and comments do not count. Nothing is executed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pedigree::tokenizer {

/// Jinja source as a list of lexical pieces: names, numbers, string literals (quotes unified) and single signs;
/// comments and white space left out, blocks' trim marks ("{%-") too. At most `most` pieces.
std::vector<std::string> template_pieces(std::string_view source, std::size_t most = 4000);

struct TemplateComparison {
  bool identical = false;  ///< after normalisation
  double similarity = 0;   ///< 2 LCS / (m + n) of the pieces
  std::size_t subject = 0, reference = 0, common = 0;
  std::vector<std::string> only_subject, only_reference;  ///< string literals, at most 20 each
};

TemplateComparison compare_templates(std::string_view subject, std::string_view reference);

}  // namespace pedigree::tokenizer
