// SPDX-License-Identifier: MIT
#include "plugins/tokenizer/model/scripts.hpp"

#include <algorithm>
#include <optional>

namespace pedigree::tokenizer {
namespace {

struct Range {
  char32_t first, last;
  Script script;
};
// Unicode blocks of the writing systems named here; letters elsewhere are kOtherLetters.
constexpr Range kRanges[] = {
    {0x0041, 0x005A, Script::kLatin},        {0x0061, 0x007A, Script::kLatin},
    {0x00AA, 0x00AA, Script::kLatin},        {0x00BA, 0x00BA, Script::kLatin},
    {0x00C0, 0x00D6, Script::kLatin},        {0x00D8, 0x00F6, Script::kLatin},
    {0x00F8, 0x024F, Script::kLatin},        {0x0250, 0x02AF, Script::kLatin},
    {0x1E00, 0x1EFF, Script::kLatin},        {0xFF21, 0xFF3A, Script::kLatin},
    {0xFF41, 0xFF5A, Script::kLatin},        {0x0370, 0x03FF, Script::kGreek},
    {0x1F00, 0x1FFF, Script::kGreek},        {0x0400, 0x052F, Script::kCyrillic},
    {0x0590, 0x05FF, Script::kHebrew},       {0x0600, 0x06FF, Script::kArabic},
    {0x0750, 0x077F, Script::kArabic},       {0xFB50, 0xFDFF, Script::kArabic},
    {0xFE70, 0xFEFE, Script::kArabic},       {0x0900, 0x0DFF, Script::kIndic},
    {0x0E00, 0x0E7F, Script::kThai},         {0x1100, 0x11FF, Script::kHangul},
    {0x3130, 0x318F, Script::kHangul},       {0xA960, 0xA97F, Script::kHangul},
    {0xAC00, 0xD7FF, Script::kHangul},       {0x3040, 0x30FF, Script::kKana},
    {0x31F0, 0x31FF, Script::kKana},         {0xFF66, 0xFF9D, Script::kKana},
    {0x3400, 0x4DBF, Script::kHan},          {0x4E00, 0x9FFF, Script::kHan},
    {0xF900, 0xFAFF, Script::kHan},          {0x20000, 0x3FFFF, Script::kHan},
    {0x0530, 0x058F, Script::kOtherLetters}, {0x0700, 0x074F, Script::kOtherLetters},
    {0x0E80, 0x10FF, Script::kOtherLetters}, {0x1200, 0x1DBF, Script::kOtherLetters},
    {0x2C00, 0x2DFF, Script::kOtherLetters}, {0xA000, 0xA95F, Script::kOtherLetters},
    {0xA980, 0xABFF, Script::kOtherLetters},
};

/// One character; nothing for bytes that are not UTF-8. `at` moves on.
std::optional<char32_t> decode(std::string_view bytes, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(bytes[at]);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length == 0 || at + length > bytes.size()) return std::nullopt;
  char32_t c = length == 1 ? lead : lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(bytes[at + i]);
    if ((next & 0xC0) != 0x80) return std::nullopt;
    c = (c << 6) | (next & 0x3F);
  }
  at += length;
  return c;
}

std::optional<Script> letter_script(char32_t c) {
  for (const auto& range : kRanges)
    if (c >= range.first && c <= range.last) return range.script;
  return std::nullopt;
}

bool is_space(char32_t c) { return c == ' ' || (c >= 9 && c <= 13) || c == 0xA0 || c == 0x3000; }

}  // namespace

std::string_view name_of(Script script) {
  constexpr std::string_view kNames[kScriptCount] = {
      "Latin", "Hangul", "Han",           "Kana",   "Cyrillic", "Greek",  "Arabic", "Hebrew",
      "Indic", "Thai",   "other letters", "digits", "symbols",  "spaces", "mixed",  "partial characters"};
  return kNames[static_cast<std::size_t>(script)];
}

Script script_of(std::string_view bytes) {
  std::optional<Script> letters;
  bool digits = false, symbols = false;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto c = decode(bytes, at);
    if (!c) return letters.value_or(Script::kBytes);
    if (is_space(*c)) continue;
    if (*c >= '0' && *c <= '9') {
      digits = true;
    } else if (const auto script = letter_script(*c)) {
      if (letters && *letters != *script) return Script::kMixed;
      letters = script;
    } else {
      symbols = true;
    }
  }
  if (letters) return *letters;
  return digits ? Script::kDigits : symbols ? Script::kSymbols : Script::kSpace;
}

bool is_digits(std::string_view bytes) {
  if (bytes.starts_with(' ')) bytes.remove_prefix(1);
  return !bytes.empty() && std::all_of(bytes.begin(), bytes.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::size_t VocabularyProfile::median_length() const {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < lengths.size(); ++i)
    if ((seen += lengths[i]) * 2 >= ordinary) return i + 1;
  return lengths.size();
}

VocabularyProfile profile_of(const io::Tokenizer& tokenizer) {
  VocabularyProfile out;
  std::size_t total = 0;
  for (std::size_t i = 0; i < tokenizer.size(); ++i) {
    if (tokenizer.kind(i) != io::TokenKind::kOrdinary || tokenizer.bytes(i).empty()) continue;
    const auto bytes = tokenizer.bytes(i);
    ++out.ordinary;
    ++out.scripts[static_cast<std::size_t>(script_of(bytes))];
    ++out.lengths[std::min(bytes.size(), kLengthRows) - 1];
    out.with_leading_space += static_cast<std::size_t>(bytes.size() > 1 && bytes.front() == ' ');
    out.longest = std::max(out.longest, bytes.size());
    total += bytes.size();
  }
  if (out.ordinary > 0) out.mean_length = static_cast<double>(total) / static_cast<double>(out.ordinary);
  return out;
}

}  // namespace pedigree::tokenizer
