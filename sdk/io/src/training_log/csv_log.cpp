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

std::string_view take_line(std::string_view& bytes) {
  const auto end = bytes.find('\n');
  const auto line = bytes.substr(0, std::min(end, bytes.size()));
  bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
  return line;
}

}  // namespace

bool looks_like_csv(std::string_view bytes) {
  auto head = bytes.substr(0, 8192);
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  const auto fields = split(take_line(head));
  if (fields.size() < 2) return false;
  LogPoint probe;
  std::uint64_t ignored = 0;
  bool loss = false;
  for (const auto& field : fields) {
    const auto name = column_name(field);
    std::string_view rest{name};
    if (take_number(rest) && rest.empty()) return false;
    LogPoint point;
    if (set_field(name, 1.0, point, ignored)) loss |= has_measurement(point);
  }
  return loss;
}

void read_csv_log(std::string_view bytes, TrainingLog& log) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  std::vector<std::string> names;
  for (const auto& field : split(take_line(bytes))) names.push_back(column_name(field));
  PointKeeper keeper{log.points};
  while (!bytes.empty()) {
    const auto line = take_line(bytes);
    if (line.empty()) continue;
    ++log.lines;
    const auto fields = split(line.substr(0, 1 << 20));
    LogPoint point;
    for (std::size_t i = 0; i < std::min(fields.size(), names.size()); ++i) {
      std::string_view rest{fields[i]};
      const auto value = take_number(rest);
      if (value && !names[i].empty()) set_field(names[i], *value, point, log.not_finite);
    }
    if (has_measurement(point)) keeper.add(point);
  }
}

}  // namespace pedigree::io::training_log
