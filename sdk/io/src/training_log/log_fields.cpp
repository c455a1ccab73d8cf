// SPDX-License-Identifier: MIT
#include "log_fields.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <unordered_map>

namespace pedigree::io::training_log {
namespace {

// Names as trainers print them: Hugging Face, TRL, Megatron-LM, GPT-NeoX, NeMo, nanotron, nanoGPT, llm.c,
// modded-nanogpt, torchtitan, OLMo, OLMo-core, Composer, MaxText, DeepSpeed, LLaMA-Factory, Lightning, Weights &
// Biases, Keras, torchtune.
constexpr std::array kNames{
    FieldName{"step", &LogPoint::step},
    FieldName{"steps", &LogPoint::step},
    FieldName{"_step", &LogPoint::step},
    FieldName{"s", &LogPoint::step},
    FieldName{"it", &LogPoint::step},
    FieldName{"iter", &LogPoint::step},
    FieldName{"iteration", &LogPoint::step},
    FieldName{"global_step", &LogPoint::step},
    FieldName{"global step", &LogPoint::step},
    FieldName{"current_steps", &LogPoint::step},
    FieldName{"train/global_step", &LogPoint::step},
    FieldName{"trainer/global_step", &LogPoint::step},
    FieldName{"time/batch", &LogPoint::step},
    FieldName{"tokens", &LogPoint::tokens},
    FieldName{"num_tokens", &LogPoint::tokens},
    FieldName{"total_tokens", &LogPoint::tokens},
    FieldName{"consumed_tokens", &LogPoint::tokens},
    FieldName{"consumed tokens", &LogPoint::tokens},
    FieldName{"tokens_seen", &LogPoint::tokens},
    FieldName{"num_input_tokens_seen", &LogPoint::tokens},
    FieldName{"throughput/total_tokens", &LogPoint::tokens},
    FieldName{"throughput/total tokens", &LogPoint::tokens},
    FieldName{"time/token", &LogPoint::tokens},
    FieldName{"consumed samples", &LogPoint::samples},
    FieldName{"consumed_samples", &LogPoint::samples},
    FieldName{"time/sample", &LogPoint::samples},
    FieldName{"loss", &LogPoint::loss},
    FieldName{"trl", &LogPoint::loss},
    FieldName{"lm loss", &LogPoint::loss},
    FieldName{"lm_loss", &LogPoint::loss},
    FieldName{"train loss", &LogPoint::loss},
    FieldName{"train_loss", &LogPoint::loss},
    FieldName{"train/loss", &LogPoint::loss},
    FieldName{"loss/train", &LogPoint::loss},
    FieldName{"training loss", &LogPoint::loss},
    FieldName{"training_loss", &LogPoint::loss},
    FieldName{"lm-loss-training/lm loss", &LogPoint::loss},
    FieldName{"reduced_train_loss", &LogPoint::loss},
    FieldName{"metrics/train/loss", &LogPoint::loss},
    FieldName{"loss/train/total", &LogPoint::loss},
    FieldName{"loss_step", &LogPoint::loss},
    FieldName{"train_loss_step", &LogPoint::loss},
    FieldName{"train/loss_step", &LogPoint::loss},
    FieldName{"train/ce loss", &LogPoint::loss},
    FieldName{"train/crossentropyloss", &LogPoint::loss},
    FieldName{"train/cross_entropy_loss", &LogPoint::loss},
    FieldName{"loss_metrics/global_avg_loss", &LogPoint::loss},
    FieldName{"learning/loss", &LogPoint::loss},
    FieldName{"tel", &LogPoint::eval_loss},
    FieldName{"val loss", &LogPoint::eval_loss},
    FieldName{"val_loss", &LogPoint::eval_loss},
    FieldName{"val/loss", &LogPoint::eval_loss},
    FieldName{"eval_loss", &LogPoint::eval_loss},
    FieldName{"eval/loss", &LogPoint::eval_loss},
    FieldName{"loss/eval", &LogPoint::eval_loss},
    FieldName{"validation loss", &LogPoint::eval_loss},
    FieldName{"validation_loss", &LogPoint::eval_loss},
    FieldName{"lm loss value", &LogPoint::eval_loss},
    FieldName{"lm loss validation/lm loss", &LogPoint::eval_loss},
    FieldName{"val_loss_epoch", &LogPoint::eval_loss},
    FieldName{"validation/loss", &LogPoint::eval_loss},
    FieldName{"validation_metrics/loss", &LogPoint::eval_loss},
    FieldName{"ce", &LogPoint::cross_entropy},
    FieldName{"ce_loss", &LogPoint::cross_entropy},
    FieldName{"hard_loss", &LogPoint::cross_entropy},
    FieldName{"kd", &LogPoint::distillation},
    FieldName{"kl", &LogPoint::distillation},
    FieldName{"kd_loss", &LogPoint::distillation},
    FieldName{"kl_loss", &LogPoint::distillation},
    FieldName{"soft_loss", &LogPoint::distillation},
    FieldName{"distill_loss", &LogPoint::distillation},
    FieldName{"distillation_loss", &LogPoint::distillation},
    FieldName{"lr", &LogPoint::learning_rate},
    FieldName{"learning rate", &LogPoint::learning_rate},
    FieldName{"learning_rate", &LogPoint::learning_rate},
    FieldName{"train/learning_rate", &LogPoint::learning_rate},
    FieldName{"train/lr", &LogPoint::learning_rate},
    FieldName{"learning-rate", &LogPoint::learning_rate},
    FieldName{"learning-rate/learning-rate", &LogPoint::learning_rate},
    FieldName{"optim/lr (group 0)", &LogPoint::learning_rate},
    FieldName{"optim/learning_rate_group0", &LogPoint::learning_rate},
    FieldName{"lr-adam", &LogPoint::learning_rate},
    FieldName{"lr-adamw", &LogPoint::learning_rate},
    FieldName{"lr-decoupledadamw/group0", &LogPoint::learning_rate},
    FieldName{"learning/current_learning_rate", &LogPoint::learning_rate},
    FieldName{"norm", &LogPoint::grad_norm},
    FieldName{"gnorm", &LogPoint::grad_norm},
    FieldName{"grad norm", &LogPoint::grad_norm},
    FieldName{"grad_norm", &LogPoint::grad_norm},
    FieldName{"train/grad_norm", &LogPoint::grad_norm},
    FieldName{"grad-norm", &LogPoint::grad_norm},
    FieldName{"grad-norm/grad-norm", &LogPoint::grad_norm},
    FieldName{"optim/total_grad_norm", &LogPoint::grad_norm},
    FieldName{"optim/total grad norm", &LogPoint::grad_norm},
    FieldName{"learning/grad_norm", &LogPoint::grad_norm},
    FieldName{"tok/s", &LogPoint::tokens_per_second},
    FieldName{"tokens_per_sec", &LogPoint::tokens_per_second},
    FieldName{"tokens_per_second", &LogPoint::tokens_per_second},
    FieldName{"tps", &LogPoint::tokens_per_second},
    FieldName{"tokens/s/device", &LogPoint::tokens_per_second},
    FieldName{"train_time", &LogPoint::wall_seconds, 1e-3},
    FieldName{"_runtime", &LogPoint::wall_seconds},
    FieldName{"wall_seconds", &LogPoint::wall_seconds},
    FieldName{"epoch", &LogPoint::epoch},
    FieldName{"train/epoch", &LogPoint::epoch},
};

bool digit(char c) { return c >= '0' && c <= '9'; }

/// "1,234,567": the digits with their commas removed, when they come in groups of three.
bool take_grouped(std::string_view& text, std::string& digits) {
  std::size_t lead = 0;
  while (lead < text.size() && digit(text[lead])) ++lead;
  if (lead == 0 || lead > 3 || lead + 3 >= text.size() || text[lead] != ',') return false;
  digits.assign(text.substr(0, lead));
  std::size_t at = lead;
  while (at + 3 < text.size() && text[at] == ',' && digit(text[at + 1]) && digit(text[at + 2]) && digit(text[at + 3])) {
    digits += text.substr(at + 1, 3);
    at += 4;
  }
  if (at == lead || (at < text.size() && digit(text[at]))) return false;
  text.remove_prefix(at);
  return true;
}

double suffix_scale(std::string_view& text) {
  if (text.empty()) return 1.0;
  const char next = text.size() > 1 ? text[1] : ' ';
  if ((next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') || digit(next)) return 1.0;
  const double scale = text[0] == 'K'                     ? 1e3
                       : text[0] == 'M'                   ? 1e6
                       : text[0] == 'B' || text[0] == 'G' ? 1e9
                       : text[0] == 'T'                   ? 1e12
                                                          : 1.0;
  if (scale != 1.0) text.remove_prefix(1);
  return scale;
}

}  // namespace

const FieldName* find_field(std::string_view name) {
  static const std::unordered_map<std::string_view, const FieldName*> known = [] {
    std::unordered_map<std::string_view, const FieldName*> all;
    for (const auto& entry : kNames) all.emplace(entry.name, &entry);
    return all;
  }();
  const auto found = known.find(name);
  return found == known.end() ? nullptr : found->second;
}

void set_field(const FieldName& name, double value, LogPoint& point, std::uint64_t& not_finite) {
  if (!std::isfinite(value * name.scale)) {
    if (name.field == &LogPoint::loss) ++not_finite;
    return;
  }
  if (!(point.*name.field)) point.*name.field = value * name.scale;
}

bool set_field(std::string_view name, double value, LogPoint& point, std::uint64_t& not_finite) {
  const auto* found = find_field(name);
  if (found != nullptr) set_field(*found, value, point, not_finite);
  return found != nullptr;
}

bool has_measurement(const LogPoint& p) { return p.loss || p.eval_loss || p.cross_entropy || p.distillation; }

void PointKeeper::add(const LogPoint& point) {
  auto& points = log_.points;
  auto& skipped = skipped_[kind(point)];
  if (points.size() < kWhole || ++skipped >= log_.kept_every) {
    points.push_back(point);
    skipped = 0;
  }
  if (points.size() < TrainingLog::kMaximumPoints) return;
  // Every second of each kind goes, so that a log of any length costs bounded memory and keeps its shape.
  std::array<bool, 2> keep{true, true};
  std::size_t write = kWhole;
  for (std::size_t read = kWhole; read < points.size(); ++read) {
    auto& stays = keep[kind(points[read])];
    if (stays) points[write++] = points[read];
    stays = !stays;
  }
  points.resize(write);
  log_.kept_every *= 2;
}

const std::vector<const FieldName*>& names_beginning_with(char first) {
  static const auto table = [] {
    std::array<std::vector<const FieldName*>, 128> all;
    for (const auto& entry : kNames) all[static_cast<unsigned char>(entry.name[0]) & 127u].push_back(&entry);
    for (auto& names : all)
      std::stable_sort(names.begin(), names.end(),
                       [](const auto* a, const auto* b) { return a->name.size() > b->name.size(); });
    return all;
  }();
  static const std::vector<const FieldName*> none;
  const auto byte = static_cast<unsigned char>(first);
  return byte < 128 ? table[byte] : none;
}

std::optional<double> take_number(std::string_view& text) {
  std::string_view rest = text;
  double sign = 1;
  if (!rest.empty() && (rest[0] == '+' || rest[0] == '-')) {
    sign = rest[0] == '-' ? -1 : 1;
    rest.remove_prefix(1);
  }
  if (rest.empty()) return std::nullopt;
  if (!digit(rest[0]) && rest[0] != '.') {
    for (const std::string_view word : {"nan", "NaN", "NAN", "Infinity", "infinity", "inf", "Inf", "INF"})
      if (rest.starts_with(word)) {
        rest.remove_prefix(word.size());
        text = rest;
        const bool nan = word[0] == 'n' || word[0] == 'N';
        return nan ? std::numeric_limits<double>::quiet_NaN() : sign * std::numeric_limits<double>::infinity();
      }
    return std::nullopt;
  }
  std::string digits;
  if (take_grouped(rest, digits)) {
    double grouped = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), grouped);
    text = rest;
    return sign * grouped;
  }
  double value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc::result_out_of_range) value = std::numeric_limits<double>::infinity();
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  value *= suffix_scale(rest);
  text = rest;
  return sign * value;
}

}  // namespace pedigree::io::training_log
