// SPDX-License-Identifier: MIT
#include "word_scan.hpp"

#include <algorithm>

namespace pedigree::io::training_log {
namespace {

unsigned char lower(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 'A' && byte <= 'Z' ? static_cast<unsigned char>(byte + 32) : byte;
}

unsigned char upper(unsigned char c) { return c >= 'a' && c <= 'z' ? static_cast<unsigned char>(c - 32) : c; }

std::size_t pair(unsigned char first, unsigned char second) { return static_cast<std::size_t>(first) << 8 | second; }

}  // namespace

WordScan::WordScan(const std::vector<std::string_view>& words) {
  step_.fill(kHead - 1);
  for (const auto word : words) {
    if (word.size() < kHead) continue;
    words_.emplace_back(word);
    // A pair that ends k bytes before the head's end allows a step of k; zero: a word may begin here.
    for (std::size_t i = 1; i < kHead; ++i) {
      const auto step = static_cast<std::uint8_t>(kHead - 1 - i);
      const unsigned char a = lower(word[i - 1]), b = lower(word[i]);
      for (const auto first : {a, upper(a)})
        for (const auto second : {b, upper(b)}) {
          auto& known = step_[pair(first, second)];
          known = std::min(known, step);
        }
    }
  }
}

bool WordScan::word_at(std::string_view text, std::size_t at) const {
  return std::any_of(words_.begin(), words_.end(), [&](const std::string& word) {
    if (text.size() - at < word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i)
      if (lower(text[at + i]) != static_cast<unsigned char>(word[i])) return false;
    return true;
  });
}

std::size_t WordScan::find(std::string_view text, std::size_t from) const {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  for (std::size_t end = from + kHead - 1; end < text.size();) {
    const auto step = step_[pair(bytes[end - 1], bytes[end])];
    if (step != 0) {
      end += step;
      continue;
    }
    if (word_at(text, end + 1 - kHead)) return end + 1 - kHead;
    ++end;
  }
  return std::string_view::npos;
}

}  // namespace pedigree::io::training_log
