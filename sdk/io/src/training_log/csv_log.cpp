// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cctype>
#include <string>

#include "log_fields.hpp"
#include "readers.hpp"

namespace pedigree::io::training_log {
namespace {

/// Splits one CSV line (RFC 4180 quoting, no line breaks inside fields), at most 512 fields.
std::vector<std::string> split(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size() && fields.size() <= 512; ++i) {
    const char c = line[i];
    if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += '"';
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else if (c != '\r') {
      fields.back() += c;
    }
  }
  return fields;
}

/// "my-run - train/loss" (a W&B chart) means "train/loss"; its __MIN and __MAX columns are left out.
std::string column_name(std::string text) {
  if (text.ends_with("__MIN") || text.ends_with("__MAX")) return {};
  if (const auto dash = text.rfind(" - "); dash != std::string::npos) text.erase(0, dash + 3);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// The number in a field, with or without quotes around it.
std::optional<double> number_in(std::string_view field) {
  while (!field.empty() && (field.front() == '"' || field.front() == ' ')) field.remove_prefix(1);
  return take_number(field);
}

/// Walks the fields of one line without a copy. Quotes only hide commas: no number needs more.
template <class Use>
void each_field(std::string_view line, std::size_t most, Use use) {
  std::size_t start = 0, column = 0;
  bool quoted = false;
  for (std::size_t i = 0; i <= line.size() && column < most; ++i) {
    if (i < line.size() && line[i] == '"') quoted = !quoted;
    if (i < line.size() && (line[i] != ',' || quoted)) continue;
    use(column++, line.substr(start, i - start));
    start = i + 1;
  }
}

}  // namespace

bool looks_like_csv(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  const auto fields = split(head.substr(0, std::min(head.find('\n'), std::size_t{8192})));
  if (fields.size() < 2) return false;
  bool loss = false;
  for (const auto& field : fields) {
    const auto name = column_name(field);
    std::string_view rest{name};
    if (take_number(rest) && rest.empty()) return false;
    LogPoint point;
    std::uint64_t ignored = 0;
    if (set_field(name, 1.0, point, ignored)) loss |= has_measurement(point);
  }
  return loss;
}

void read_csv_log(Feed& feed, TrainingLog& log) {
  LineFeed lines{feed};
  std::string_view line;
  if (!lines.next(line)) return;
  if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  std::vector<const FieldName*> columns;
  for (const auto& field : split(line)) columns.push_back(find_field(column_name(field)));
  PointKeeper keeper{log};
  while (lines.next(line)) {
    if (line.empty()) continue;
    ++log.lines;
    LogPoint point;
    each_field(line, columns.size(), [&](std::size_t column, std::string_view field) {
      if (columns[column] == nullptr) return;
      if (const auto value = number_in(field)) set_field(*columns[column], *value, point, log.not_finite);
    });
    if (has_measurement(point)) keeper.add(point);
  }
}

}  // namespace pedigree::io::training_log
