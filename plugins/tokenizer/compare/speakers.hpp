// SPDX-License-Identifier: MIT
// Which tokens say something by their place in a vocabulary.
#pragma once

#include <cstddef>
#include <vector>

#include "pedigree/io/tokenizer.hpp"

namespace pedigree::tokenizer {

/// Learned tokens of two bytes or more (the 256 bytes stand in one of two or three customary orders
/// everywhere) that are not listed by spelling. Trainers write alphabets by code point, and tokens of one
/// frequency by spelling: Baichuan lists 25,000 rare letters like that. Two such lists stand in one order
/// whatever they were learned from.
class Speakers {
 public:
  explicit Speakers(const io::Tokenizer& tokenizer);
  bool operator[](std::size_t token) const { return speaks_[token]; }

 private:
  std::vector<bool> speaks_;
};

/// True for learned tokens of two bytes or more, sorted or not.
bool is_learned_sequence(const io::Tokenizer& tokenizer, std::size_t token);

}  // namespace pedigree::tokenizer
