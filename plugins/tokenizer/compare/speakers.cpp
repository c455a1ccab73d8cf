// SPDX-License-Identifier: MIT
#include "plugins/tokenizer/compare/speakers.hpp"

#include <cstdint>

namespace pedigree::tokenizer {
namespace {

/// A run of this many tokens, each spelled after the one before, is sorted: in a learned order one token in
/// 5,000 stands in such a run (8 of 8! orders of eight ascend).
constexpr std::size_t kSortedRun = 8;

}  // namespace

bool is_learned_sequence(const io::Tokenizer& tokenizer, std::size_t token) {
  return tokenizer.kind(token) == io::TokenKind::kOrdinary && tokenizer.bytes(token).size() >= 2;
}

Speakers::Speakers(const io::Tokenizer& tokenizer) : speaks_(tokenizer.size()) {
  std::vector<std::uint32_t> run;
  const auto close = [&] {
    if (run.size() >= kSortedRun)
      for (const auto token : run) speaks_[token] = false;
    run.clear();
  };
  for (std::uint32_t i = 0; i < tokenizer.size(); ++i) {
    if (!is_learned_sequence(tokenizer, i)) continue;
    speaks_[i] = true;
    if (!run.empty() && tokenizer.bytes(run.back()) >= tokenizer.bytes(i)) close();
    run.push_back(i);
  }
  close();
}

}  // namespace pedigree::tokenizer
