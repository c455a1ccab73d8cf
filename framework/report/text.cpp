// SPDX-License-Identifier: MIT
#include "framework/report/text.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <utility>

#include "framework/core/text.hpp"

namespace pedigree::report {
namespace {

constexpr const char* kEllipsis = "\xE2\x80\xA6";

/// Printable ASCII.
bool plain(char c) { return c >= 0x20 && c < 0x7F; }

/// One character and its place in the text; an ill-formed byte is one too, with a negative code.
struct Glyph {
  utf8proc_int32_t code = 0;
  std::string_view bytes;
  int width() const { return code < 0 ? 1 : std::max(0, utf8proc_charwidth(code)); }
};

Glyph first_of(std::string_view text) {
  Glyph glyph;
  const auto* data = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto size = utf8proc_iterate(data, static_cast<utf8proc_ssize_t>(text.size()), &glyph.code);
  glyph.bytes = text.substr(0, size > 0 ? static_cast<std::size_t>(size) : 1);
  return glyph;
}

std::vector<Glyph> glyphs(std::string_view text) {
  std::vector<Glyph> result;
  for (std::size_t at = 0; at < text.size(); at += result.back().bytes.size())
    result.push_back(first_of(text.substr(at)));
  return result;
}

bool invisible(utf8proc_int32_t code) {
  switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_CC:  // control characters, ESC among them
    case UTF8PROC_CATEGORY_CF:  // direction marks, zero-width characters
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return true;
    default:
      return code == 0x115F || code == 0x1160 || code == 0x3164 || code == 0xFFA0 || code == 0x034F;  // fillers
  }
}

std::string visible(utf8proc_int32_t code) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = code < 0x100 ? "\\x" : "\\u";
  int digits = code < 0x100 ? 2 : 4;
  while (digits < 8 && (static_cast<unsigned>(code) >> (4 * digits)) != 0) ++digits;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
    out += kDigits[(static_cast<unsigned>(code) >> shift) & 15u];
  return out;
}

const char* look_alike(utf8proc_int32_t code) {
  static constexpr std::array<std::pair<utf8proc_int32_t, const char*>, 14> kPlain{{{0x2026, "..."},
                                                                                    {0x2013, "-"},
                                                                                    {0x2014, "-"},
                                                                                    {0x2018, "'"},
                                                                                    {0x2019, "'"},
                                                                                    {0x201C, "\""},
                                                                                    {0x201D, "\""},
                                                                                    {0x00B7, "-"},
                                                                                    {0x00D7, "x"},
                                                                                    {0x2265, ">="},
                                                                                    {0x2264, "<="},
                                                                                    {0x2192, "->"},
                                                                                    {0x00B1, "+-"},
                                                                                    {0x00A0, " "}}};
  for (const auto& [known, plain] : kPlain)
    if (known == code) return plain;
  return "?";
}

}  // namespace

bool is_plain(std::string_view text) { return std::all_of(text.begin(), text.end(), plain); }

std::string harmless(std::string_view text) {
  if (is_plain(text)) return std::string(text);  // nearly all text is
  const std::string valid = to_utf8(text);
  std::string out;
  out.reserve(valid.size());
  for (std::size_t at = 0; at < valid.size();) {
    if (plain(valid[at])) {
      out += valid[at++];
      continue;
    }
    const auto glyph = first_of(std::string_view{valid}.substr(at));
    at += glyph.bytes.size();
    if (glyph.code == '\n' || glyph.code == '\r' || glyph.code == '\t')
      out += ' ';
    else if (invisible(glyph.code))
      out += visible(glyph.code);
    else
      out += glyph.bytes;
  }
  return out;
}

std::string to_ascii(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const auto& glyph : glyphs(text)) {
    if (glyph.bytes.size() == 1)
      out += glyph.bytes;
    else
      out += look_alike(glyph.code);
  }
  return out;
}

int display_width(std::string_view text) {
  int width = 0;
  bool in_colour = false;  // between ESC [ and m
  for (const auto& glyph : glyphs(text)) {
    if (glyph.code == 0x1B) in_colour = true;
    if (!in_colour) width += glyph.width();
    if (glyph.code == 'm') in_colour = false;
  }
  return width;
}

std::string clip(std::string_view text, int width, bool middle) {
  if (display_width(text) <= width) return std::string(text);
  if (width <= 0) return {};
  const auto all = glyphs(text);
  const int tail_width = middle ? (width - 1) / 2 : 0;
  std::string tail;
  int used = 0;
  for (auto glyph = all.rbegin(); glyph != all.rend() && used + glyph->width() <= tail_width; ++glyph) {
    tail.insert(0, glyph->bytes);
    used += glyph->width();
  }
  std::string head;
  for (const auto& glyph : all) {
    if (used + glyph.width() > width - 1) break;
    head += glyph.bytes;
    used += glyph.width();
  }
  return head + kEllipsis + tail;
}

std::string pad(std::string_view text, int width) {
  const int missing = std::max(0, width - display_width(text));
  return std::string(text) + std::string(static_cast<std::size_t>(missing), ' ');
}

std::string pad_left(std::string_view text, int width) {
  const int missing = std::max(0, width - display_width(text));
  return std::string(static_cast<std::size_t>(missing), ' ') + std::string(text);
}

std::vector<std::string> wrap(std::string_view text, int width) {
  width = std::max(width, 4);
  std::vector<std::string> lines(1);
  int used = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    const int size = display_width(word);
    if (used > 0 && used + 1 + size > width) {
      lines.emplace_back();
      used = 0;
    }
    if (used > 0) {
      lines.back() += ' ';
      ++used;
    }
    for (const auto& glyph : glyphs(word)) {
      if (used + glyph.width() > width) {
        lines.emplace_back();
        used = 0;
      }
      lines.back() += glyph.bytes;
      used += glyph.width();
    }
  }
  return lines;
}

}  // namespace pedigree::report
