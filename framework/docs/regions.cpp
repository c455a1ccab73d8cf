// SPDX-License-Identifier: MIT
#include "framework/docs/regions.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace pedigree::docs {
namespace {

constexpr std::string_view kOpen = "<!--", kClose = "-->", kOurs = "pedigree:";

struct Marker {
  bool begins = false;
  std::string name;
  std::size_t start = 0, stop = 0;  ///< of the whole comment
  int line = 0;
};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

std::string line_at(std::string_view page, std::size_t at) {
  const auto start = page.rfind('\n', at == 0 ? 0 : at - 1);
  const auto first = start == std::string_view::npos || at == 0 ? 0 : start + 1;
  return std::string{page.substr(first, std::min(page.find('\n', at), page.size()) - first)};
}

class Reader {
 public:
  Reader(std::string_view page, const std::string& file, Diagnostics& problems)
      : page_(page), file_(file), problems_(problems) {}

  std::vector<Region> regions() {
    for (std::size_t at = page_.find(kOpen); at != std::string_view::npos; at = page_.find(kOpen, at)) {
      const auto marker = read_marker(at);
      if (!marker) continue;
      marker->begins ? begin(*marker) : end(*marker);
    }
    if (open_)
      tell(*open_, "PED-D001", "the end of '" + open_->name + "' is missing",
           "close it: <!-- pedigree:end " + open_->name + " -->");
    return std::move(regions_);
  }

 private:
  /// Moves `at` behind the comment. Nothing when the comment is none of ours, or is told as wrong.
  std::optional<Marker> read_marker(std::size_t& at) {
    const auto start = at;
    lines_before_ += static_cast<int>(std::count(page_.begin() + static_cast<std::ptrdiff_t>(counted_),
                                                 page_.begin() + static_cast<std::ptrdiff_t>(start), '\n'));
    counted_ = start;
    const auto close = page_.find(kClose, start + kOpen.size());
    const auto inside = trimmed(page_.substr(
        start + kOpen.size(), close == std::string_view::npos ? std::string_view::npos : close - start - kOpen.size()));
    at = start + kOpen.size();
    if (!inside.starts_with(kOurs)) return std::nullopt;
    Marker marker{
        false, {}, start, close == std::string_view::npos ? page_.size() : close + kClose.size(), lines_before_ + 1};
    auto rest = inside.substr(kOurs.size());
    marker.begins = rest.starts_with("begin ");
    const bool known = marker.begins || rest.starts_with("end ");
    rest.remove_prefix(std::min(rest.size(), rest.find(' ')));
    marker.name = std::string{trimmed(rest)};
    if (close == std::string_view::npos || !known || !is_name(marker.name)) {
      tell(marker, "PED-D003", "this marker is not understood",
           "write <!-- pedigree:begin NAME --> or <!-- pedigree:end NAME -->");
      return std::nullopt;
    }
    at = marker.stop;
    return marker;
  }

  void begin(const Marker& marker) {
    if (open_)
      tell(*open_, "PED-D001", "the end of '" + open_->name + "' is missing",
           "close it before '" + marker.name + "' begins: <!-- pedigree:end " + open_->name + " -->");
    const auto [first, added] = seen_.emplace(marker.name, marker.line);
    if (!added)
      tell(marker, "PED-D002",
           "the marker '" + marker.name + "' stands twice, first in line " + std::to_string(first->second),
           "keep one of the two");
    open_ = marker;
  }

  void end(const Marker& marker) {
    if (!open_ || open_->name != marker.name) {
      const bool again = seen_.count(marker.name) != 0 && !open_;
      tell(marker, again ? "PED-D002" : "PED-D001",
           again ? "the end of '" + marker.name + "' stands twice" : "the begin of '" + marker.name + "' is missing",
           again ? "keep one of the two" : "open it: <!-- pedigree:begin " + marker.name + " -->");
      return;
    }
    const auto line_end = std::min(page_.find('\n', open_->stop), marker.start);
    const bool block = line_end < marker.start && trimmed(page_.substr(open_->stop, line_end - open_->stop)).empty();
    regions_.push_back({marker.name, open_->stop, marker.start, open_->line, block});
    open_.reset();
  }

  void tell(const Marker& marker, const char* code, std::string message, std::string hint) {
    Diagnostic problem;
    problem.code = code;
    problem.file = file_;
    problem.line = marker.line;
    problem.excerpt = line_at(page_, marker.start);
    problem.message = std::move(message);
    problem.suggestion = std::move(hint);
    problems_.push_back(std::move(problem));
  }

  std::string_view page_;
  const std::string& file_;
  Diagnostics& problems_;
  std::vector<Region> regions_;
  std::optional<Marker> open_;
  std::map<std::string, int> seen_;
  std::size_t counted_ = 0;
  int lines_before_ = 0;
};

}  // namespace

std::vector<Region> find_regions(std::string_view page, const std::string& file, Diagnostics& problems) {
  return Reader{page, file, problems}.regions();
}

std::string replace_regions(std::string_view page, const std::vector<Region>& regions,
                            const std::function<Fact(const std::string&)>& fact_of) {
  std::string out;
  std::size_t at = 0;
  for (const auto& region : regions) {
    out += page.substr(at, region.begin - at);
    const auto fact = fact_of(region.name);
    out += fact.block || region.block ? "\n" + fact.text + "\n" : fact.text;
    at = region.end;
  }
  out += page.substr(at);
  return out;
}

}  // namespace pedigree::docs
