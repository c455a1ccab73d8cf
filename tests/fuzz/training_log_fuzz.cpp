// SPDX-License-Identifier: MIT
// LINK: pedigree_io
// Logs of every kind, decided by content: an error with a code, or finite numbers within the limits.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "pedigree/io/training_log.hpp"

namespace {

void check(const std::optional<double>& value) {
  if (value && !std::isfinite(*value)) std::abort();
}

void check(const pedigree::io::Result<pedigree::io::TrainingLog>& log) {
  if (!log.ok()) {
    if (log.error().code.empty() || log.error().text().empty()) std::abort();
    return;
  }
  if (log->points.size() > pedigree::io::TrainingLog::kMaximumPoints + 1000) std::abort();
  for (const auto& p : log->points)
    for (const auto& v : {p.step, p.tokens, p.samples, p.loss, p.eval_loss, p.cross_entropy, p.distillation,
                          p.learning_rate, p.grad_norm, p.tokens_per_second, p.wall_seconds, p.epoch})
      check(v);
  check(log->vocabulary_size);
  check(log->parameters);
  for (const auto& remark : log->remarks)
    for (const char c : remark.text)
      if (static_cast<unsigned char>(c) < 0x20 || c == '\x7f') std::abort();  // no escape reaches a terminal
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  check(pedigree::io::read_training_log("fuzz.log", bytes));
  // The first line as a pattern over the rest.
  if (const auto line = bytes.find('\n'); line != std::string_view::npos && line > 0 && line < 64)
    check(pedigree::io::read_training_log("fuzz.log", bytes.substr(line + 1), bytes.substr(0, line)));
  return 0;
}
