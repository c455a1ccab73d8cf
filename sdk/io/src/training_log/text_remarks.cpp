// SPDX-License-Identifier: MIT
#include "text_remarks.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "text_cells.hpp"

namespace pedigree::io::training_log {
namespace {

constexpr std::size_t kMaximumRemarks = 40;

struct Phrase {
  std::string_view text, kind;
};
constexpr std::array kPhrases{
    Phrase{"teacher", "teacher"},
    Phrase{"student", "teacher"},
    Phrase{"distill", "teacher"},
    Phrase{"loading checkpoint", "resume"},
    Phrase{"resuming from", "resume"},
    Phrase{"resuming training", "resume"},
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
constexpr std::array<std::string_view, 4> kVocabulary{"padded_vocab_size", "vocabulary size", "vocab_size",
                                                      "vocab size"};
constexpr std::array<std::string_view, 4> kParameters{"total parameters", "total params", "number of parameters",
                                                      "num parameters"};

bool letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; }

/// "finetune ........ False", "pretrained model: None", "no fine-tuning": a printed setting that is off says the
/// opposite of its name. Megatron-LM prints all of its settings, most of them off.
bool denied(std::string_view lowered, std::size_t begin, std::size_t end) {
  constexpr std::array<std::string_view, 7> kOff{"false", "none", "null", "no", "0", "off", "disabled"};
  constexpr std::array<std::string_view, 4> kNot{"no", "not", "without", "never"};
  auto before = lowered.substr(0, begin);
  while (!before.empty() && before.back() == ' ') before.remove_suffix(1);
  auto start = before.size();
  while (start > 0 && letter(before[start - 1])) --start;
  if (std::find(kNot.begin(), kNot.end(), before.substr(start)) != kNot.end()) return true;
  auto rest = lowered.substr(end);
  while (!rest.empty() && letter(rest.front())) rest.remove_prefix(1);
  bool separated = false;
  while (!rest.empty() && std::string_view{" .:=\t'\""}.find(rest.front()) != std::string_view::npos) {
    separated |= rest.front() != ' ' && rest.front() != '\t';
    rest.remove_prefix(1);
  }
  std::size_t length = 0;
  while (length < rest.size() && letter(rest[length])) ++length;
  return separated && std::find(kOff.begin(), kOff.end(), rest.substr(0, length)) != kOff.end();
}

/// A trainer that prints its own source has said nothing about this run.
bool is_code(std::string_view lowered) {
  constexpr std::array<std::string_view, 12> kBegins{"#",       "def ", "class ", "import ", "if ",     "elif ",
                                                     "return ", "@",    "for ",   "raise ",  "assert ", "parser."};
  while (!lowered.empty() && (lowered.front() == ' ' || lowered.front() == '\t')) lowered.remove_prefix(1);
  return std::any_of(kBegins.begin(), kBegins.end(), [&](auto begin) { return lowered.starts_with(begin); });
}

void note_phrase(std::string_view line, std::string_view lowered, TrainingLog& log) {
  if (log.remarks.size() >= kMaximumRemarks || is_code(lowered)) return;
  for (const auto& phrase : kPhrases) {
    const auto at = lowered.find(phrase.text);
    if (at == std::string_view::npos || denied(lowered, at, at + phrase.text.size())) continue;
    // Old checkpoints are pruned in every run.
    if (phrase.text == "prun" && lowered.find("checkpoint") != std::string_view::npos) continue;
    std::string clean;
    for (char c : line.substr(0, 200))
      if (static_cast<unsigned char>(c) >= 0x20 && c != '\x7f') clean += c;
    log.remarks.push_back({log.lines, std::string{phrase.kind}, std::move(clean)});
    return;
  }
}

template <std::size_t N>
void note_fact(std::string_view lowered, const std::array<std::string_view, N>& names, std::optional<double>& out) {
  for (const auto name : names) {
    if (out) return;
    const auto at = lowered.find(name);
    if (at == std::string_view::npos) continue;
    auto rest = lowered.substr(at + name.size());
    // Megatron-LM: "padded_vocab_size ............ 50304"
    if (const auto dots = rest.find_first_not_of(" ."); dots != std::string_view::npos && dots > 4)
      rest.remove_prefix(dots);
    const auto value = value_after(rest);
    if (value && std::isfinite(*value) && *value > 0) out = value;
  }
}

}  // namespace

std::vector<std::string_view> remark_words() {
  std::vector<std::string_view> words;
  for (const auto& phrase : kPhrases) words.push_back(phrase.text);
  words.insert(words.end(), kVocabulary.begin(), kVocabulary.end());
  words.insert(words.end(), kParameters.begin(), kParameters.end());
  return words;
}

void note_line(std::string_view line, std::string_view lowered, TrainingLog& log) {
  note_phrase(line, lowered, log);
  note_fact(lowered, kVocabulary, log.vocabulary_size);
  note_fact(lowered, kParameters, log.parameters);
}

}  // namespace pedigree::io::training_log
