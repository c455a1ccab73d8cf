// SPDX-License-Identifier: MIT
#include "framework/report/page.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "framework/report/text.hpp"

namespace pedigree::report {
namespace {

constexpr int kGap = 2;            ///< between columns
constexpr int kReadingWidth = 96;  ///< prose is not set wider than this

/// 256-colour codes near the Okabe-Ito palette.
const char* code_of(Tone tone) {
  switch (tone) {
    case Tone::strong:
      return "\x1b[1m";
    case Tone::faint:
      return "\x1b[38;5;245m";
    case Tone::good:
      return "\x1b[1;38;5;32m";
    case Tone::open:
      return "\x1b[1;38;5;214m";
    case Tone::bad:
      return "\x1b[1;38;5;166m";
    case Tone::plain:
      break;
  }
  return "";
}

int total_of(const std::vector<int>& widths) {
  return std::accumulate(widths.begin(), widths.end(), 0) + kGap * static_cast<int>(widths.size() - 1);
}

/// Narrows the widest column that is wider than its least width; false when there is none.
bool narrow_one(const std::vector<Column>& columns, std::vector<int>& widths, bool keep_least) {
  std::size_t widest = widths.size();
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const bool may_shrink = widths[i] > (keep_least ? columns[i].least : 4);
    if (may_shrink && (widest == widths.size() || widths[i] > widths[widest])) widest = i;
  }
  if (widest == widths.size()) return false;
  --widths[widest];
  return true;
}

/// Widths that fit into `room`; on a very narrow page least widths give way too.
std::vector<int> fit(const std::vector<Column>& columns, std::vector<int> widths, int room) {
  while (total_of(widths) > room && narrow_one(columns, widths, true)) continue;
  while (total_of(widths) > room && narrow_one(columns, widths, false)) continue;
  return widths;
}

std::string trimmed(std::string text) {
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

}  // namespace

Page::Page(const TextStyle& style) : style_(style), width_(std::clamp(style.width, 40, 400)) {}

void Page::put(std::string line) { out_ += (style_.unicode ? std::move(line) : to_ascii(line)) + "\n"; }

void Page::blank() { out_ += "\n"; }

void Page::line(std::string_view text, Tone tone, int indent) {
  put(std::string(static_cast<std::size_t>(indent), ' ') + paint(clip(text, width_ - indent), tone));
}

void Page::paragraph(std::string_view lead, std::string_view text, Tone tone, int indent) {
  const int hang = indent + display_width(lead);
  std::string before = std::string(static_cast<std::size_t>(indent), ' ') + std::string(lead);
  for (const auto& part : wrap(text, std::min(width_, kReadingWidth) - hang)) {
    put(before + paint(part, tone));
    before.assign(static_cast<std::size_t>(hang), ' ');
  }
}

void Page::heading(std::string_view title, std::string_view note) {
  blank();
  std::string line = paint(title, Tone::strong);
  if (!note.empty()) line += "  " + paint(clip(note, width_ - display_width(title) - 2), Tone::faint);
  put(line);
}

std::string Page::paint(std::string_view text, Tone tone) const {
  if (!style_.color || tone == Tone::plain || text.empty()) return std::string(text);
  return code_of(tone) + std::string(text) + "\x1b[0m";
}

std::string Page::bar(double share, int cells) const {
  const int filled = static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * cells));
  std::string out;
  for (int i = 0; i < cells; ++i) out += i < filled ? sign("\xE2\x96\x88", "#") : sign("\xE2\x96\x91", ".");
  return out;
}

std::string Page::ladder(int reached, int steps) const {
  std::string out;
  for (int i = 0; i < steps; ++i) {
    if (i > 0) out += ' ';
    out += i < reached ? sign("\xE2\x96\xA0", "[x]") : sign("\xE2\x96\xA1", "[ ]");
  }
  return out;
}

void Page::table(const std::vector<Column>& all_columns, const std::vector<std::vector<Cell>>& rows, int indent) {
  std::vector<Column> columns;
  std::vector<std::size_t> from;
  for (std::size_t i = 0; i < all_columns.size(); ++i) {
    if (width_ < all_columns[i].drop) continue;
    columns.push_back(all_columns[i]);
    from.push_back(i);
  }
  std::vector<int> widths;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    int widest = display_width(columns[i].title);
    for (const auto& row : rows) widest = std::max(widest, display_width(row.at(from[i]).text));
    widths.push_back(widest);
  }
  widths = fit(columns, std::move(widths), width_ - indent);
  const auto set = [&](const auto& cell_of, Tone over) {
    std::string line(static_cast<std::size_t>(indent), ' ');
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const Cell cell = cell_of(i);
      const std::string text = clip(cell.text, widths[i], columns[i].middle);
      const bool last = i + 1 == columns.size();
      const std::string cut = columns[i].right ? pad_left(text, widths[i]) : last ? text : pad(text, widths[i]);
      line += paint(cut, over == Tone::plain ? cell.tone : over) + (last ? "" : std::string(kGap, ' '));
    }
    put(trimmed(line));
  };
  set([&](std::size_t i) { return Cell{columns[i].title, Tone::faint}; }, Tone::faint);
  for (const auto& row : rows) set([&](std::size_t i) { return row.at(from[i]); }, Tone::plain);
}

}  // namespace pedigree::report
