// SPDX-License-Identifier: MIT
// The names trainers give to the same quantity, in one table.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "pedigree/io/training_log.hpp"

namespace pedigree::io::training_log {

/// One spelling (lower case) of the name of a quantity.
struct FieldName {
  std::string_view name;
  std::optional<double> LogPoint::*field;
  double scale = 1.0;  ///< to the unit of LogPoint
};

/// What `name` means, e.g. "train/loss" or "learning rate"; null when the table does not know it.
const FieldName* find_field(std::string_view name);

/// The first value of a field stays. Numbers that are not finite are counted, not stored.
void set_field(const FieldName& name, double value, LogPoint& point, std::uint64_t& not_finite);
/// The same by name; false when the name is not in the table.
bool set_field(std::string_view name, double value, LogPoint& point, std::uint64_t& not_finite);

/// True when the point says anything worth keeping.
bool has_measurement(const LogPoint& point);

/// Keeps points within TrainingLog::kMaximumPoints by thinning what lies after the first thousand: of rows with a
/// training loss and of rows without one, each by itself, every k-th stays.
class PointKeeper {
 public:
  explicit PointKeeper(TrainingLog& log) : log_(log) {}
  void add(const LogPoint& point);

 private:
  static constexpr std::size_t kWhole = 1000;
  static std::size_t kind(const LogPoint& p) { return p.loss || p.cross_entropy || p.distillation ? 0 : 1; }

  TrainingLog& log_;
  std::array<std::size_t, 2> skipped_{};
};

/// Every spelling of a field's name that begins with `first`, longest first.
const std::vector<const FieldName*>& names_beginning_with(char first);

/// A number at the start of `text`: sign, digits, fraction, exponent, "nan", "inf", thousands commas
/// in groups of three, and a K/M/B/T suffix (nanotron). Advances `text` past it.
std::optional<double> take_number(std::string_view& text);

}  // namespace pedigree::io::training_log
