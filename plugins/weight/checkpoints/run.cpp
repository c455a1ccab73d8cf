// SPDX-License-Identifier: MIT
#include "plugins/weight/checkpoints/run.hpp"

#include <algorithm>
#include <map>

#include "pedigree/io/artifact_role.hpp"
#include "pedigree/io/rate.hpp"
#include "pedigree/io/training_log.hpp"
#include "plugins/weight/checkpoints/checkpoint_set.hpp"
#include "plugins/weight/checkpoints/findings.hpp"

namespace pedigree::weight {
namespace {

constexpr std::size_t kElements = 1 << 20, kMatrices = 256;

/// What the logs say of the schedule; of several logs the one with most to say.
struct LoggedSchedule {
  LearningRates rates;
  double last_step = 0;
};

LoggedSchedule read_schedule(const std::vector<Artifact>& artifacts) {
  LoggedSchedule best;
  for (const auto& artifact : artifacts) {
    if (artifact.role != io::role::kTrainingLog) continue;
    const auto source = io::ByteSource::open(artifact);
    if (!source.ok()) continue;
    const auto log = io::read_training_log(*source);
    if (!log.ok()) continue;
    std::map<double, double> by_step;
    double last = 0;
    for (const auto& point : log->points) {
      if (!point.step || *point.step < 0) continue;
      last = std::max(last, *point.step);
      if (point.learning_rate && *point.learning_rate >= 0 && *point.learning_rate <= 1)
        by_step[*point.step] = *point.learning_rate;
    }
    best.last_step = std::max(best.last_step, last);
    if (by_step.size() > best.rates.size()) best.rates = {by_step.begin(), by_step.end()};
  }
  return best;
}

class CheckpointRun {
 public:
  CheckpointRun(const Host& host, const Request& request, const CheckpointOptions& options)
      : host_(host),
        artifacts_(request.artifacts_of(request.subject().id)),
        id_(request.subject().id),
        options_(options),
        watch_(watch_of(host, request)) {}

  pedigree_status run() {
    const auto set = group_checkpoints(artifacts_, options_.most);
    for (const auto& name : set.unnamed)
      host_.warn(name + ": its path names no step (step-N/, checkpoint-N/, ...); it was passed over");
    if (set.checkpoints.empty())
      return not_applicable("no earlier checkpoints at hand (folders named step-N or checkpoint-N with safetensors)");
    const auto final_model = ModelView::open(id_, artifacts_);
    if (!final_model)
      return not_applicable("checkpoints are at hand, but not the final weights: " + ModelView::why_not(artifacts_));
    const ElementSample sample(*final_model, kElements);
    if (sample.size() == 0)
      return not_applicable(id_ +
                            ": its weights are packed codes that are not undone here; give the unquantised model");
    findings_.first_step = set.checkpoints.front().step;
    findings_.left_out = set.left_out;
    follow(set, *final_model, sample);
    emit_checkpoints(host_, findings_);
    if (const auto status = final_model->store().unchanged(); !status.ok()) throw InputError(status.error().text());
    return PEDIGREE_OK;
  }

 private:
  pedigree_status not_applicable(std::string_view reason) {
    host_.set_error(reason);
    return PEDIGREE_NOT_APPLICABLE;
  }

  void follow(const CheckpointSet& set, const ModelView& final_model, const ElementSample& sample) {
    const io::Rate rate;
    for (std::size_t i = 0; i < set.checkpoints.size(); ++i) {
      watch_.poll();
      watch_.report(static_cast<double>(i) / static_cast<double>(set.checkpoints.size() + 1),
                    "following checkpoints: " + rate.of_pieces(i, set.checkpoints.size()));
      add(set.checkpoints[i], sample, final_model);
    }
    if (findings_.points.empty()) return;
    const auto logged = read_schedule(artifacts_);
    PathPoint last;
    last.name = id_;
    last.step = std::max(findings_.points.back().step, static_cast<std::uint64_t>(std::max(0.0, logged.last_step)));
    last.elements = *sample.of(final_model);
    findings_.points.push_back(std::move(last));
    findings_.problems = follow_path(findings_.points, rates(logged), options_.weight_decay);
  }

  void add(const CheckpointFiles& files, const ElementSample& sample, const ModelView& final_model) {
    const auto model = ModelView::open(files.name, files.artifacts);
    if (!model) return;
    for (const auto& notice : model->store().notices())
      host_.warn(files.name + ": " + notice.file + ": " + notice.message + " [" + notice.code + "]");
    if (files.step == 0) {
      auto start = start_physics(*model, kMatrices);
      findings_.start = std::move(start.language);
      findings_.parts = std::move(start.parts);
    }
    auto elements = sample.of(*model);
    if (!elements) {
      findings_.other_shapes.push_back(files.name);
      return;
    }
    PathPoint point;
    point.step = files.step;
    point.name = files.name;
    point.elements = std::move(*elements);
    findings_.points.push_back(std::move(point));
    findings_.links.push_back(seed_link(*model, final_model, watch_));
    if (const auto status = model->store().unchanged(); !status.ok()) throw InputError(status.error().text());
  }

  LearningRates rates(const LoggedSchedule& logged) const {
    if (!options_.adam) return {};
    if (logged.rates.size() >= 2) return logged.rates;
    if (options_.peak_learning_rate <= 0) return {};
    // The peak at every step: an upper bound of any schedule.
    return {{0, options_.peak_learning_rate},
            {static_cast<double>(findings_.points.back().step), options_.peak_learning_rate}};
  }

  const Host& host_;
  std::vector<Artifact> artifacts_;
  std::string id_;
  CheckpointOptions options_;
  Watch watch_;
  CheckpointFindings findings_;
};

}  // namespace

pedigree_status run_checkpoints(const Host& host, const Request& request, const CheckpointOptions& options) {
  try {
    return CheckpointRun(host, request, options).run();
  } catch (const Cancelled&) {
    return PEDIGREE_CANCELLED;
  }
}

}  // namespace pedigree::weight
