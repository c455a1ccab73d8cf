// SPDX-License-Identifier: MIT
#include "framework/cli/running.hpp"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <thread>

#include "framework/cli/interrupt.hpp"
#include "framework/cli/progress.hpp"
#include "framework/core/atomic_write.hpp"
#include "framework/core/text.hpp"
#include "framework/verdict/verdict.hpp"

namespace pedigree::cli {
namespace {
namespace fs = std::filesystem;

/// 1..256, or the number of cores when empty; nothing for anything else.
std::optional<unsigned> worker_count(const std::string& text) {
  if (text.empty()) return std::max(1u, std::thread::hardware_concurrency());
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value == 0 || value > 256) return std::nullopt;
  return value;
}

std::vector<std::string> label_names() {
  using enum verdict::Label;
  std::vector<std::string> names;
  for (const auto label :
       {from_scratch, likely_from_scratch, inconclusive, shared_initialization, partial_reuse, derived})
    names.emplace_back(verdict::to_string(label));
  return names;
}

ExitCode code_of_error(const Error& error) {
  const bool usage = error.code == "RESUME_DIFFERS" || error.code == "RESUME_NOTHING" ||
                     error.code == "GROUP_UNKNOWN" || error.code.starts_with("PED-V");
  return usage ? kUsage : kEnvironment;
}

/// Nothing was found: was there nothing to read, or could it not be read?
ExitCode code_without_evidence(const nlohmann::json& report) {
  if (!report.contains("outcomes")) return kNotEnough;
  for (const auto& outcome : report["outcomes"]) {
    const auto kind = outcome.value("outcome", "");
    if (kind != "ok" && kind != "not-applicable" && kind != "cancelled") return kEnvironment;
  }
  return kNotEnough;
}

ExitCode interrupted_code() { return Interrupt::received() == SIGINT ? kInterrupted : kTerminated; }

/// Failures of analyzers are part of the report; one line each says so at once.
void tell_failures(const Session& session, const nlohmann::json& report) {
  if (!report.contains("outcomes")) return;
  for (const auto& outcome : report["outcomes"]) {
    const auto kind = outcome.value("outcome", "");
    if (kind == "ok" || kind == "not-applicable" || kind == "cancelled") continue;
    const auto reference = outcome.value("reference", "");
    const auto message = session.console.in_language(outcome.value("message", ""));
    session.console.warning(outcome.value("analyzer", "") + (reference.empty() ? "" : " × " + reference) + ": " +
                            session.console.say("outcome." + kind) + (message.empty() ? "" : ": " + message));
  }
}

run::Settings settings_of(const Session& session, const RunRequest& request, const std::string& run_folder) {
  run::Settings settings;
  settings.plugins = &request.plugins;
  settings.catalog = &request.catalog;
  settings.environment = session.environment;
  settings.worker_program = session.layout.worker.string();
  settings.jobs = request.jobs;
  settings.cores = std::max(1u, std::thread::hardware_concurrency());
  if (request.cache) settings.cache_folder = session.layout.cache;
  settings.rehash = request.rehash;
  settings.run_folder = run_folder;
  settings.resume = request.resume;
  settings.lang = request.lang;
  return settings;
}

}  // namespace

po::options_description run_options(bool with_pipeline) {
  po::options_description options;
  const auto text = [] { return po::value<std::string>(); };
  const auto list = [] { return po::value<std::vector<std::string>>()->composing(); };
  auto add = options.add_options();
  add("format", text()->default_value("text"));
  add("lang", text());
  add("profile", text());
  add("jobs,j", text());
  add("out,o", text());
  add("resume", po::bool_switch());
  if (with_pipeline) add("set", list());
  add("expect", text());
  add("progress", text()->default_value("auto"));
  add("quiet,q", po::bool_switch());
  add("verbose,v", po::bool_switch());
  add("no-cache", po::bool_switch());
  add("rehash", po::bool_switch());
  add("plugin-dir", list());
  add("user-plugins", po::bool_switch());
  add("locked", po::value<std::string>()->implicit_value("plugins.lock"));
  return options;
}

