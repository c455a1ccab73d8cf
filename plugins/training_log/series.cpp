// SPDX-License-Identifier: MIT
#include "plugins/training_log/series.hpp"

#include <algorithm>
#include <cmath>

namespace pedigree::training_log {
namespace {

using Field = std::optional<double> io::LogPoint::*;

constexpr double kLargestLoss = 1e6;

std::size_t count(const io::TrainingLog& log, Field field) {
  return static_cast<std::size_t>(std::count_if(log.points.begin(), log.points.end(),
                                                [&](const io::LogPoint& p) { return (p.*field).has_value(); }));
}

/// The column that is closest to a cross entropy per token.
Field choose_loss(const io::TrainingLog& log, Series& series) {
  const std::size_t losses = count(log, &io::LogPoint::loss);
  const std::size_t parts = count(log, &io::LogPoint::distillation);
  const std::size_t entropies = count(log, &io::LogPoint::cross_entropy);
  if (parts > 0 && entropies * 2 >= parts) return &io::LogPoint::cross_entropy;
  if (parts > 0) series.kind = LossKind::distillation;
  if (losses >= 8 || losses >= count(log, &io::LogPoint::eval_loss)) return &io::LogPoint::loss;
  series.evaluation = true;
  return &io::LogPoint::eval_loss;
}

/// A cross entropy of a trained model lies below ln V: a loss that stays above it after the first
/// tenth of the run is a sum over positions or a divergence at a temperature.
void judge_kind(Series& s, const io::TrainingLog& log) {
  if (s.kind != LossKind::cross_entropy || s.loss.empty()) return;
  const double ceiling = s.vocabulary ? std::log(*s.vocabulary) : std::log(300'000.0);
  const std::vector<double> late(s.loss.begin() + static_cast<std::ptrdiff_t>(s.loss.size() / 10), s.loss.end());
  if (median(late) > 1.05 * ceiling) s.kind = LossKind::not_a_token_loss;
  const bool speaks_of_teacher =
      std::any_of(log.remarks.begin(), log.remarks.end(), [](const io::LogRemark& r) { return r.kind == "teacher"; });
  const bool separate_entropy = count(log, &io::LogPoint::cross_entropy) > 0;
  if (speaks_of_teacher && !separate_entropy) s.kind = LossKind::distillation;
}

}  // namespace

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double robust_deviation(const std::vector<double>& values) {
  const double centre = median(values);
  std::vector<double> away;
  away.reserve(values.size());
  for (double v : values) away.push_back(std::abs(v - centre));
  return 1.4826 * median(std::move(away));
}

Series make_series(const io::TrainingLog& log, std::optional<double> vocabulary, std::string vocabulary_source) {
  Series s;
  s.running_mean = log.running_mean;
  s.vocabulary = vocabulary ? vocabulary : log.vocabulary_size;
  s.vocabulary_source = vocabulary ? std::move(vocabulary_source) : log.vocabulary_size ? "the log itself" : "";
  const Field loss = choose_loss(log, s);
  const bool steps = count(log, &io::LogPoint::step) * 2 > log.points.size();
  const bool epochs = count(log, &io::LogPoint::epoch) * 2 > log.points.size();
  s.steps_known = steps;
  double index = 0;
  for (const auto& p : log.points) {
    const double step = p.step.value_or(steps ? -1.0 : index++);
    if (step < 0) continue;  // summary lines between the steps
    if (p.learning_rate && *p.learning_rate >= 0 && *p.learning_rate <= 1) {
      s.learning_rate_step.push_back(step);
      s.learning_rate.push_back(*p.learning_rate);
    }
    if (p.wall_seconds) {
      s.wall_step.push_back(step);
      s.wall_seconds.push_back(*p.wall_seconds);
    }
    if (p.tokens && *p.tokens > 0) {
      s.token_step.push_back(step);
      s.tokens.push_back(*p.tokens);
    }
    // No loss of a language model is negative or in the millions: such a number is damage, not data.
    if (!(p.*loss) || *(p.*loss) < 0 || *(p.*loss) > kLargestLoss) continue;
    if (!s.step.empty() && step == s.step.back() && *(p.*loss) == s.loss.back()) {
      ++s.removed_repeats;
      continue;
    }
    if (!s.step.empty() && step < s.step.back()) s.restarts.push_back(s.step.size());
    s.step.push_back(step);
    s.loss.push_back(*(p.*loss));
    if (epochs) s.epoch.push_back(p.epoch.value_or(s.epoch.empty() ? 0.0 : s.epoch.back()));
  }
  judge_kind(s, log);
  return s;
}

}  // namespace pedigree::training_log
