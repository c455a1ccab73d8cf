// SPDX-License-Identifier: MIT
#include "plugins/behavior/endpoint/recorder.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <thread>

#include "pedigree/io/json.hpp"
#include "plugins/behavior/endpoint/http_client.hpp"

namespace pedigree::behavior {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

/// (prompt id, sample) that an earlier run answered. A torn last line is ignored.
std::set<std::pair<std::string, int>> answered_before(const std::string& file) {
  std::set<std::pair<std::string, int>> done;
  std::ifstream in{file, std::ios::binary};
  for (std::string line; std::getline(in, line);) {
    const auto row = io::parse_json(line);
    if (row.ok() && row->is_object() && row->contains("response") && row->value("error", json{}).is_null())
      done.emplace(row->value("prompt_id", ""), row->value("sample", 1));
  }
  return done;
}

/// Shared state of the asking threads.
class Asking {
 public:
  Asking(const RecorderSettings& settings, const std::function<bool()>& cancelled)
      : settings_(settings),
        cancelled_(cancelled),
        out_(settings.file, std::ios::binary | std::ios::app),
        random_(settings.seed) {}

  bool writable() const { return out_.good(); }
  bool stopped() {
    if (!stop_ && cancelled_()) stop_ = true;
    return stop_;
  }
  const std::atomic<bool>& stop_flag() const { return stop_; }

  void ask(const Probe& probe, int sample) {
    std::string problem;
    for (int attempt = 0; attempt < settings_.attempts && !stopped(); ++attempt) {
      wait_for_rate();
      const auto answer = post(
          {settings_.base_url + (settings_.generation.kind == CallKind::chat ? "/chat/completions" : "/completions"),
           request_body(settings_.generation, probe.prompt, sample), settings_.api_key, settings_.connect_seconds,
           settings_.total_seconds},
          stop_);
      if (answer.transported && answer.status == 200) {
        const auto parsed = parse_answer(answer.body);
        if (parsed.text) {
          write(probe, sample, *parsed.text, parsed.finish_reason, parsed.logprobs_json, {});
          return;
        }
        problem = parsed.problem;
      } else if (!answer.transported) {
        problem = answer.problem;
      } else {
        problem = "HTTP status " + std::to_string(answer.status);
        if (answer.status == 401 || answer.status == 403 || answer.status == 404) {
          stop_ = true;  // no later request can fare better
          break;
        }
        if (answer.status >= 400 && answer.status < 500 && answer.status != 408 && answer.status != 429) break;
      }
      if (attempt + 1 < settings_.attempts) back_off(attempt, answer.retry_after);
    }
    if (!problem.empty()) write(probe, sample, {}, {}, {}, problem);
  }

  RecorderResult result() const { return result_; }

 private:
  void wait_for_rate() {
    if (settings_.requests_per_minute <= 0) return;
    Clock::time_point mine;
    {
      const std::lock_guard lock{mutex_};
      mine = std::max(next_, Clock::now());
      next_ = mine + std::chrono::duration_cast<Clock::duration>(
                         std::chrono::duration<double>(60.0 / settings_.requests_per_minute));
    }
    sleep_until(mine);
  }

  void back_off(int attempt, double retry_after) {
    double jitter = 0;
    {
      const std::lock_guard lock{mutex_};
      jitter = std::uniform_real_distribution<double>{0.5, 1.5}(random_);
    }
    const double wait = retry_after >= 0 ? retry_after : settings_.backoff_seconds * std::pow(2.0, attempt) * jitter;
    sleep_until(Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                   std::chrono::duration<double>(std::min(wait, settings_.longest_wait_seconds))));
  }

  void sleep_until(Clock::time_point when) {
    while (!stopped() && Clock::now() < when)
      std::this_thread::sleep_for(std::min<Clock::duration>(when - Clock::now(), std::chrono::milliseconds(50)));
  }

  void write(const Probe& probe, int sample, const std::string& text, const std::string& finish,
             const std::string& logprobs, const std::string& problem) {
    json row{{"prompt_id", probe.id},
             {"prompt", probe.prompt},
             {"response", text},
             {"kind", probe.kind},
             {"model", settings_.generation.model},
             {"max_tokens", settings_.generation.max_tokens}};
    if (settings_.samples > 1) row["sample"] = sample;
    if (!finish.empty()) row["finish_reason"] = finish;
    if (!problem.empty()) row["error"] = problem;
    if (!logprobs.empty())
      if (const auto value = io::parse_json(logprobs); value.ok()) row["logprobs"] = *value;
    const std::lock_guard lock{mutex_};
    out_ << io::json_text(row) << '\n' << std::flush;
    ++(problem.empty() ? result_.asked : result_.failed);
    if (result_.first_problem.empty()) result_.first_problem = problem;
  }

  const RecorderSettings& settings_;
  const std::function<bool()>& cancelled_;
  std::ofstream out_;
  std::mutex mutex_;
  std::mt19937_64 random_;
  Clock::time_point next_{};
  std::atomic<bool> stop_{false};
  RecorderResult result_;
};

}  // namespace

RecorderResult record(const std::vector<Probe>& probes, const RecorderSettings& settings,
                      const std::function<bool()>& cancelled, const std::function<void(double)>& progress) {
  const auto done = answered_before(settings.file);
  std::vector<std::pair<const Probe*, int>> open;
  for (int sample = 1; sample <= settings.samples; ++sample)
    for (const auto& probe : probes)
      if (done.count({probe.id, sample}) == 0) open.emplace_back(&probe, sample);
  Asking asking{settings, cancelled};
  if (!asking.writable()) {
    RecorderResult failed;
    failed.first_problem = "cannot write " + settings.file;
    failed.stopped_early = true;
    return failed;
  }
  std::atomic<std::size_t> next{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < std::clamp(settings.concurrency, 1, 64); ++t)
      threads.emplace_back([&] {
        for (std::size_t i = next++; i < open.size() && !asking.stopped(); i = next++) {
          asking.ask(*open[i].first, open[i].second);
          progress(static_cast<double>(i + 1) / static_cast<double>(open.size()));
        }
      });
  }
  auto result = asking.result();
  result.kept = probes.size() * static_cast<std::size_t>(settings.samples) - open.size();
  result.stopped_early = asking.stop_flag();
  return result;
}

}  // namespace pedigree::behavior
