// SPDX-License-Identifier: MIT
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "answer_files.hpp"
#include "answer_json.hpp"

namespace pedigree::io::responses {
namespace {

constexpr std::size_t kFieldCap = std::size_t{1} << 20, kMostFields = 256;

/// Records one by one; fields may hold line breaks. A field over 1 MiB is cut, a record over `cap` bytes loses its end.
class Records {
 public:
  Records(Feed& feed, std::size_t cap) : feed_(feed), cap_(cap) {}

  /// False at the end of the file. An empty line gives one empty field.
  bool next(std::vector<std::string>& fields) {
    fields.assign(1, {});
    bool quoted = false, any = false;
    std::size_t size = 0;
    while (!feed_.ahead().empty() || feed_.more()) {
      any = true;
      const auto text = feed_.ahead();
      std::size_t i = 0;
      for (; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"' && quoted) {
          if (i + 1 == text.size() && !feed_.at_end()) break;  // whether it is doubled is seen in the next piece
          if (i + 1 < text.size() && text[i + 1] == '"') {
            add('"', fields.back(), size);
            ++i;
          } else {
            quoted = false;
          }
        } else if (c == '"') {
          quoted = true;
        } else if (c == ',' && !quoted && fields.size() < kMostFields) {
          fields.emplace_back();
        } else if (c == '\n' && !quoted) {
          feed_.consume(i + 1);
          return true;
        } else if (c != '\r' || quoted) {
          add(c, fields.back(), size);
        }
      }
      feed_.consume(i);
      if (i < text.size() && !feed_.more()) return true;  // a file that cannot be read on
    }
    return any;
  }

 private:
  void add(char c, std::string& field, std::size_t& size) const {
    if (field.size() >= kFieldCap || size >= cap_) return;
    field += c;
    ++size;
  }

  Feed& feed_;
  std::size_t cap_;
};

template <std::size_t N>
int column(const std::vector<std::string>& header, const std::array<std::string_view, N>& names) {
  for (const auto name : names)
    for (std::size_t i = 0; i < header.size(); ++i)
      if (header[i] == name) return static_cast<int>(i);
  return -1;
}

constexpr std::array<std::string_view, 6> kAnswerColumns{"completion", "response",   "output",
                                                         "answer",     "generation", "text"};
constexpr std::array<std::string_view, 4> kPromptColumns{"prompt", "instruction", "question", "input"};
constexpr std::array<std::string_view, 3> kIdColumns{"prompt_id", "id", "index"};

}  // namespace

bool read_csv(Feed& feed, const Walk& walk, AnswerSet& set) {
  Records records{feed, walk.row};
  std::vector<std::string> fields;
  records.next(fields);
  const int answer = column(fields, kAnswerColumns), prompt = column(fields, kPromptColumns),
            id = column(fields, kIdColumns);
  if (answer < 0 || (prompt < 0 && id < 0)) return false;
  set.format = "csv";
  const auto field = [&](int index) {
    return index >= 0 && static_cast<std::size_t>(index) < fields.size()
               ? clean_text(fields[static_cast<std::size_t>(index)])
               : std::string{};
  };
  while (records.next(fields)) {
    if (fields.size() == 1 && fields.front().empty()) continue;
    if (!has_room(set)) {
      set.cut_short = true;
      break;
    }
    Answer a;
    a.prompt_id = field(id);
    a.prompt = field(prompt);
    a.text = field(answer);
    if (a.text.find_first_not_of(" \t\r\n\v\f") == std::string::npos) a.state = AnswerState::empty;
    keep(std::move(a), set);
  }
  return true;
}

}  // namespace pedigree::io::responses
