// SPDX-License-Identifier: MIT
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

}  // namespace

void read_json_log(std::string_view bytes, TrainingLog& log) {
  PointKeeper keeper{log.points};
  bool row_of_totals = false;
  const bool whole = each_flat_object(bytes, [&](const FlatObject& object) {
    ++log.lines;
    LogPoint point;
    row_of_totals = false;
    for (const auto& [name, value] : object.numbers) {
      // The closing row of a Trainer repeats the mean loss of the whole run under train_loss.
      row_of_totals |= name == "train_runtime" || name == "train/train_runtime";
      set_field(name, value, point, log.not_finite);
    }
    for (const auto& [name, value] : object.texts)
      if (name == "elapsed_time") point.wall_seconds = seconds_of(value);
    if (!row_of_totals && has_measurement(point)) keeper.add(point);
  });
  if (!whole) log.truncated = true;
}

}  // namespace pedigree::io::training_log
