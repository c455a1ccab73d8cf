// SPDX-License-Identifier: MIT
#include "plugins/training_log/checks/initial_loss.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace pedigree::training_log {
namespace {

struct Knot {
  double steps, share;
};
constexpr std::array kEnvelope{Knot{1, 1.00},   Knot{2, 0.78},   Knot{4, 0.66},    Knot{8, 0.60},    Knot{30, 0.50},
                               Knot{125, 0.40}, Knot{500, 0.33}, Knot{2000, 0.27}, Knot{10000, 0.20}};
constexpr double kSafety = 0.9;
constexpr double kSamplingError = 0.15;  // nat: a first batch of a few thousand tokens is within 0.05 of its mean
// Tied embeddings expect each token again. With a logit of c for it and a share r of repeats the loss is
// ln(V - 1 + e^c) - r c: at its best c 0.23 nat below ln V for bytes (V = 256, r = 0.1), 0.19 for words (V = 50,257,
// r = 0.03).
constexpr double kTied = 0.3;                 // nat, with what the first batch happens to hold
constexpr double kInitialisationBound = 1.0;  // nat over ln V: d sigma^2/2 is 0.82 for d = 4096, sigma = 0.02
constexpr double kLatestStep = 10'000;
constexpr double kUsualInterval = 500;  // steps between the lines of a Hugging Face trainer that is told nothing

/// Without V: 5 nat is below any unigram entropy of a large vocabulary, 8 is above what any trained model shows.
InitialLoss without_vocabulary(InitialLoss r, double latest) {
  const double share = latest <= 1 ? 1.0 : untrained_floor_share(latest);
  if (r.first_loss < 5.0 * share) {
    r.start = Start::warm;
    r.log10_lr = 0.7;
    r.floor = 5.0 * share;
    r.key = "initial_loss.warm_no_vocabulary";
  } else if (r.first_step <= 1 && r.first_loss > 8.0) {
    r.start = Start::untrained;
    r.log10_lr = -0.4;
    r.floor = 8.0;
    r.key = "initial_loss.untrained_no_vocabulary";
  } else {
    r.key = "initial_loss.unclear_no_vocabulary";
  }
  return r;
}

}  // namespace

double untrained_floor_share(double steps) {
  if (steps <= 1) return 1.0;
  if (steps >= kEnvelope.back().steps) return kSafety * kEnvelope.back().share;
  const auto right = std::find_if(kEnvelope.begin(), kEnvelope.end(), [&](const Knot& k) { return k.steps >= steps; });
  const auto left = right - 1;
  const double t = std::log(steps / left->steps) / std::log(right->steps / left->steps);
  return kSafety * (left->share + t * (right->share - left->share));
}

InitialLoss initial_loss(const Series& series) {
  InitialLoss r;
  if (series.step.empty()) {
    r.key = "initial_loss.empty";
    return r;
  }
  r.first_step = series.step.front();
  r.first_loss = series.loss.front();
  if (series.kind != LossKind::cross_entropy) {
    r.key = series.kind == LossKind::distillation ? "initial_loss.distillation" : "initial_loss.not_token_loss";
    return r;
  }
  if (r.first_step > kLatestStep) {
    r.key = "initial_loss.begins_late";
    return r;
  }
  // Without steps the first line may be the mean of as many steps as trainers put into one.
  const double latest = series.steps_known ? r.first_step : kUsualInterval;
  if (!series.vocabulary || *series.vocabulary < 16) return without_vocabulary(r, latest);
  r.log_vocabulary = std::log(*series.vocabulary);
  const double untrained = r.log_vocabulary - kSamplingError;
  r.floor = latest <= 1 ? r.log_vocabulary - (series.untied ? kSamplingError : kTied)
                        : r.log_vocabulary * untrained_floor_share(latest);
  if (r.first_loss < r.floor) {
    r.start = Start::warm;
    r.log10_lr = r.first_loss < r.floor - 0.05 * r.log_vocabulary ? 0.7 : 0.4;
    r.key = "initial_loss.warm";
  } else if (!series.steps_known && r.first_loss < untrained) {
    r.key = "initial_loss.no_steps";
  } else if (latest <= 1 && r.first_loss < untrained) {
    r.key = "initial_loss.near_start";
  } else if (r.first_step <= 1 && r.first_loss <= r.log_vocabulary + kInitialisationBound) {
    r.start = Start::untrained;
    r.log10_lr = -0.5;
    r.key = "initial_loss.untrained";
  } else if (r.first_step <= 1) {
    r.start = Start::above_bound;
    r.key = "initial_loss.above_bound";
  } else {
    r.start = Start::untrained;
    // The later the log begins, the less the first loss can tell.
    r.log10_lr = -0.5 * std::max(0.0, 1.0 - std::log10(r.first_step) / 2.0);
    r.key = "initial_loss.untrained_late";
  }
  return r;
}

}  // namespace pedigree::training_log
