// SPDX-License-Identifier: MIT
#include "framework/report/html/paged_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <nlohmann/json.hpp>

#include "framework/report/html/markup.hpp"
#include "framework/report/html/pictures/album.hpp"
#include "framework/report/messages.hpp"
#include "framework/report/text.hpp"

namespace pedigree::report::html {
namespace {

using nlohmann::json;

constexpr std::size_t kFirstRows = 100;  // what a reader without script sees; the page's script shows as many at once
constexpr std::size_t kMostChoices = 60;

std::string harmless_lines(const std::string& text) {
  std::string out;
  for (std::size_t from = 0; from <= text.size();) {
    const auto end = std::min(text.find('\n', from), text.size());
    if (from > 0) out += '\n';
    out += harmless(std::string_view{text}.substr(from, end - from));
    from = end + 1;
  }
  return out;
}

void append_number(std::string& out, std::size_t value) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

}  // namespace

PagedTable::PagedTable(std::string id, std::vector<PagedColumn> columns)
    : id_(std::move(id)), columns_(std::move(columns)), chosen_(columns_.size()) {}

std::size_t PagedTable::intern(const std::string& value, bool lines) {
  std::string safe;
  if (!is_plain(value)) safe = lines ? harmless_lines(value) : harmless(value);
  const std::string& text = safe.empty() ? value : safe;
  const auto found = places_.find(text);
  if (found != places_.end()) return found->second;
  strings_.push_back(text);
  places_.emplace(strings_.back(), strings_.size() - 1);
  return strings_.size() - 1;
}

/// True when the cell is one of those written as HTML too.
bool PagedTable::begin_cell() {
  const bool early = rows_ < kFirstRows;
  if (column_ == 0) {
    json_ += rows_ == 0 ? "[" : ",\n[";
    if (early) first_.emplace_back();
  } else {
    json_ += ',';
  }
  return early && !columns_[column_].more;
}

void PagedTable::end_cell() {
  if (++column_ < columns_.size()) return;
  json_ += ']';
  column_ = 0;
  ++rows_;
}

PagedTable& PagedTable::text(const std::string& value) {
  const auto& column = columns_[column_];
  const auto place = intern(value, column.block);
  const bool shown = begin_cell();
  append_number(json_, place);
  if (column.choice && !value.empty()) {
    auto& seen = chosen_[column_];
    if (seen.size() <= kMostChoices && std::find(seen.begin(), seen.end(), place) == seen.end()) seen.push_back(place);
  }
  if (shown) first_.back().push_back(strings_[place]);
  end_cell();
  return *this;
}

PagedTable& PagedTable::number(std::optional<double> value) {
  const auto digits = columns_[column_].digits;
  const bool known = value && std::isfinite(*value);
  const auto told = known ? cell(*value) : std::string{};
  const bool shown = begin_cell();
  json_ += known ? told : "null";
  if (shown) first_.back().push_back(known && digits >= 0 ? fixed(*value, digits) : told);
  end_cell();
  return *this;
}

std::string PagedTable::first_rows() const {
  std::string out = "<thead><tr>";
  for (std::size_t c = 0; c < columns_.size(); ++c)
    if (!columns_[c].more)
      out += std::string{"<th scope=\"col\""} + (columns_[c].number ? " class=\"n\"" : "") +
             "><button type=\"button\" data-column=\"" + std::to_string(c) + "\">" + escape(columns_[c].label) +
             "</button></th>";
  out += "</tr></thead><tbody>";
  for (const auto& row : first_) {
    out += "<tr>";
    std::size_t shown = 0;
    for (const auto& column : columns_) {
      if (column.more) continue;
      out += std::string{"<td"} + (column.number ? " class=\"n\"" : "") + " data-label=\"" + escape(column.label) +
             "\">" + escape(row[shown++]) + "</td>";
    }
    out += "</tr>";
  }
  return out + "</tbody>";
}

std::string PagedTable::tools(const PagedWords& words) const {
  std::string out = "<div class=\"tools\"><div><label for=\"" + id_ + "-filter\">" + escape(words.filter) +
                    "</label><input id=\"" + id_ + "-filter\" type=\"search\" autocomplete=\"off\"></div>";
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const auto& values = chosen_[c];
    if (!columns_[c].choice || values.size() < 2 || values.size() > kMostChoices) continue;
    const auto id = id_ + "-choice-" + std::to_string(c);
    out += "<div><label for=\"" + id + "\">" + escape(columns_[c].label) + "</label><select id=\"" + id +
           "\" data-column=\"" + std::to_string(c) + "\"><option value=\"\">" + escape(words.all) + "</option>";
    for (const auto place : values)
      out += "<option value=\"" + std::to_string(place) + "\">" + escape(strings_[place]) + "</option>";
    out += "</select></div>";
  }
  return out + "</div>";
}

/// JSON as it may stand in a script element.
std::string PagedTable::data(const PagedWords& words) const {
  std::string head = "{\"columns\":[";
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const auto& column = columns_[c];
    json entry{{"label", column.label}, {"kind", column.number ? "number" : "text"}};
    if (column.digits >= 0) entry["digits"] = column.digits;
    if (column.searched) entry["searched"] = true;
    if (column.opens) entry["opens"] = true;
    if (column.more) entry["more"] = true;
    if (column.block) entry["block"] = true;
    if (!column.link.empty()) entry["link"] = column.link;
    head += (c == 0 ? "" : ",") + entry.dump();
  }
  head += "],\"words\":" + json{{"rows", words.rows}, {"page", words.page}}.dump();
  auto out = in_script(head) + ",\"strings\":[";
  std::size_t size = json_.size() + 16;
  for (const auto& text : strings_) size += text.size() + 4;
  out.reserve(out.size() + size);
  for (std::size_t i = 0; i < strings_.size(); ++i) {
    if (i > 0) out += ",\n";
    append_quoted(out, strings_[i]);
  }
  return out + "],\"rows\":[" + json_ + "]}";
}

std::string PagedTable::html(const PagedWords& words) const {
  return "<section class=\"paged\" id=\"" + id_ + "-table\" aria-label=\"" + escape(words.caption) + "\">" +
         tools(words) + "<div class=\"scroll\"><table class=\"stack\">" + first_rows() +
         "</table></div><div class=\"pager\"><button type=\"button\" class=\"back\">" + escape(words.back) +
         "</button><span role=\"status\"></span><button type=\"button\" class=\"on\">" + escape(words.on) +
         "</button></div><script type=\"application/json\">" + data(words) + "</script></section>\n";
}

}  // namespace pedigree::report::html
