// SPDX-License-Identifier: MIT
#include "word_scan.hpp"

namespace pedigree::io::training_log {
namespace {

constexpr std::size_t kStride = 8;  // places looked at before a branch

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

WordScan::WordScan(const std::vector<std::string_view>& words) {
  for (const auto word : words) {
    if (word.size() < kHead) continue;
    const std::uint32_t group = 1u << (words_.size() % kGroups);
    words_.emplace_back(word);
    for (std::size_t i = 0; i < kHead; ++i) {
      const auto byte = static_cast<unsigned char>(word[i]);
      table_[i][byte] |= group;
      if (byte >= 'a' && byte <= 'z') table_[i][byte - 32] |= group;
    }
  }
}

bool WordScan::word_at(std::string_view rest, std::uint32_t groups) const {
  for (std::size_t w = 0; w < words_.size(); ++w) {
    const std::string_view word = words_[w];
    if ((groups >> (w % kGroups) & 1) == 0 || rest.size() < word.size()) continue;
    std::size_t same = 0;
    while (same < word.size() && lower(rest[same]) == word[same]) ++same;
    if (same == word.size()) return true;
  }
  return false;
}

std::size_t WordScan::find(std::string_view text, std::size_t from) const {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t at = from;
  const std::size_t places = text.size() < kHead ? 0 : text.size() - kHead + 1;
  while (at < places) {
    while (at + kStride <= places) {
      std::uint32_t any = 0;
      for (std::size_t i = 0; i < kStride; ++i) any |= groups_at(bytes + at + i);
      if (any != 0) break;
      at += kStride;
    }
    for (std::size_t i = 0; i < kStride && at < places; ++i, ++at)
      if (const auto groups = groups_at(bytes + at); groups != 0 && word_at(text.substr(at), groups)) return at;
  }
  return std::string_view::npos;
}

}  // namespace pedigree::io::training_log
