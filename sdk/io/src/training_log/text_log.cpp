// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string>

#include "flat_objects.hpp"
#include "log_fields.hpp"
#include "readers.hpp"

namespace pedigree::io::training_log {
namespace {

constexpr std::size_t kLineCap = 1 << 20;    // longer lines are cut: one line of 1 GB is not a log line
constexpr std::size_t kParsedPrefix = 4096;  // measurements sit at the front of a line
constexpr std::size_t kMaximumRemarks = 40;

bool word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '/' || c == '-';
}

/// The line without ANSI escapes and backspaces, in lower case except inside numbers.
void plain_lower(std::string_view line, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < line.size() && out.size() < kParsedPrefix; ++i) {
    const char c = line[i];
    if (c == '\x1b' && i + 1 < line.size() && line[i + 1] == '[') {
      i += 2;
      while (i < line.size() && !(line[i] >= '@' && line[i] <= '~')) ++i;
    } else if (c != '\b') {
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
}

/// The number after a name: spaces, one of : = |, quotes. Units K/M/B were lowered with the line.
std::optional<double> value_after(std::string_view rest) {
  std::size_t at = 0;
  while (at < rest.size() && (rest[at] == ' ' || rest[at] == '"' || rest[at] == '\'')) ++at;
  if (at < rest.size() && (rest[at] == ':' || rest[at] == '=')) ++at;
  while (at < rest.size() && (rest[at] == ' ' || rest[at] == '"' || rest[at] == '\'')) ++at;
  rest.remove_prefix(at);
  auto number = take_number(rest);
  if (!number || rest.empty()) return number;
  const char next = rest.size() > 1 ? rest[1] : ' ';
  const bool alone = std::isalnum(static_cast<unsigned char>(next)) == 0;
  if (alone && rest[0] == 'k') *number *= 1e3;
  if (alone && rest[0] == 'm') *number *= 1e6;
  if (alone && rest[0] == 'b') *number *= 1e9;
  return number;
}

/// Finds every known name in the line, longest names first, and never reads the same text twice.
void read_cells(std::string& line, LogPoint& point, std::uint64_t& not_finite) {
  for (const auto& name : text_names()) {
    for (std::size_t at = line.find(name.text); at != std::string::npos; at = line.find(name.text, at + 1)) {
      const std::size_t end = at + name.text.size();
      if ((at > 0 && word_character(line[at - 1])) || (end < line.size() && word_character(line[end]))) continue;
      const auto value = value_after(std::string_view{line}.substr(end));
      if (!value) continue;
      set_field(name.field, *value, point, not_finite);
      std::fill(line.begin() + static_cast<std::ptrdiff_t>(at), line.begin() + static_cast<std::ptrdiff_t>(end), '#');
      break;
    }
  }
}

/// Keras: "  17/3091 ... 61ms/step - accuracy: 0.06 - loss: 8.49". The step is within the epoch.
std::optional<double> keras_step(std::string_view line) {
  const auto unit = line.find("/step - ");
  if (unit == std::string_view::npos) return std::nullopt;
  while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  auto rest = line;
  const auto step = take_number(rest);
  return step && rest.starts_with("/") ? step : std::nullopt;
}

struct Phrase {
  std::string_view text, kind;
};
constexpr std::array kPhrases{
    Phrase{"teacher", "teacher"},
    Phrase{"student", "teacher"},
    Phrase{"distill", "teacher"},
    Phrase{"loading checkpoint", "resume"},
    Phrase{"resuming from", "resume"},
    Phrase{"resume from", "resume"},
    Phrase{"loaded checkpoint", "resume"},
    Phrase{"initializing from", "warm-start"},
    Phrase{"initialize from", "warm-start"},
    Phrase{"from_pretrained", "warm-start"},
    Phrase{"pretrained model", "warm-start"},
    Phrase{"base_model", "warm-start"},
    Phrase{"fine-tun", "warm-start"},
    Phrase{"finetun", "warm-start"},
    Phrase{"prun", "warm-start"},
    Phrase{"from scratch", "scratch"},
    Phrase{"random initiali", "scratch"},
};

void note_phrases(std::string_view line, const std::string& lowered, TrainingLog& log) {
  if (log.remarks.size() >= kMaximumRemarks) return;
  for (const auto& phrase : kPhrases) {
    if (lowered.find(phrase.text) == std::string::npos) continue;
    std::string clean;
    for (char c : line.substr(0, 200))
      if (static_cast<unsigned char>(c) >= 0x20 && c != '\x7f') clean += c;
    log.remarks.push_back({log.lines, std::string{phrase.kind}, std::move(clean)});
    return;
  }
}

/// "Vocabulary size: 8,000 words", "vocab_size = 50304", "Total parameters: 2,896,704".
void note_facts(const std::string& lowered, TrainingLog& log) {
  const auto fact = [&](std::string_view name, std::optional<double>& out) {
    if (out) return;
    const auto at = lowered.find(name);
    if (at != std::string::npos) out = value_after(std::string_view{lowered}.substr(at + name.size()));
  };
  for (const std::string_view name : {"vocabulary size", "vocab_size", "vocab size", "padded vocab"})
    fact(name, log.vocabulary_size);
  for (const std::string_view name : {"total parameters", "total params", "number of parameters", "num parameters"})
    fact(name, log.parameters);
}

}  // namespace

void read_text_log(std::string_view bytes, const RE2* pattern, TrainingLog& log) {
  // The whole match and two groups: step and loss, or the loss alone.
  std::array<re2::StringPiece, 3> match;
  const int groups = pattern == nullptr ? 0 : std::min(pattern->NumberOfCapturingGroups(), 2) + 1;
  PointKeeper keeper{log.points};
  std::string lowered, cells;
  double epoch_base = 0, last_keras = 0;
  while (!bytes.empty()) {
    const auto end = bytes.find_first_of("\r\n");
    const auto whole = bytes.substr(0, end);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    if (whole.empty()) continue;
    ++log.lines;
    const auto line = whole.substr(0, kLineCap);
    plain_lower(line, lowered);
    LogPoint point;
    if (pattern != nullptr) {
      const auto head = line.substr(0, kParsedPrefix);
      if (!pattern->Match({head.data(), head.size()}, 0, head.size(), RE2::UNANCHORED, match.data(), groups)) continue;
      const auto number = [&](int group) {
        const auto& found = match[static_cast<std::size_t>(group)];
        std::string_view rest{found.data(), found.size()};
        return take_number(rest);
      };
      if (groups > 2) point.step = number(1);
      if (const auto loss = number(groups - 1)) set_field("loss", *loss, point, log.not_finite);
    } else if (const auto brace = line.find('{');
               brace != std::string_view::npos && line.find("loss", brace) != std::string_view::npos) {
      each_flat_object(line.substr(brace, kParsedPrefix), [&](const FlatObject& object) {
        for (const auto& [name, value] : object.numbers) set_field(name, value, point, log.not_finite);
      });
    } else if (lowered.find("loss") != std::string::npos || lowered.find("trl") != std::string::npos ||
               lowered.find("tel:") != std::string::npos) {
      cells = lowered;
      read_cells(cells, point, log.not_finite);
      if (const auto step = keras_step(lowered)) {
        if (*step < last_keras) epoch_base += last_keras;
        last_keras = *step;
        point.step = epoch_base + *step;
        log.running_mean = true;
      }
    }
    if (has_measurement(point))
      keeper.add(point);
    else {
      note_phrases(line, lowered, log);
      note_facts(lowered, log);
    }
  }
}

}  // namespace pedigree::io::training_log
