// SPDX-License-Identifier: MIT
#include "plugins/tokenizer/compare/positionwise.hpp"

#include <algorithm>

namespace pedigree::tokenizer {

Positionwise positionwise(const io::Tokenizer& subject, std::span<const io::Merge> subject_merges,
                          const io::Tokenizer& reference, std::span<const io::Merge> reference_merges,
                          std::size_t limit) {
  Positionwise out;
  out.compared = std::min({limit, subject_merges.size(), reference_merges.size()});
  for (std::size_t i = 0; i < out.compared; ++i) {
    const auto &a = subject_merges[i], &b = reference_merges[i];
    if (a.split != b.split || subject.bytes(a.token) != reference.bytes(b.token)) continue;
    if (out.equal == i) out.prefix = i + 1;
    ++out.equal;
  }
  return out;
}

}  // namespace pedigree::tokenizer
