// SPDX-License-Identifier: MIT
// pedigree verify PIPELINE...
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <set>

#include "framework/cli/running.hpp"
#include "framework/cli/verbs.hpp"
#include "framework/core/atomic_write.hpp"
#include "framework/core/digest.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::cli {
namespace {
namespace fs = std::filesystem;

const Help kHelp{"verify",
                 "pedigree verify PIPELINE... [options]",

                 {"pedigree verify solar-open-100b", "pedigree verify pipelines/models/a.x-k1.yaml --format json -j 4",
                  "pedigree verify my.yaml -o runs/mine --set subject.path=/models/mine",
                  "pedigree verify my.yaml -o runs/mine --resume"}};

/// A name for a folder: what is not plain becomes '-'.
std::string plain_name(const std::string& name) {
  std::string plain;
  for (const char c : name) {
    const bool keep =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
    plain += keep ? c : '-';
  }
  while (!plain.empty() && plain.front() == '.') plain.erase(0, 1);
  return plain.empty() ? "run" : plain.substr(0, 80);
}

/// runs/2026-08-21T10-15-02Z_NAME_1f3c9a
std::string default_folder(const pipeline::Pipeline& pipeline) {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::array<char, 32> stamp{};
  std::strftime(stamp.data(), stamp.size(), "%Y-%m-%dT%H-%M-%SZ", &utc);
  return "runs/" + std::string{stamp.data()} + "_" + plain_name(pipeline.name) + "_" +
         sha256_hex(io::json_text(pipeline.resolved)).substr(0, 6);
}

/// The newest folder under runs/ of this pipeline, for --resume without -o.
std::string newest_run(const pipeline::Pipeline& pipeline) {
  std::string newest;
  std::error_code error;
  for (fs::directory_iterator it{"runs", error}, end; !error && it != end; it.increment(error)) {
    const auto name = it->path().filename().string();
    if (name.find("_" + plain_name(pipeline.name) + "_") != std::string::npos &&
        name > fs::path{newest}.filename().string())
      newest = it->path().string();
  }
  return newest;
}

/// Where to keep the run: -o, or a new folder under runs/ when that can be made.
std::string choose_folder(const Session& session, const RunRequest& request, const pipeline::Pipeline& pipeline,
                          bool many) {
  if (!request.out.empty()) return many ? (fs::path{request.out} / plain_name(pipeline.name)).string() : request.out;
  if (request.resume) return newest_run(pipeline);
  const auto folder = default_folder(pipeline);
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) return folder;
  session.console.warning("the run is not kept: " + folder + ": " + error.message());
  return {};
}

/// Pipelines of one name in one call get folders of their own: nothing found is written over.
std::string not_taken(const std::string& folder, std::set<std::string>& taken) {
  if (folder.empty()) return folder;
  std::string free = folder;
  for (int n = 2; !taken.insert(free).second; ++n) free = folder + "-" + std::to_string(n);
  return free;
}

struct One {
  ExitCode code = kDone;
  Finished finished;
  std::string name;
};

One verify_one(Session& session, const RunRequest& request, const std::string& argument, bool many,
               std::set<std::string>& taken) {
  One one;
  auto context = read_context(session, request.plugins, request.catalog);
  context.set = request.set;
  context.profile = request.profile;
  const auto file = pipeline_file(session, argument);
  const auto read = pipeline::read_pipeline(file, context);
  session.console.diagnostics(read.diagnostics);
  one.name = argument;
  if (!read.pipeline) {
    one.code = reading_code(read.diagnostics);
    return one;
  }
  one.name = read.pipeline->name;
  const auto folder = not_taken(choose_folder(session, request, *read.pipeline, many), taken);
  if (request.resume && folder.empty()) {
    session.console.error("--resume: no earlier run of '" + read.pipeline->name +
                          "' under runs/; name its folder with -o");
    one.code = kUsage;
    return one;
  }
  one.finished = carry_out(session, request, *read.pipeline, folder);
  one.code = one.finished.code;
  if (!one.finished.report) {
    std::error_code error;
    if (request.out.empty() && !request.resume) fs::remove(folder, error);  // only if nothing was put there
    one.finished.run_folder.clear();
  }
  return one;
}

/// Several reports in one JSON document are a list.
ExitCode present_list(Session& session, const RunRequest& request, const std::vector<One>& all) {
  auto list = nlohmann::json::array();
  for (const auto& one : all)
    if (one.finished.report) list.push_back(*one.finished.report);
  const bool shown =
      session.console.result(request.format->render(list, render_context(session, request.lang, request.verbose)));
  return shown ? kDone : kEnvironment;
}

ExitCode write_index(Session& session, const RunRequest& request, const std::vector<One>& all) {
  std::string lines;
  for (const auto& one : all) {
    nlohmann::json line{{"name", one.name}, {"exit_code", one.code}, {"run", one.finished.run_folder}};
    if (one.finished.report) line["verdict"] = one.finished.report->value("verdict", nlohmann::json::object());
    lines += io::json_text(line) + "\n";
  }
  std::error_code error;
  fs::create_directories(request.out, error);
  const auto kept = atomic_write(fs::path{request.out} / "index.ndjson", lines);
  if (kept) return kDone;
  session.console.error(kept.error());
  return kEnvironment;
}

}  // namespace

ExitCode verify(Session& session, const std::vector<std::string>& words) {
  const auto arguments = parse(session, kHelp, run_options(true), words, 1, 0);
  if (!arguments.go_on) return arguments.code;
  ExitCode code = kDone;
  const auto request = prepare(session, "verify", arguments, code);
  if (!request) return code;
  const bool many = arguments.operands.size() > 1;
  const bool as_list = many && std::string_view{request->format->name} == "json";
  std::vector<One> all;
  std::set<std::string> taken;
  for (const auto& operand : arguments.operands) {
    auto one = verify_one(session, *request, operand, many, taken);
    if (one.finished.report)
      one.code = as_list ? check_label(session, *request, one.finished)
                         : worse(one.code, present(session, *request, one.finished));
    if (!request->quiet && !one.finished.run_folder.empty() && session.console.stderr_is_terminal())
      session.console.message(session.console.in_language("kept in " + one.finished.run_folder) + "\n");
    code = worse(code, one.code);
    const bool stop = one.code == kInterrupted || one.code == kTerminated;
    all.push_back(std::move(one));
    if (stop) break;
  }
  if (as_list) code = worse(code, present_list(session, *request, all));
  if (many && !request->out.empty()) code = worse(code, write_index(session, *request, all));
  return code;
}

}  // namespace pedigree::cli
