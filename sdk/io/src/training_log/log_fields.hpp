// SPDX-License-Identifier: MIT
// The names trainers give to the same quantity, in one table.
#pragma once

#include <optional>
#include <string_view>

#include "pedigree/io/training_log.hpp"

namespace pedigree::io::training_log {

/// Sets the field that `name` means (lower case, "train/loss" or "learning rate"); false when the
/// name is not in the table. Numbers that are not finite are counted, not stored.
bool set_field(std::string_view name, double value, LogPoint& point, std::uint64_t& not_finite);

/// True when the point says anything worth keeping.
bool has_measurement(const LogPoint& point);

/// Keeps points within TrainingLog::kMaximumPoints by thinning what lies after the first thousand.
class PointKeeper {
 public:
  explicit PointKeeper(std::vector<LogPoint>& points) : points_(points) {}
  void add(const LogPoint& point);

 private:
  static constexpr std::size_t kWhole = 1000;
  std::vector<LogPoint>& points_;
  std::size_t stride_ = 1, skipped_ = 0;
};

/// Every spelling of a field's name that text logs use, longest first.
struct TextName {
  std::string_view text;
  std::string_view field;
};
const std::vector<TextName>& text_names();

/// A number at the start of `text`: sign, digits, fraction, exponent, "nan", "inf", thousands commas
/// in groups of three, and a K/M/B/T suffix (nanotron). Advances `text` past it.
std::optional<double> take_number(std::string_view& text);

}  // namespace pedigree::io::training_log
