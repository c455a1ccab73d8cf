// SPDX-License-Identifier: MIT
#include "plugins/tokenizer/conventions/chat_template.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <set>
#include <unordered_map>

namespace pedigree::tokenizer {
namespace {

constexpr std::size_t kMostLiterals = 20;
constexpr std::size_t kLongestPiece = 200;

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

/// End of the string literal that starts at `at`, or npos when it is not closed.
std::size_t literal_end(std::string_view source, std::size_t at) {
  for (std::size_t i = at + 1; i < source.size(); ++i) {
    if (source[i] == '\\')
      ++i;
    else if (source[i] == source[at])
      return i;
    else if (source[i] == '\n')
      return source.npos;
  }
  return source.npos;
}

/// Length of the longest common subsequence; O(mn) time, O(n) memory, on numbered pieces.
std::size_t common_length(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::unordered_map<std::string_view, std::uint32_t> numbers;
  const auto number = [&](const std::vector<std::string>& pieces) {
    std::vector<std::uint32_t> out;
    for (const auto& piece : pieces)
      out.push_back(numbers.emplace(piece, static_cast<std::uint32_t>(numbers.size())).first->second);
    return out;
  };
  const auto x = number(a), y = number(b);
  std::vector<std::uint32_t> row(y.size() + 1, 0);
  for (const auto left : x) {
    std::uint32_t diagonal = 0;
    for (std::size_t j = 1; j <= y.size(); ++j) {
      const auto above = row[j];
      row[j] = left == y[j - 1] ? diagonal + 1 : std::max(above, row[j - 1]);
      diagonal = above;
    }
  }
  return row.back();
}

std::vector<std::string> literals_missing(const std::vector<std::string>& pieces,
                                          const std::vector<std::string>& other) {
  const std::set<std::string_view> known(other.begin(), other.end());
  std::set<std::string> out;
  for (const auto& piece : pieces)
    if (piece.size() > 3 && piece.front() == '"' && !known.contains(piece) && out.size() < kMostLiterals)
      out.insert(piece);
  return {out.begin(), out.end()};
}

}  // namespace

std::vector<std::string> template_pieces(std::string_view source, std::size_t most) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < source.size() && out.size() < most;) {
    if (source.substr(i).starts_with("{#")) {
      const auto end = source.find("#}", i);
      i = end == source.npos ? source.size() : end + 2;
    } else if (is_space(source[i])) {
      ++i;
    } else if (const auto end = source[i] == '"' || source[i] == '\'' ? literal_end(source, i) : source.npos;
               end != source.npos) {
      out.push_back('"' + std::string{source.substr(i + 1, std::min(end - i - 1, kLongestPiece))} + '"');
      i = end + 1;
    } else if (is_word(source[i])) {
      std::size_t stop = i;
      while (stop < source.size() && is_word(source[stop]) && stop - i < kLongestPiece) ++stop;
      out.emplace_back(source.substr(i, stop - i));
      i = stop;
    } else {
      const bool trim = source[i] == '-' && ((i >= 2 && source[i - 2] == '{') ||
                                             (i + 1 < source.size() && (source[i + 1] == '%' || source[i + 1] == '}')));
      if (!trim) out.emplace_back(1, source[i]);
      ++i;
    }
  }
  return out;
}

TemplateComparison compare_templates(std::string_view subject, std::string_view reference) {
  const auto a = template_pieces(subject), b = template_pieces(reference);
  TemplateComparison out;
  out.subject = a.size();
  out.reference = b.size();
  out.identical = a == b;
  out.common = out.identical ? a.size() : common_length(a, b);
  if (!a.empty() || !b.empty())
    out.similarity = 2.0 * static_cast<double>(out.common) / static_cast<double>(a.size() + b.size());
  out.only_subject = literals_missing(a, b);
  out.only_reference = literals_missing(b, a);
  return out;
}

}  // namespace pedigree::tokenizer
