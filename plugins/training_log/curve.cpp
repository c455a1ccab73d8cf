// SPDX-License-Identifier: MIT
#include "plugins/training_log/curve.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "pedigree/io/json.hpp"
#include "plugins/training_log/checks/continuity.hpp"
#include "plugins/training_log/checks/noise.hpp"
#include "plugins/training_log/checks/power_law.hpp"
#include "plugins/training_log/checks/quiet_start.hpp"
#include "plugins/training_log/checks/schedule.hpp"
#include "plugins/training_log/run_record.hpp"

namespace pedigree::training_log {
namespace {

using nlohmann::json;

constexpr double kFabricationLr =
    0.3;                           // a doctored record speaks against the claim, a little: it may have honest reasons
constexpr double kStatedLr = 0.5;  // the run's own output says that it starts from a trained model
constexpr std::size_t kPlotPoints = 1200;

/// The curve for the report: every point near the start, then evenly thinned.
json plot(const Series& s) {
  json steps = json::array(), losses = json::array();
  const std::size_t stride = std::max<std::size_t>(1, s.step.size() / kPlotPoints);
  for (std::size_t i = 0; i < s.step.size(); ++i) {
    if (i >= 100 && i % stride != 0) continue;
    steps.push_back(s.step[i]);
    losses.push_back(s.loss[i]);
  }
  return {{"step", std::move(steps)}, {"loss", std::move(losses)}};
}

Evidence make(std::string_view signal, double value, std::string key, const json& params, const json& details) {
  Evidence e;
  e.signal = signal;
  e.value = value;
  e.summary_key = std::move(key);
  e.params_json = io::json_text(params);
  e.details_json = io::json_text(details);
  return e;
}

void emit_initial(const Host& host, const ReadLog& r, const PowerLaw& law) {
  const auto& start = r.start;
  json details{{"log", r.log.name},       {"format", r.log.format},
               {"curve", plot(r.series)}, {"log_vocabulary", start.log_vocabulary},
               {"floor", start.floor},    {"vocabulary_source", r.series.vocabulary_source}};
  if (law.fitted)
    details["fit"] = {
        {"step", law.bin_step}, {"loss", law.bin_fit}, {"E", law.floor}, {"B", law.scale}, {"beta", law.exponent}};
  auto e = make("training_log.initial-loss", start.first_loss, start.key,
                {{"log", r.log.name},
                 {"step", start.first_step},
                 {"loss", start.first_loss},
                 {"ln_v", start.log_vocabulary},
                 {"floor", start.floor},
                 {"vocabulary", r.series.vocabulary.value_or(0)}},
                details);
  e.log10_lr = start.log10_lr;
  if (start.start == Start::warm) e.relation = relation::kDerived;
  if (start.start == Start::untrained) e.relation = relation::kSupportsFromScratch;
  host.emit(e);
}

void emit_stated(const Host& host, const ReadLog& r) {
  const auto says = [&](std::string_view kind) {
    return std::find_if(r.log.remarks.begin(), r.log.remarks.end(), [&](const auto& m) { return m.kind == kind; });
  };
  auto remark = says("warm-start");
  if (remark == r.log.remarks.end()) remark = says("teacher");
  if (remark == r.log.remarks.end()) return;
  json lines = json::array();
  for (const auto& m : r.log.remarks) lines.push_back({{"line", m.line}, {"kind", m.kind}, {"text", m.text}});
  auto e = make("training_log.stated-start", static_cast<double>(r.log.remarks.size()), "stated_start." + remark->kind,
                {{"log", r.log.name}, {"line", remark->line}, {"text", remark->text}}, {{"remarks", std::move(lines)}});
  e.log10_lr = kStatedLr;
  e.relation = relation::kDerived;
  host.emit(e);
}

void emit_power_law(const Host& host, const ReadLog& r, const PowerLaw& law) {
  if (!law.fitted) return;
  host.emit(make("training_log.power-law", law.exponent,
                 law.exponent >= 0.05 && law.exponent <= 0.9 ? "power_law.usual" : "power_law.unusual",
                 {{"log", r.log.name},
                  {"beta", law.exponent},
                  {"low", law.exponent_low},
                  {"high", law.exponent_high},
                  {"floor", law.floor},
                  {"residual", law.residual}},
                 {{"bins", {{"step", law.bin_step}, {"loss", law.bin_loss}, {"fit", law.bin_fit}}}}));
}

json listed(const std::vector<Jump>& jumps) {
  json out = json::array();
  for (const auto& j : jumps)
    out.push_back({{"step", j.step},
                   {"before", j.before},
                   {"after", j.after},
                   {"noise", j.noise},
                   {"z", j.z},
                   {"window", j.window},
                   {"explained", j.explained}});
  return out;
}

/// The smallest lasting change of level that the search would have found, nat: its bound at the longest window.
double smallest_visible(const Series& s, const Continuity& c, double noise) {
  const double window = s.loss.size() >= 2000 ? 200 : s.loss.size() >= 1000 ? 100 : s.loss.size() >= 500 ? 50 : 20;
  return c.threshold * noise * std::sqrt(8 / window);
}

void emit_continuity(const Host& host, const ReadLog& r, double noise) {
  const auto c = check_continuity(r.series);
  if (!c.enough && c.restart_steps.empty() && c.clock_regressions == 0 && c.token_regressions == 0) return;
  json breaks = json::array();
  for (const auto& b : c.breaks) breaks.push_back({{"step", r.series.step[b.index]}, {"column", b.column}});
  const bool broken = !c.jumps.empty() || c.contradictions > 3 || c.clock_regressions > 0 || c.token_regressions > 0;
  const std::string key = !c.jumps.empty()           ? "continuity.jump"
                          : c.clock_regressions > 0  ? "continuity.clock"
                          : c.token_regressions > 0  ? "continuity.tokens"
                          : c.contradictions > 3     ? "continuity.contradiction"
                          : !c.restart_steps.empty() ? "continuity.restarts"
                          : !c.breaks.empty()        ? "continuity.break"
                          : noise > 0                ? "continuity.one_run"
                                                     : "continuity.one_run_short";
  const auto strongest = std::max_element(c.jumps.begin(), c.jumps.end(),
                                          [](const auto& a, const auto& b) { return std::abs(a.z) < std::abs(b.z); });
  const bool jump = strongest != c.jumps.end();
  auto e = make("training_log.continuity", static_cast<double>(c.jumps.size()), key,
                {{"log", r.log.name},
                 {"jumps", c.jumps.size()},
                 {"restarts", c.restart_steps.size()},
                 {"spikes", c.spikes},
                 {"contradictions", c.contradictions},
                 {"step", jump               ? strongest->step
                          : c.breaks.empty() ? 0.0
                                             : r.series.step[c.breaks.front().index]},
                 {"before", jump ? strongest->before : 0.0},
                 {"after", jump ? strongest->after : 0.0},
                 {"z", jump ? std::abs(strongest->z) : 0.0},
                 {"bound", c.threshold},
                 {"column", c.breaks.empty() ? std::string{"-"} : c.breaks.front().column},
                 {"visible", smallest_visible(r.series, c, noise)}},
                {{"jumps", listed(c.jumps)},
                 {"explained", listed(c.explained)},
                 {"breaks", std::move(breaks)},
                 {"threshold", c.threshold},
                 {"restart_steps", c.restart_steps},
                 {"clock_regressions", c.clock_regressions},
                 {"token_regressions", c.token_regressions},
                 {"first_gap", c.first_gap},
                 {"kept_every", r.log.kept_every}});
  if (broken) e.log10_lr = kFabricationLr;
  host.emit(e);
}

void emit_noise(const Host& host, const ReadLog& r, const Noise& n) {
  if (!n.enough) return;
  const bool repeated = n.repeated && !r.series.running_mean;
  const auto quiet = check_quiet_start(r.series);
  const std::string key = repeated                ? "noise.repeated"
                          : n.smoothed            ? "noise.smoothed"
                          : n.digits_odd          ? "noise.digits"
                          : quiet.loud            ? "noise.loud_start"
                          : n.correlated          ? "noise.correlated"
                          : r.series.running_mean ? "noise.running_mean"
                                                  : "noise.real";
  auto e = make(
      "training_log.noise", n.difference_correlation, key,
      {{"log", r.log.name},
       {"deviation", n.deviation},
       {"correlation", n.difference_correlation},
       {"repeated", n.repeated_share},
       {"chi_square", n.digit_chi_square},
       {"early", quiet.early},
       {"late", quiet.late},
       {"points", quiet.points}},
      {{"memory", n.memory},
       {"start", {{"judged", quiet.judged}, {"points", quiet.points}, {"early", quiet.early}, {"late", quiet.late}}}});
  if (n.smoothed || repeated || n.digits_odd || quiet.loud) e.log10_lr = kFabricationLr;
  host.emit(e);
}

void emit_schedule(const Host& host, const ReadLog& r) {
  const auto s = recover_schedule(r.series);
  if (s.shape == "none") return;
  host.emit(make("training_log.schedule", s.peak, s.rewarms > 0 ? "schedule.rewarmed" : "schedule.found",
                 {{"log", r.log.name},
                  {"shape", s.shape},
                  {"peak", s.peak},
                  {"warmup", s.warmup_steps},
                  {"final", s.final_share},
                  {"rewarms", s.rewarms}},
                 {{"step", r.series.learning_rate_step.size()}, {"misfit", s.misfit}}));
}

}  // namespace

Descriptor Curve::describe() {
  return {"training_log.curve",
          "Reads the loss curve of a training record: whether it begins untrained, and whether it is one real run.",
          PEDIGREE_KIND_TRAINING_LOG,
          PEDIGREE_FLAG_DETERMINISTIC,
          {{"training_log.initial-loss", "nat", "The first logged loss, held against ln V.", 0, 1e6},
           {"training_log.stated-start", "count", "Lines of the log that say what the run starts from.", 0, 1e6},
           {"training_log.power-law", "exponent", "The exponent of the fitted power law.", 0, 10},
           {"training_log.continuity", "count", "Lasting jumps that no epoch boundary explains.", 0, 1e9},
           {"training_log.noise", "correlation", "Lag-1 autocorrelation of the loss differences; -0.5 for fresh noise.",
            -1, 1},
           {"training_log.schedule", "learning rate", "The peak of the recovered learning-rate schedule.", 0, 1e6}},
          {"training-log", "config"},
          {{"vocabulary", std::int64_t{0}, "Tokens in the vocabulary; 0 takes it from the config or the log.", 0, 1e8},
           {"pattern", std::string_view{""},
            "Regular expression with two groups, step and loss, for a format no table knows."}}};
}

Curve::Curve(const Options& options)
    : vocabulary_(static_cast<double>(options.integer("vocabulary"))), pattern_(options.text("pattern")) {}

pedigree_status Curve::run(const Host& host, const Request& request) {
  const auto record = read_record(request, vocabulary_, pattern_);
  for (const auto& problem : record.unreadable) host.warn(problem);
  if (record.logs.empty()) {
    host.set_error(record.unreadable.empty() ? "the subject has no training log" : record.unreadable.front());
    return record.unreadable.empty() ? PEDIGREE_NOT_APPLICABLE : PEDIGREE_ERR_INPUT;
  }
  bool said = false;
  for (const auto& r : record.logs) {
    // A record that begins untrained is the beginning; what follows it are later stages of the same model.
    const bool later_stage = &r != &record.logs.front() && record.logs.front().start.start == Start::untrained;
    if (host.cancelled()) return PEDIGREE_CANCELLED;
    if (r.series.step.empty() && r.log.remarks.empty()) continue;
    said = true;
    const auto law = fit_power_law(r.series);
    if (!later_stage && !r.series.step.empty()) emit_initial(host, r, law);
    if (!later_stage) emit_stated(host, r);
    if (r.series.step.empty()) continue;
    emit_power_law(host, r, law);
    const auto noise = check_noise(r.series);
    emit_continuity(host, r, noise.enough ? noise.deviation : 0);
    emit_noise(host, r, noise);
    emit_schedule(host, r);
  }
  if (said) return PEDIGREE_OK;
  host.set_error("the training log holds no loss");
  return PEDIGREE_NOT_APPLICABLE;
}

}  // namespace pedigree::training_log
