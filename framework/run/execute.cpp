// SPDX-License-Identifier: MIT
#include "framework/run/execute.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "framework/worker/worker.hpp"

namespace pedigree::run {
namespace {
namespace fs = std::filesystem;

/// A folder for an analyzer that writes, removed at the end when the run keeps nothing.
class Scratch {
 public:
  Scratch(RunFolder* folder, const plugin::AnalyzerManifest& analyzer) {
    if (!analyzer.writes()) return;
    if (folder != nullptr) {
      path_ = folder->scratch_for(analyzer.id);
      return;
    }
    std::error_code error;
    std::string pattern = (fs::temp_directory_path(error) / "pedigree-XXXXXX").string();
    if (error || ::mkdtemp(pattern.data()) == nullptr) return;
    path_ = pattern;
    temporary_ = true;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code error;
    if (temporary_) fs::remove_all(path_, error);
  }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
  bool temporary_ = false;
};

bool is_failure(OutcomeKind kind) {
  return kind != OutcomeKind::ok && kind != OutcomeKind::not_applicable && kind != OutcomeKind::cancelled;
}

class Executor {
 public:
  Executor(const Execution& execution, std::stop_token stop) : run_(execution), outer_(std::move(stop)) {}

  Executed all() {
    const auto& jobs = run_.plan->jobs;
    executed_.results.resize(jobs.size());
    // One stop for the user's and for on_error: abort.
    const std::stop_callback forward{outer_, [this] { stop_.request_stop(); }};
    const unsigned workers = std::max(1u, std::min<unsigned>(run_.settings->jobs, static_cast<unsigned>(jobs.size())));
    const auto work = [this, &jobs] {
      for (std::size_t i = next_++; i < jobs.size(); i = next_++) executed_.results[i] = one(i);
    };
    {
      std::vector<std::jthread> threads;
      for (unsigned i = 1; i < workers; ++i) threads.emplace_back(work);
      work();
    }
    return std::move(executed_);
  }

 private:
  JobResult one(std::size_t index) {
    const auto& key = (*run_.keys)[index];
    const auto& analyzer = *run_.plan->jobs[index].found.analyzer;
    if (run_.folder != nullptr) {
      if (const auto done = run_.folder->finished().find(key); done != run_.folder->finished().end()) {
        JobResult result = done->second;
        result.cached = true;
        return finish(index, std::move(result), false);
      }
    }
    if (analyzer.deterministic())
      if (auto cached = run_.cache->find(key)) return finish(index, std::move(*cached), true);
    if (stop_.stop_requested()) return finish(index, cancelled(index), false);
    JobResult result = run_worker(index);
    if (analyzer.deterministic()) run_.cache->keep(key, result);
    return finish(index, std::move(result), true);
  }

  JobResult run_worker(std::size_t index) {
    const auto& job = run_.plan->jobs[index];
    const Scratch scratch{run_.folder, *job.found.analyzer};
    auto request = make_job(job);
    request.scratch_dir = scratch.path();
    Event start = event(Event::Kind::analyzer_start, index);
    send(start);
    worker::Listener listener;
    listener.progress = [&](double fraction, const std::string& phase) {
      Event progress = event(Event::Kind::progress, index);
      progress.fraction = fraction;
      progress.text = phase;
      send(progress);
    };
    listener.log = [&](int level, const std::string& message) {
      Event log = event(Event::Kind::log, index);
      log.fraction = level;
      log.text = message;
      send(log);
    };
    auto done = worker::run({run_.settings->worker_program}, request, listener, stop_.get_token());
    return {std::move(done.outcome), std::move(done.evidence), std::move(done.sandbox), false};
  }

  worker::Job make_job(const PlannedJob& job) const {
    const auto& step = run_.pipeline->analyzers[job.step];
    worker::Job request;
    request.plugin = job.found.plugin;
    request.analyzer = job.found.analyzer;
    request.config = step.with;
    request.seed = run_.pipeline->seed;
    request.threads = step.limits.threads != 0 ? step.limits.threads
                                               : std::max(1u, run_.settings->cores / std::max(1u, run_.settings->jobs));
    request.memory_bytes = step.limits.memory_bytes;
    request.wall = step.limits.wall;
    auto members = job.references;
    members.insert(members.begin(), 0);
    for (const auto m : members) {
      const auto& model = (*run_.models)[m];
      request.models.push_back({model.id, model.role});
      for (const auto& file : model.files)
        if (reads(*job.found.analyzer, file))
          request.artifacts.push_back({model.id, file.role, file.name, file.path, file.bytes});
    }
    return request;
  }

  JobResult cancelled(std::size_t index) const {
    JobResult result;
    result.outcome.analyzer = run_.plan->jobs[index].found.analyzer->id;
    result.outcome.family = run_.plan->jobs[index].found.analyzer->family;
    result.outcome.kind = OutcomeKind::cancelled;
    result.outcome.message = "not started: the run was stopped";
    return result;
  }

  /// Gives the result its place: reference, journal, events, on_error.
  JobResult finish(std::size_t index, JobResult result, bool journal) {
    const auto& job = run_.plan->jobs[index];
    result.outcome.analyzer = job.found.analyzer->id;
    result.outcome.family = job.found.analyzer->family;
    result.outcome.reference = job.found.analyzer->heavy() && job.references.size() == 1
                                   ? (*run_.models)[job.references.front()].id
                                   : std::string{};
    if (journal && run_.folder != nullptr) run_.folder->append_result((*run_.keys)[index], result);
    if (is_failure(result.outcome.kind) && run_.pipeline->analyzers[job.step].on_error == pipeline::OnError::abort) {
      const std::lock_guard lock{mutex_};
      executed_.aborted = true;
      stop_.request_stop();
    }
    Event end = event(Event::Kind::analyzer_end, index);
    end.text = to_string(result.outcome.kind);
    end.cached = result.cached;
    end.done = ++done_;
    send(end);
    return result;
  }

  Event event(Event::Kind kind, std::size_t index) const {
    const auto& job = run_.plan->jobs[index];
    Event out;
    out.kind = kind;
    out.analyzer = job.found.analyzer->id;
    if (job.references.size() == 1) out.reference = (*run_.models)[job.references.front()].id;
    out.done = done_;
    out.total = run_.plan->jobs.size();
    return out;
  }

  void send(const Event& event) {
    const std::lock_guard lock{mutex_};
    if (run_.observer) run_.observer(event);
  }

  const Execution& run_;
  std::stop_token outer_;
  std::stop_source stop_;
  std::atomic<std::size_t> next_{0}, done_{0};
  std::mutex mutex_;
  Executed executed_;
};

}  // namespace

Executed execute(const Execution& execution, std::stop_token stop) {
  return Executor{execution, std::move(stop)}.all();
}

}  // namespace pedigree::run
