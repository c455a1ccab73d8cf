// SPDX-License-Identifier: MIT
#include "text_cells.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "log_fields.hpp"

namespace pedigree::io::training_log {
namespace {

constexpr std::size_t kMaximumCells = 64;

constexpr std::array<bool, 256> word_table() {
  std::array<bool, 256> table{};
  for (int c = 0; c < 256; ++c)
    table[static_cast<std::size_t>(c)] =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '/' || c == '-';
  return table;
}
constexpr auto kWordCharacters = word_table();

bool word_character(char c) { return kWordCharacters[static_cast<unsigned char>(c)]; }

bool filler(char c) { return c == ' ' || c == '\t' || c == '"' || c == '\''; }

struct Cell {
  const FieldName* name;
  double value;
};

/// The longest known name that begins at `at`, ends a word there and has a number behind it.
std::optional<Cell> cell_at(std::string_view line, std::size_t at) {
  for (const auto* name : names_beginning_with(line[at])) {
    if (!line.substr(at).starts_with(name->name)) continue;
    const auto end = at + name->name.size();
    if (end < line.size() && word_character(line[end])) continue;
    if (const auto value = value_after(line.substr(end))) return Cell{name, *value};
  }
  return std::nullopt;
}

}  // namespace

void plain_lower(std::string_view line, std::string& out) {
  out.resize(std::min(line.size(), kParsedPrefix));
  std::size_t size = 0;
  for (std::size_t i = 0; i < line.size() && size < out.size(); ++i) {
    const char c = line[i];
    if (c == '\x1b' && i + 1 < line.size() && line[i + 1] == '[') {
      i += 2;
      while (i < line.size() && !(line[i] >= '@' && line[i] <= '~')) ++i;
    } else if (c != '\b') {
      out[size++] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
  }
  out.resize(size);
}

std::optional<double> value_after(std::string_view rest) {
  std::size_t at = 0;
  while (at < rest.size() && filler(rest[at])) ++at;
  if (at < rest.size() && (rest[at] == ':' || rest[at] == '=')) ++at;
  while (at < rest.size() && filler(rest[at])) ++at;
  rest.remove_prefix(at);
  auto number = take_number(rest);
  if (!number || rest.empty()) return number;
  const char next = rest.size() > 1 ? rest[1] : ' ';
  const bool alone = std::isalnum(static_cast<unsigned char>(next)) == 0;
  if (alone && rest[0] == 'k') *number *= 1e3;
  if (alone && rest[0] == 'm') *number *= 1e6;
  if (alone && rest[0] == 'b') *number *= 1e9;
  return number;
}

void read_cells(std::string_view line, LogPoint& point, std::uint64_t& not_finite) {
  std::array<Cell, kMaximumCells> cells{};
  std::size_t count = 0;
  for (std::size_t at = 0; at < line.size() && count < kMaximumCells;) {
    const bool begins = at == 0 || !word_character(line[at - 1]);
    if (const auto cell = begins ? cell_at(line, at) : std::nullopt) {
      cells[count++] = *cell;
      at += cell->name->name.size();
    } else {
      ++at;
    }
  }
  std::stable_sort(cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(count),
                   [](const Cell& a, const Cell& b) { return a.name->name.size() > b.name->name.size(); });
  for (std::size_t i = 0; i < count; ++i) set_field(*cells[i].name, cells[i].value, point, not_finite);
}

}  // namespace pedigree::io::training_log
