// SPDX-License-Identifier: MIT
// A table of any length: the first rows as HTML, all rows as compact JSON that page.js sorts, filters and pages.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace pedigree::report::html {

struct PagedColumn {
  std::string label;
  bool number = false;
  int digits = -1;        ///< decimals shown; -1: as many as the number has
  bool searched = false;  ///< the filter looks here
  bool choice = false;    ///< a list to choose one value from
  bool opens = false;     ///< opens the row's further columns
  bool more = false;      ///< shown in the opened row only
  bool block = false;     ///< of several lines
  std::string link{};     ///< words of a link to the picture with this number
};

struct PagedWords {
  std::string caption, filter, all, rows, page, back, on;
};

class PagedTable {
 public:
  PagedTable(std::string id, std::vector<PagedColumn> columns);

  /// Cells in the order of the columns. Text is made harmless here; equal texts are kept once.
  PagedTable& text(const std::string& value);
  PagedTable& number(std::optional<double> value);
  std::size_t rows() const { return rows_; }
  std::string html(const PagedWords& words) const;

 private:
  std::size_t intern(const std::string& value, bool lines);
  bool begin_cell();
  void end_cell();
  std::string first_rows() const;
  std::string tools(const PagedWords& words) const;
  std::string data(const PagedWords& words) const;

  std::string id_;
  std::vector<PagedColumn> columns_;
  std::size_t rows_ = 0, column_ = 0;
  std::deque<std::string> strings_;  ///< a deque: its elements stay where they are
  std::unordered_map<std::string_view, std::size_t> places_;
  std::vector<std::vector<std::size_t>> chosen_;  ///< per column: places of its values, in order of appearance
  std::string json_;                              ///< the rows
  std::vector<std::vector<std::string>> first_;   ///< cells of the first rows
};

}  // namespace pedigree::report::html
