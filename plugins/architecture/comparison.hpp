// SPDX-License-Identifier: MIT
// Key-by-key comparison of one component of two models.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "pedigree/io/config.hpp"

namespace pedigree::architecture {

enum class Mark {
  equal,
  different,
  unknown,      ///< one side does not say, and its class has no known default
  both_absent,  ///< neither side says; equal only when the classes are the same
};
std::string_view to_string(Mark mark);

/// One key of the table that reports draw.
struct Row {
  std::string key;
  std::string subject, reference;  ///< values as text, "" when unknown
  std::string subject_path, reference_path;
  std::string subject_origin, reference_origin;
  Mark mark = Mark::unknown;
};

/// A comparison of several keys.
struct Table {
  std::vector<Row> rows;
  bool same_class = false;  ///< equal model_type

  int equal() const;       ///< rows with Mark::equal
  int comparable() const;  ///< rows that are equal or different
  nlohmann::json to_json() const;
};

/// Compares the named facts. A fact that both sides lack counts as equal only under the same
/// model_type, because then the class gives both the same default.
Table compare(const io::ComponentConfig& subject, const io::ComponentConfig& reference,
              std::span<const std::string_view> keys);

/// The five core keys of a component: of a decoder those of spec.md 2, of an encoder its width,
/// layers, heads, feed-forward width and patch size.
std::span<const std::string_view> core_keys(std::string_view component);
/// The further keys of a component.
std::span<const std::string_view> further_keys(std::string_view component);

/// The row "routed + shared experts" of the source study's table.
Row experts_row(const io::ComponentConfig& subject, const io::ComponentConfig& reference);

}  // namespace pedigree::architecture
