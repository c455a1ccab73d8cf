// SPDX-License-Identifier: MIT
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "answer_files.hpp"
#include "answer_json.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::io::responses {
namespace {

constexpr std::size_t kDeepest = 16;  // containers inside each other that are too large to be parsed whole

JsonLimits row_limits(const Walk& walk) {
  JsonLimits limits = config_json_limits();
  limits.bytes = walk.row;
  return limits;
}

/// A document that is small enough to be parsed whole may be one row or many.
JsonLimits document_limits(const Walk& walk) {
  JsonLimits limits = row_limits(walk);
  limits.values = std::max(limits.values, walk.row / 2);
  return limits;
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Walks a document value by value, each within the window.
class DocumentReader {
 public:
  DocumentReader(Feed& feed, const Walk& walk, AnswerSet& set) : feed_(feed), walk_(walk), set_(set) {}

  std::optional<Error> read() {
    while (!error_ && load(1)) {
      const char c = feed_.ahead().front();
      if (c == '{' || c == '[') {
        if (!has_room(set_)) {
          set_.cut_short = true;
          return std::nullopt;
        }
        value();
      } else if (c == '}' || c == ']') {
        close(c);
      } else if (c == '"') {
        pass_string();
      } else {
        // Between values, or a number or word where only rows are of interest.
        if (open_.empty() && !is_space(c)) return fail("text outside of every list and object");
        feed_.consume(1);
      }
    }
    if (!error_ && !feed_.error() && !open_.empty()) return fail("the file ends inside a list or object");
    return error_;
  }

 private:
  bool load(std::size_t count) {
    while (feed_.ahead().size() < count && feed_.more()) {
    }
    return feed_.ahead().size() >= count;
  }

  Error fail(std::string message) const {
    return {"JSON_SYNTAX", set_.name, "byte " + std::to_string(feed_.position()), std::move(message),
            "write the file again, or give one JSON object per line"};
  }

  /// Where the value ahead ends; nothing when it is larger than a row or the file ends first.
  std::optional<std::size_t> end_of_value() {
    std::size_t at = 0, depth = 0;
    bool quoted = false;
    while (at < walk_.row) {
      if (at == feed_.ahead().size() && !feed_.more()) return std::nullopt;
      const auto text = feed_.ahead();
      for (; at < text.size() && at < walk_.row; ++at) {
        const char c = text[at];
        if (quoted) {
          if (c == '\\')
            ++at;  // whatever is escaped is no end; past the window's end the next round goes on behind it
          else if (c == '"')
            quoted = false;
        } else if (c == '"') {
          quoted = true;
        } else if (c == '{' || c == '[') {
          ++depth;
        } else if ((c == '}' || c == ']') && --depth == 0) {
          return at + 1;
        }
      }
      if (at > text.size()) {
        while (feed_.ahead().size() < at && feed_.more()) {
        }
        if (feed_.ahead().size() < at) return std::nullopt;
      }
    }
    return std::nullopt;
  }

  void value() {
    const auto end = end_of_value();
    if (end) {
      const auto parsed = parse_json(feed_.ahead().substr(0, *end), document_limits(walk_), set_.name);
      if (!parsed.ok()) {
        error_ = parsed.error();
        if (!open_.empty()) error_->place = "in the value at byte " + std::to_string(feed_.position());
        return;
      }
      collect_answers(*parsed, set_);
      feed_.consume(*end);
    } else if (feed_.ahead().size() < walk_.row) {
      // The file ends inside it: parsing says what is missing, and where.
      const auto parsed = parse_json(feed_.ahead(), document_limits(walk_), set_.name);
      error_ = parsed.ok() ? fail("the file ends inside a list or object") : parsed.error();
    } else if (open_.size() >= kDeepest) {
      error_ = fail("values of more than " + std::to_string(walk_.row) + " bytes inside each other, " +
                    std::to_string(kDeepest) + " deep");
    } else {
      open_.push_back(feed_.ahead().front());
      feed_.consume(1);
    }
  }

  void close(char c) {
    if (open_.empty() || open_.back() != (c == '}' ? '{' : '[')) {
      error_ = fail(std::string{"a '"} + c + "' that closes nothing");
      return;
    }
    open_.pop_back();
    feed_.consume(1);
  }

  /// The name of a member, or a text that is no row: of any length.
  void pass_string() {
    feed_.consume(1);
    while (load(1)) {
      const auto text = feed_.ahead();
      const auto at = text.find_first_of("\"\\");
      if (at == std::string_view::npos) {
        feed_.consume(text.size());
        continue;
      }
      const bool escape = text[at] == '\\';
      feed_.consume(at + 1);
      if (!escape) return;
      if (load(1)) feed_.consume(1);
    }
    error_ = fail("the file ends inside a text");
  }

  Feed& feed_;
  const Walk& walk_;
  AnswerSet& set_;
  std::vector<char> open_;  ///< brackets of the containers that were entered
  std::optional<Error> error_;
};

}  // namespace

void read_json_lines(Feed& feed, const Walk& walk, AnswerSet& set) {
  LineFeed lines{feed, walk.row + 1};  // a longer line is cut, and then no row
  for (std::string_view line; lines.next(line);) {
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (!has_room(set)) {
      set.cut_short = true;
      return;
    }
    const auto before = set.answers.size();
    if (const auto row = parse_json(line, row_limits(walk), set.name); row.ok()) collect_answers(*row, set);
    if (set.answers.size() == before) ++set.rows_skipped;
  }
}

std::optional<Error> read_json_document(Feed& feed, const Walk& walk, AnswerSet& set) {
  return DocumentReader{feed, walk, set}.read();
}

}  // namespace pedigree::io::responses
