// SPDX-License-Identifier: MIT
#include <string>

#include "flat_objects.hpp"
#include "log_fields.hpp"
#include "readers.hpp"

namespace pedigree::io::training_log {
namespace {

/// "0:00:24" or "1 day, 2:03:04": LLaMA-Factory's elapsed_time, in seconds.
std::optional<double> seconds_of(std::string_view text) {
  double days = 0;
  if (const auto day = text.find("day"); day != std::string_view::npos) {
    auto head = text;
    days = take_number(head).value_or(0);
    const auto comma = text.find(", ");
    if (comma == std::string_view::npos) return days * 86400;
    text.remove_prefix(comma + 2);
  }
  double total = 0;
  int parts = 0;
  while (!text.empty() && parts < 3) {
    const auto part = take_number(text);
    if (!part) return std::nullopt;
    total = total * 60 + *part;
    ++parts;
    if (!text.empty() && text.front() == ':')
      text.remove_prefix(1);
    else
      break;
  }
  return parts >= 2 ? std::optional{total + days * 86400} : std::nullopt;
}

void lower(std::string_view text, std::string& out) {
  out.clear();
  for (const char c : text) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

}  // namespace

void read_json_log(Feed& feed, TrainingLog& log) {
  PointKeeper keeper{log};
  std::string lowered;
  FlatObjects objects{[&](const FlatObject& object) {
    ++log.lines;
    LogPoint point;
    for (const auto& [name, value] : object.numbers) {
      // The closing row of a Trainer repeats the mean loss of the whole run under train_loss.
      if (name == "train_runtime" || name == "train/train_runtime") return true;
      lower(name, lowered);
      set_field(lowered, value, point, log.not_finite);
    }
    for (const auto& [name, value] : object.texts)
      if (name == "elapsed_time") point.wall_seconds = seconds_of(value);
    if (!has_measurement(point)) return false;
    keeper.add(point);
    return true;
  }};
  do {
    const auto done = objects.read(feed.ahead(), feed.at_end());
    feed.consume(done);
  } while (feed.more() || !feed.ahead().empty());
  if (objects.open()) log.truncated = true;
  if (objects.broken() > 0)
    log.notices.push_back(std::to_string(objects.broken()) + " lines broke off inside a string and were left out");
}

}  // namespace pedigree::io::training_log
