// SPDX-License-Identifier: MIT
#include "framework/run/run.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <set>

#include "framework/pipeline/explain.hpp"
#include "framework/report/messages.hpp"
#include "framework/report/report.hpp"
#include "framework/run/assemble.hpp"
#include "framework/run/claim.hpp"
#include "framework/run/execute.hpp"
#include "framework/run/models.hpp"
#include "framework/run/obvious.hpp"
#include "framework/verdict/profile.hpp"
#include "pedigree/io/rate.hpp"

namespace pedigree::run {
namespace {

using nlohmann::json;

std::string pretty(const json& document) { return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n"; }

/// Plugins of the plan, each once, in order of id.
std::vector<const plugin::Manifest*> plugins_of(const Plan& plan) {
  std::map<std::string, const plugin::Manifest*> used;
  for (const auto& job : plan.jobs) used[job.found.plugin->id] = job.found.plugin;
  std::vector<const plugin::Manifest*> list;
  for (const auto& [id, manifest] : used) list.push_back(manifest);
  return list;
}

json plugins_json(const std::vector<const plugin::Manifest*>& plugins) {
  json list = json::array();
  for (const auto* plugin : plugins)
    list.push_back({{"id", plugin->id},
                    {"version", plugin->version},
                    {"sha256", plugin->sha256},
                    {"abi_minor", plugin->abi_minor}});
  return {{"schema", "pedigree/plugins/v1"}, {"plugins", std::move(list)}};
}

/// Notices go to the log of the run and to whoever watches.
void tell_notices(const std::vector<artifact::ResolvedModel>& models, const Observer& observer, RunResult& result) {
  for (const auto& model : models)
    for (const auto& notice : model.notices) {
      result.notices.push_back(
          {notice.code, model.id + (notice.file.empty() ? "" : ": " + notice.file), notice.message});
      if (!observer) continue;
      Event event;
      event.kind = Event::Kind::log;
      event.reference = model.id;
      event.fraction = 2;  // warning
      event.text = (notice.file.empty() ? "" : notice.file + ": ") + notice.message + " [" + notice.code + "]";
      observer(event);
    }
}

/// What a page of documentation says of a model and no analyzer measures.
json facts_of(const catalog::Card* card) {
  if (card == nullptr) return nullptr;
  json facts = json::object();
  for (const char* key : {"organisation", "country", "released", "kind", "modality", "parameters", "active_parameters"})
    if (const auto found = card->facts.find(key); found != card->facts.end() && !found->is_null()) facts[key] = *found;
  return facts;
}

report::Provenance provenance_of(const pipeline::Pipeline& pipeline, const std::vector<artifact::ResolvedModel>& models,
                                 const Plan& plan, const Inputs& inputs, const std::vector<JobResult>& results) {
  report::Provenance provenance;
  provenance.subject_revision = models.front().revision;
  provenance.subject_digest = inputs.subject_digest;
  provenance.resolved_from = artifact::to_string(models.front().origin);
  provenance.profile = pipeline.profile;
  provenance.plugins = plugins_of(plan);
  for (const auto& input : inputs.used)
    provenance.inputs.push_back({input.path, input.digest.sha256, input.digest.bytes});
  std::set<std::string> layers;
  for (const auto& result : results) layers.insert(result.sandbox.begin(), result.sandbox.end());
  provenance.sandbox.assign(layers.begin(), layers.end());
  return provenance;
}

json event_line(const Event& event) {
  json line{{"schema", "pedigree/event/v1"}, {"event", to_string(event.kind)}};
  if (!event.analyzer.empty()) line["analyzer"] = event.analyzer;
  if (!event.reference.empty()) line["reference"] = event.reference;
  if (!event.text.empty()) line["text"] = event.text;
  if (event.total != 0) line["done"] = event.done, line["total"] = event.total;
  if (event.kind == Event::Kind::progress) line["fraction"] = event.fraction;
  if (event.cached) line["cached"] = true;
  return line;
}

/// What a progress bar says while files are hashed, at most four times a second.
class HashingRate {
 public:
  explicit HashingRate(std::uint64_t all) : all_(all) {}
  /// "hashing files: 1.2 of 4.6 GB, 2.1 GB/s, 2 s left", or nothing when it is too early to say it again.
  std::string add(std::uint64_t bytes) {
    done_ += bytes;
    const auto now = Clock::now();
    if (now - told_ < std::chrono::milliseconds{250}) return {};
    told_ = now;
    return "hashing files: " + rate_.of_bytes(done_, all_);
  }

 private:
  using Clock = std::chrono::steady_clock;
  std::uint64_t all_, done_ = 0;
  io::Rate rate_;
  Clock::time_point told_ = Clock::now();
};

class Run {
 public:
  Run(const pipeline::Pipeline& pipeline, const Settings& settings, const Observer& observer)
      : pipeline_(pipeline), settings_(settings), outer_(observer) {}

  Result<RunResult> go(std::stop_token stop) {
    auto profile = verdict::Profile::from_json(pipeline_.verdict);
    if (!profile) return profile.error();
    auto models = gather_models(pipeline_, *settings_.catalog, settings_.environment);
    if (!models) return models.error();
    auto plan = make_plan(pipeline_, *models, *settings_.plugins);
    if (!plan) return plan.error();
    auto inputs = hash(*plan, *models, stop);
    if (!inputs) return inputs.error();
    if (auto opened = open_folder(*plan, *inputs); !opened) return opened.error();

    tell_notices(*models, observer(), result_);
    announce(Event::Kind::run_start, plan->jobs.size());
    const auto executed = run_jobs(*plan, *models, *inputs, stop);
    result_.aborted = executed.aborted;
    result_.interrupted = stop.stop_requested();
    const auto weighed = assemble(pipeline_, *models, *plan, executed.results,
                                  obvious_missing(models->front(), *models, *settings_.catalog));
    result_.evidence = weighed.evidence.size();
    const auto judgement = verdict::weigh(weighed, *profile);
    auto provenance = provenance_of(pipeline_, *models, *plan, *inputs, executed.results);
    provenance.facts = facts_of(settings_.catalog->find(models->front().id));
    result_.report =
        report::build(models->front().id, {pipeline_.name, pipeline_.question, pipeline_.question_ko}, weighed,
                      judgement, provenance, report::merged_messages(*settings_.plugins), settings_.lang);
    if (result_.interrupted || result_.aborted) result_.report["verdict"]["status"] = "in_progress";
    keep_report();
    announce(Event::Kind::run_end, plan->jobs.size());
    if (folder_) result_.storage = folder_->problem();
    return std::move(result_);
  }

 private:
  /// Large models take minutes: told as progress, and stopped between two blocks.
  Result<Inputs> hash(const Plan& plan, const std::vector<artifact::ResolvedModel>& models,
                      const std::stop_token& stop) {
    std::filesystem::path memory_file;
    if (!settings_.cache_folder.empty()) {
      std::error_code error;
      std::filesystem::create_directories(settings_.cache_folder, error);
      memory_file = settings_.cache_folder / "digests";
    }
    artifact::DigestMemory memory{memory_file, settings_.rehash};
    std::mutex mutex;
    HashingRate rate{bytes_to_hash(plan, models, memory)};
    const auto watch = [&](std::uint64_t bytes) {
      const std::lock_guard lock{mutex};
      if (const auto text = rate.add(bytes); !text.empty() && outer_) {
        Event event;
        event.kind = Event::Kind::progress;
        event.text = text;
        outer_(event);
      }
      return !stop.stop_requested();
    };
    return hash_inputs(plan, models, memory, settings_.jobs, watch);
  }

  Status open_folder(const Plan& plan, const Inputs& inputs) {
    if (settings_.run_folder.empty()) return Done{};
    const RunIdentity identity{pipeline::resolved_yaml(pipeline_), to_json(inputs), plugins_json(plugins_of(plan))};
    auto opened = RunFolder::open(settings_.run_folder, identity, settings_.resume);
    if (!opened) return opened.error();
    folder_.emplace(std::move(*opened));
    return Done{};
  }

  Executed run_jobs(const Plan& plan, const std::vector<artifact::ResolvedModel>& models, const Inputs& inputs,
                    const std::stop_token& stop) {
    std::vector<std::string> keys;
    for (const auto& job : plan.jobs) keys.push_back(job_key(job, pipeline_, models, inputs));
    const ResultCache cache{settings_.cache_folder};
    Execution execution;
    execution.pipeline = &pipeline_;
    execution.settings = &settings_;
    execution.plan = &plan;
    execution.models = &models;
    execution.keys = &keys;
    execution.cache = &cache;
    execution.folder = folder_ ? &*folder_ : nullptr;
    execution.observer = observer();
    return execute(execution, stop);
  }

  /// The caller's observer, and the log of the run folder.
  Observer observer() {
    return [this](const Event& event) {
      if (outer_) outer_(event);
      if (folder_ && event.kind != Event::Kind::progress) folder_->append_log(event_line(event));
    };
  }

  void announce(Event::Kind kind, std::size_t total) {
    Event event;
    event.kind = kind;
    event.total = total;
    event.done = kind == Event::Kind::run_end ? total : 0;
    observer()(event);
  }

  void keep_report() {
    if (!folder_) return;
    folder_->write_file("report.json", pretty(result_.report));
    folder_->write_file("verdict.json", pretty({{"schema", "pedigree/verdict/v1"},
                                                {"subject", result_.report["subject"]},
                                                {"verdict", result_.report["verdict"]}}));
  }

  const pipeline::Pipeline& pipeline_;
  const Settings& settings_;
  const Observer& outer_;
  std::optional<RunFolder> folder_;
  RunResult result_;
};

}  // namespace

const char* to_string(Event::Kind kind) {
  switch (kind) {
    case Event::Kind::run_start:
      return "run.start";
    case Event::Kind::analyzer_start:
      return "analyzer.start";
    case Event::Kind::progress:
      return "progress";
    case Event::Kind::log:
      return "log";
    case Event::Kind::evidence:
      return "evidence";
    case Event::Kind::analyzer_end:
      return "analyzer.end";
    case Event::Kind::run_end:
      return "run.end";
  }
  return "";
}

Result<RunResult> run(const pipeline::Pipeline& pipeline, const Settings& settings, const Observer& observer,
                      std::stop_token stop) {
  auto claimed = pipeline;
  hand_over_claim(claimed, *settings.plugins);
  return Run{claimed, settings, observer}.go(std::move(stop));
}

}  // namespace pedigree::run
