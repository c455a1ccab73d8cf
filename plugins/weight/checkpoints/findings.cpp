// SPDX-License-Identifier: MIT
#include "plugins/weight/checkpoints/findings.hpp"

#include <nlohmann/json.hpp>

#include "pedigree/io/json.hpp"

namespace pedigree::weight {
namespace {

using nlohmann::json;

// A record that leads from random numbers to these weights (methods 5.3), one without a point in
// between (the start could have been made from the end), and one that contradicts itself.
constexpr double kChainLr = -4, kWithoutPathLr = -0.7, kContradictionLr = 0.7;

Evidence evidence(std::string signal, double value, std::string key, const json& params, const json& details = {}) {
  Evidence e;
  e.signal = std::move(signal);
  e.value = value;
  e.summary_key = std::move(key);
  e.params_json = io::json_text(params);
  if (!details.is_null()) e.details_json = io::json_text(details);
  return e;
}

json numbers(const StartPhysics& p) {
  return {{"matrices", p.matrices},
          {"constant", p.constant},
          {"learned", p.learned},
          {"gains", p.gains},
          {"gains_learned", p.gains_learned},
          {"excess", p.excess},
          {"biases", p.biases},
          {"biases_learned", p.biases_learned},
          {"median_kurtosis", p.median_kurtosis},
          {"largest_edge", p.largest_edge},
          {"largest_dispersion", p.largest_dispersion}};
}

/// `part`: empty for the language model, else the component that is judged by itself.
void emit_physics(const Host& host, const StartPhysics& p, const std::string& part) {
  const auto random = p.matrices - p.learned;
  const double share = p.matrices == 0 ? 0 : static_cast<double>(random) / static_cast<double>(p.matrices);
  const std::string key =
      std::string{part.empty() ? "checkpoints.physics_" : "checkpoints.part_"} + (!p.enough()     ? "few"
                                                                                  : p.untrained() ? "random"
                                                                                  : p.trained()   ? "trained"
                                                                                                  : "unclear");
  auto e = evidence("training_log.step0-physics", share, key,
                    {{"part", part},
                     {"random", random},
                     {"matrices", p.matrices},
                     {"gains", p.gains},
                     {"gains_learned", p.gains_learned},
                     {"kurtosis", p.median_kurtosis},
                     {"excess", p.excess},
                     {"example", p.example.empty() ? "-" : p.example}},
                    numbers(p));
  if (!part.empty()) e.component = part;
  if (p.trained()) {
    e.log10_lr = kContradictionLr;
    e.relation = relation::kDerived;
  }
  host.emit(e);
}

json path_details(const CheckpointFindings& f) {
  json points = json::array();
  for (std::size_t i = 0; i < f.points.size(); ++i) {
    const auto& p = f.points[i];
    json point{{"step", p.step},         {"name", p.name},
               {"to_final", p.to_final}, {"from_start", p.from_start},
               {"rms_move", p.rms_move}, {"largest_move", p.largest_move}};
    if (p.allowed_move > 0) point["allowed_move"] = p.allowed_move, point["allowed_rms"] = p.allowed_rms;
    if (i > 0 && i + 1 < f.points.size()) point["turn"] = p.turn;
    if (i < f.links.size()) point["link_log10_p"] = f.links[i].log10_p, point["link_cosine"] = f.links[i].cosine;
    points.push_back(std::move(point));
  }
  return {{"points", std::move(points)}, {"left_out", f.left_out}};
}

std::string listed(const std::vector<std::uint64_t>& steps) {
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(steps.size(), 5); ++i)
    out += (i > 0 ? ", " : "") + std::to_string(steps[i]);
  return out;
}

void emit_path(const Host& host, const CheckpointFindings& f) {
  const auto foreign = f.foreign();
  const auto& p = f.problems;
  const std::size_t count = foreign.size() + f.other_shapes.size() + p.not_nearer.size() + p.repeated.size() +
                            p.too_far.size() + (p.straight ? 1 : 0);
  std::string key = "checkpoints.path_one_run", what;
  if (!f.other_shapes.empty())
    key = "checkpoints.path_other_shape", what = f.other_shapes.front();
  else if (!foreign.empty())
    key = "checkpoints.path_foreign", what = foreign.front();
  else if (!p.repeated.empty())
    key = "checkpoints.path_repeated", what = listed(p.repeated);
  else if (!p.not_nearer.empty())
    key = "checkpoints.path_not_nearer", what = listed(p.not_nearer);
  else if (p.straight)
    key = "checkpoints.path_straight";
  else if (!p.too_far.empty())
    key = "checkpoints.path_too_far", what = listed(p.too_far);
  else if (!f.bounded())
    key = "checkpoints.path_one_run_unbounded";
  auto e = evidence("training_log.checkpoint-path", static_cast<double>(count), key,
                    {{"checkpoints", f.links.size()}, {"first", f.first_step}, {"what", what}, {"count", count}},
                    path_details(f));
  if (count > 0) e.log10_lr = kContradictionLr;
  host.emit(e);
}

void emit_link(const Host& host, const CheckpointFindings& f) {
  const auto& link = f.links.front();
  const bool sound = f.foreign().empty() && f.other_shapes.empty() && !f.problems.any();
  const bool random = f.start && f.start->untrained();
  std::string key;
  double lr = 0;
  const char* said = relation::kNone.data();
  if (!link.comparable && link.seed_rows == 0) {
    key = "checkpoints.link_untestable";
  } else if (!f.linked()) {
    key = "checkpoints.link_absent";
  } else if (f.start && f.start->trained()) {
    key = "checkpoints.link_trained";
  } else if (!random || !sound) {
    key = !f.start ? "checkpoints.link_no_start" : sound ? "checkpoints.link_unclear" : "checkpoints.link_doubtful";
  } else if (f.between() == 0) {
    key = "checkpoints.link_without_path";
    lr = kWithoutPathLr;
  } else {
    key = "checkpoints.link";
    lr = kChainLr;
    said = relation::kSupportsFromScratch.data();
  }
  auto e = evidence("training_log.step0-link", link.cosine, key,
                    {{"log10_p", link.log10_p},
                     {"cosine", link.cosine},
                     {"fixed", link.fixed},
                     {"units", link.units},
                     {"first", f.first_step},
                     {"between", f.between()}},
                    {{"log10_p", link.log10_p},
                     {"fixed", link.fixed},
                     {"units", link.units},
                     {"seed_rows", link.seed_rows},
                     {"seed_log10_p", link.seed_log10_p}});
  e.log10_lr = lr;
  e.relation = said;
  host.emit(e);
  // The embedding has a row of its own in the verdict; its matrices were looked at and followed with the rest.
  if (lr != kChainLr) return;
  e.component = component::kEmbedding;
  host.emit(e);
}

}  // namespace

std::vector<std::string> CheckpointFindings::foreign() const {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < links.size(); ++i) {
    const bool tested = links[i].comparable || links[i].seed_rows > 0;
    if (tested && links[i].log10_p > kLinkLog10P) out.push_back(points[i].name);
  }
  return out;
}

bool CheckpointFindings::linked() const { return !links.empty() && links.front().log10_p <= kLinkLog10P; }

bool CheckpointFindings::bounded() const {
  for (const auto& point : points)
    if (point.allowed_move > 0) return true;
  return false;
}

std::size_t CheckpointFindings::between() const {
  std::size_t count = 0;
  for (std::size_t i = 1; i + 1 < points.size(); ++i) count += points[i].to_final > 0 ? 1 : 0;
  return count;
}

void emit_checkpoints(const Host& host, const CheckpointFindings& findings) {
  if (findings.start) emit_physics(host, *findings.start, {});
  for (const auto& [part, physics] : findings.parts) emit_physics(host, physics, part);
  if (findings.links.empty() && findings.other_shapes.empty()) return;
  emit_path(host, findings);
  if (!findings.links.empty()) emit_link(host, findings);
}

}  // namespace pedigree::weight
