// SPDX-License-Identifier: MIT
#include "plugins/behavior/text/words.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace pedigree::behavior {

std::vector<std::string> words(std::string_view text, std::size_t limit) {
  std::vector<std::string> found;
  std::string word;
  const auto flush = [&] {
    if (!word.empty()) found.push_back(std::move(word));
    word.clear();
  };
  for (const char c : text) {
    if (found.size() >= limit) return found;
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::isalnum(byte) != 0) {
      word += static_cast<char>(byte < 0x80 ? std::tolower(byte) : byte);
    } else {
      flush();
      if (std::isspace(byte) == 0 && byte >= 0x20) found.emplace_back(1, c);
    }
  }
  flush();
  if (found.size() > limit) found.resize(limit);
  return found;
}

std::size_t common_prefix(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const std::size_t most = std::min(a.size(), b.size());
  std::size_t same = 0;
  while (same < most && a[same] == b[same]) ++same;
  return same;
}

double bigram_containment(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const auto bigrams = [](const std::vector<std::string>& w) {
    std::set<std::pair<std::string_view, std::string_view>> set;
    for (std::size_t i = 1; i < w.size(); ++i) set.emplace(w[i - 1], w[i]);
    return set;
  };
  const auto x = bigrams(a), y = bigrams(b);
  if (x.empty() || y.empty()) return 0;
  const auto shared = std::count_if(x.begin(), x.end(), [&](const auto& g) { return y.count(g) != 0; });
  return static_cast<double>(shared) / static_cast<double>(std::min(x.size(), y.size()));
}

}  // namespace pedigree::behavior
