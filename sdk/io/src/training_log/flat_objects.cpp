// SPDX-License-Identifier: MIT
#include "flat_objects.hpp"

#include <algorithm>

#include "log_fields.hpp"

namespace pedigree::io::training_log {
namespace {

constexpr std::size_t kMaximumMembers = 256, kMaximumKey = 256, kMaximumObject = std::size_t{256} << 10;
constexpr std::size_t kDepth = 32;

enum class Ended { closed, broken, cut };

/// Reads a quoted string that starts at text[at]; `at` ends past the closing quote.
Ended take_string(std::string_view text, std::size_t& at, std::string_view& out) {
  const char quote = text[at++];
  const auto start = at;
  while (at < text.size() && text[at] != quote && text[at] != '\n') at += text[at] == '\\' ? 2 : 1;
  if (at >= text.size()) return Ended::cut;
  out = text.substr(start, std::min(at - start, kMaximumKey));
  if (text[at] == '\n') return Ended::broken;
  ++at;
  return Ended::closed;
}

void skip_space(std::string_view text, std::size_t& at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t')) ++at;
}

/// The number at text[at], if there is one; `at` ends past it.
std::optional<double> number_at(std::string_view text, std::size_t& at) {
  std::string_view rest = text.substr(at, 64);
  const auto before = rest.size();
  const auto number = take_number(rest);
  if (number) at += before - rest.size();
  return number;
}

}  // namespace

void FlatObjects::close() {
  if (deeper_ > 0) {
    --deeper_;
    return;
  }
  if (frames_.empty()) return;
  const bool taken = frames_.back().alive && use_(frames_.back().values);
  frames_.pop_back();
  if (taken)
    for (auto& outer : frames_) outer.alive = false;
}

/// Ends a piece at `at` (nothing before it is needed for itself). Objects that began in this piece come again from
/// their start; those that cannot, because something inside them was taken or they are too long, are given up.
std::size_t FlatObjects::leave(std::size_t at, std::size_t size) {
  std::size_t keep = 0;
  while (keep < frames_.size() && (!frames_[keep].alive || size - frames_[keep].start > kMaximumObject)) {
    frames_[keep].alive = false;
    frames_[keep].values = {};
    ++keep;
  }
  if (keep == frames_.size()) return at;
  at = frames_[keep].start;
  frames_.resize(keep);
  deeper_ = 0;
  return at;
}

std::size_t FlatObjects::read(std::string_view text, bool last) {
  std::string_view key, value;
  std::size_t at = 0;
  const auto done = [&](std::size_t start) {
    if (!last) start = leave(text.size() - start > kMaximumObject ? text.size() : start, text.size());
    if (start > 0) line_start_ = text[start - 1] == '\n';
    return last ? text.size() : start;
  };
  const auto broken = [&] {
    ++broken_;
    if (!frames_.empty()) frames_.pop_back();
  };
  while (at < text.size()) {
    const char c = text[at];
    const bool inside = !frames_.empty() && deeper_ == 0;
    if (c == '{') {
      // An object at the very beginning of a line is a row of its own, whatever the row before has left open.
      if ((at == 0 ? line_start_ : text[at - 1] == '\n') && !frames_.empty()) {
        frames_.clear();
        deeper_ = 0;
      }
      if (frames_.size() < kDepth) {
        frames_.emplace_back();
        frames_.back().start = at;
      } else {
        ++deeper_;
      }
      ++at;
    } else if (c == '}') {
      close();
      ++at;
    } else if (c == '"' || (c == '\'' && inside)) {
      const auto start = at;
      const auto ended = take_string(text, at, key);
      if (ended == Ended::cut) return done(start);
      if (ended == Ended::broken) {
        broken();
        continue;
      }
      if (!inside || !frames_.back().alive) continue;
      skip_space(text, at);
      if (at >= text.size() || text[at] != ':') continue;
      ++at;
      skip_space(text, at);
      if (at >= text.size()) return done(start);
      auto& values = frames_.back().values;
      if (values.numbers.size() + values.texts.size() >= kMaximumMembers) continue;
      if (text[at] == '"' || text[at] == '\'') {
        const auto result = take_string(text, at, value);
        if (result == Ended::cut) return done(start);
        if (result == Ended::broken)
          broken();
        else
          values.texts.emplace_back(key, value);
      } else if (const auto number = number_at(text, at)) {
        values.numbers.emplace_back(key, *number);
      }
    } else {
      ++at;
    }
  }
  return done(text.size());
}

bool each_flat_object(std::string_view text, const FlatObjects::Use& use) {
  FlatObjects objects{use};
  objects.read(text, true);
  return !objects.open();
}

}  // namespace pedigree::io::training_log