std::optional<RunRequest> prepare(Session& session, const std::string& verb, const Arguments& arguments,
                                  ExitCode& code) {
  RunRequest request;
  request.verb = verb;
  code = kUsage;
  request.format = find_format(session, verb, arguments.text("format"));
  if (request.format == nullptr) return std::nullopt;
  const auto lang = choose_language(session, arguments.text("lang"), *request.format);
  request.lang = lang;
  const auto jobs = worker_count(arguments.text("jobs"));
  if (!jobs) {
    usage_error(session, verb, "-j needs a number from 1 to 256, not '" + arguments.text("jobs") + "'");
    return std::nullopt;
  }
  request.jobs = *jobs;
  request.progress = arguments.text("progress");
  if (!progress_style_from(request.progress)) {
    usage_error(session, verb, "unknown kind of progress '" + request.progress + "'; known: auto, plain, json, none");
    return std::nullopt;
  }
  const auto flag = [&](const char* name) { return arguments.has(name) && arguments.values[name].as<bool>(); };
  request.out = arguments.text("out");
  request.expect = arguments.text("expect");
  if (!request.expect.empty() && !verdict::label_from(request.expect)) {
    const std::vector<std::string> labels = label_names();
    usage_error(session, verb,
                "no verdict has the label '" + request.expect + "'" + did_you_mean(request.expect, labels) +
                    "; known: " + joined(labels));
    return std::nullopt;
  }
  request.profile = arguments.text("profile");
  request.set = arguments.list("set");
  request.resume = flag("resume");
  request.quiet = flag("quiet");
  request.verbose = flag("verbose");
  request.rehash = flag("rehash");
  request.cache = !flag("no-cache");
  PluginChoice choice;
  choice.folders = arguments.list("plugin-dir");
  choice.user = flag("user-plugins");
  choice.lock = arguments.text("locked");
  code = kEnvironment;
  auto plugins = load_plugins(session, choice);
  if (!plugins) return std::nullopt;
  request.plugins = std::move(*plugins);
  request.catalog = load_catalog(session);
  code = kDone;
  return request;
}

Finished carry_out(Session& session, const RunRequest& request, const pipeline::Pipeline& pipeline,
                   const std::string& run_folder) {
  Finished finished;
  const Interrupt interrupt;
  const auto style =
      request.quiet ? ProgressStyle::none : progress_style_from(request.progress).value_or(ProgressStyle::none);
  Progress progress{session.console, style, request.verbose};
  auto result = run::run(
      pipeline, settings_of(session, request, run_folder), [&](const run::Event& event) { progress.on(event); },
      interrupt.token());
  if (!result && result.error().code == "INTERRUPTED") {
    session.console.warning("stopped while files were hashed: nothing was compared yet");
    finished.code = interrupted_code();
    return finished;
  }
  if (!result) {
    session.console.error(result.error());
    finished.code = code_of_error(result.error());
    return finished;
  }
  if (style != ProgressStyle::plain) tell_failures(session, result->report);
  finished.run_folder = run_folder;
  finished.report = std::move(result->report);
  if (result->interrupted) {
    session.console.warning("stopped before the end: this report is partial" +
                            (run_folder.empty() ? std::string{} : "; continue with --resume -o " + run_folder));
    finished.code = interrupted_code();
  } else if (result->storage) {
    session.console.error(*result->storage);
    finished.code = kEnvironment;
  } else if (result->aborted) {
    finished.code = kNotEnough;
  } else if (result->evidence > 0) {
    if (!finished.report->value("enough_evidence", true)) finished.code = kNotEnough;
  } else {
    finished.code = code_without_evidence(*finished.report);
    session.console.error(finished.code == kNotEnough ? "there was nothing to look at: no analyzer found what it reads"
                                                      : "nothing could be read: see the outcomes in the report");
  }
  return finished;
}

ExitCode present(Session& session, const RunRequest& request, const Finished& finished) {
  if (!finished.report) return finished.code;
  const auto context = render_context(session, request.lang, request.verbose);
  const bool shown = session.console.result(request.format->render(*finished.report, context));
  if (!finished.run_folder.empty() && std::string_view{request.format->name} != "json") {
    RenderContext plain = context;
    plain.color = false;
    plain.width = 80;
    const auto file = fs::path{finished.run_folder} / ("report." + std::string{request.format->extension});
    if (const auto kept = atomic_write(file, request.format->render(*finished.report, plain));
        !kept && finished.code == kDone) {
      session.console.error(kept.error());
      return kEnvironment;
    }
  }
  if (!shown) {
    session.console.error(session.console.problem());
    return worse(finished.code, kEnvironment);
  }
  return check_label(session, request, finished);
}

ExitCode check_label(Session& session, const RunRequest& request, const Finished& finished) {
  if (finished.code != kDone || request.expect.empty()) return finished.code;
  pipeline::Expectation expectation;
  expectation.verdict = request.expect;
  const auto differences = run::check_expectation(expectation, *finished.report);
  for (const auto& line : differences) session.console.error(line);
  return differences.empty() ? kDone : kExpectationFailed;
}

}  // namespace pedigree::cli
