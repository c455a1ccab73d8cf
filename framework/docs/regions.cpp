// SPDX-License-Identifier: MIT
#include "framework/docs/regions.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace pedigree::docs {
namespace {

constexpr std::string_view kOpen = "<!--", kClose = "-->", kOurs = "pedigree:", kBlanks = " \t\r\n";
constexpr std::size_t kLongestName = 100, kMostProblems = 100, kExcerpt = 200;

struct Marker {
  bool begins = false;
  std::string name;
  std::size_t start = 0, stop = 0;  ///< of the whole comment
  int line = 0;
};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

/// The line around `at`, or what of a long one is near.
std::string line_at(std::string_view page, std::size_t at) {
  const auto from = at - std::min(at, kExcerpt);
  const auto before = page.substr(from, at - from).rfind('\n');
  const auto first = before == std::string_view::npos ? from : from + before + 1;
  const auto rest = page.substr(at, kExcerpt);
  return std::string{page.substr(first, at - first)} + std::string{rest.substr(0, rest.find('\n'))};
}

/// Code between fences of ``` or ~~~ (CommonMark 4.5): what looks like a marker there is an example.
class Fences {
 public:
  /// Takes the whole lines before `at`, from where the last call ended or `skip_to` led; true when `at` lies in code.
  bool cover(std::string_view page, std::size_t at) {
    while (at_ < at) {
      const auto end = page.find('\n', at_);
      line(page.substr(at_, end == std::string_view::npos ? end : end - at_));
      at_ = end == std::string_view::npos ? page.size() : end + 1;
    }
    return sign_ != 0;
  }
  /// Lines that begin before `at` are no concern: they lie between markers.
  void skip_to(std::string_view page, std::size_t at) {
    const auto end = page.find('\n', at);
    at_ = std::max(at_, end == std::string_view::npos ? page.size() : end + 1);
  }

 private:
  void line(std::string_view text) {
    const auto indent = text.find_first_not_of(' ');
    if (indent == std::string_view::npos || indent > 3) return;
    const char sign = text[indent];
    if (sign != '`' && sign != '~') return;
    const auto end = std::min(text.find_first_not_of(sign, indent), text.size()), length = end - indent;
    const auto rest = text.substr(end);
    if (sign_ == 0) {
      if (length < 3 || (sign == '`' && rest.find('`') != std::string_view::npos)) return;
      sign_ = sign;
      length_ = length;
    } else if (sign == sign_ && length >= length_ && trimmed(rest).empty()) {
      sign_ = 0;
    }
  }
  std::size_t at_ = 0, length_ = 0;
  char sign_ = 0;
};

class Reader {
 public:
  Reader(std::string_view page, const std::string& file, Diagnostics& problems)
      : page_(page), file_(file), problems_(problems) {}

  std::vector<Region> regions() {
    for (std::size_t at = page_.find(kOpen); at != std::string_view::npos; at = page_.find(kOpen, at)) {
      if (problems_.size() >= kMostProblems) return {};
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
    at = start + kOpen.size();
    const auto first = page_.find_first_not_of(kBlanks, at);
    if (first == std::string_view::npos || !page_.substr(first).starts_with(kOurs)) return std::nullopt;
    if (close_ != std::string_view::npos && close_ < at) close_ = page_.find(kClose, at);  // looked for once
    const auto close = close_;
    if (!open_ && is_example(start, close)) return std::nullopt;
    const auto inside =
        trimmed(page_.substr(at, close == std::string_view::npos ? std::string_view::npos : close - at));
    Marker marker{
        false, {}, start, close == std::string_view::npos ? page_.size() : close + kClose.size(), lines_before_ + 1};
    auto rest = inside.substr(kOurs.size());
    marker.begins = rest.starts_with("begin ");
    const bool known = marker.begins || rest.starts_with("end ");
    rest.remove_prefix(std::min(rest.size(), rest.find(' ')));
    const auto name = trimmed(rest);
    marker.name = name.substr(0, kLongestName);
    if (close == std::string_view::npos || !known || !is_name(name)) {
      tell(marker, "PED-D003", "this marker is not understood",
           "write <!-- pedigree:begin NAME --> or <!-- pedigree:end NAME -->");
      return std::nullopt;
    }
    at = marker.stop;
    return marker;
  }

  /// Shown as code, by fences or between backquotes, and so meant for people.
  bool is_example(std::size_t start, std::size_t close) {
    if (fences_.cover(page_, start)) return true;
    const auto after = close == std::string_view::npos ? close : close + kClose.size();
    return start > 0 && page_[start - 1] == '`' && after < page_.size() && page_[after] == '`';
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
    fences_.skip_to(page_, marker.stop);
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
  Fences fences_;
  std::size_t counted_ = 0, close_ = 0;
  int lines_before_ = 0;
};

}  // namespace

std::vector<Region> find_regions(std::string_view page, const std::string& file, Diagnostics& problems) {
  return Reader{page, file, problems}.regions();
}

std::string replace_regions(std::string_view page, const std::vector<Region>& regions,
                            const std::function<Fact(const std::string&)>& fact_of) {
  // A page with the line ends of Windows keeps them throughout: the same facts must be the same bytes there too.
  const auto first_end = page.find('\n');
  const bool carriage = first_end != std::string_view::npos && first_end > 0 && page[first_end - 1] == '\r';
  std::string out;
  std::size_t at = 0;
  for (const auto& region : regions) {
    out += page.substr(at, region.begin - at);
    const auto fact = fact_of(region.name);
    for (const char c : fact.block || region.block ? "\n" + fact.text + "\n" : fact.text) {
      if (c == '\n' && carriage && !out.ends_with('\r')) out += '\r';
      out += c;
    }
    at = region.end;
  }
  out += page.substr(at);
  return out;
}

}  // namespace pedigree::docs
