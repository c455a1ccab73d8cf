// SPDX-License-Identifier: MIT
// pedigree test PIPELINE...: run, and compare the verdict with the pipeline's `expect:`.
#include <chrono>

#include "framework/cli/running.hpp"
#include "framework/cli/verbs.hpp"
#include "framework/report/forms/forms.hpp"

namespace pedigree::cli {
namespace {

const Help kHelp{"test",
                 "pedigree test PIPELINE... [options]",
                 {"pedigree test pipelines/models/*.yaml", "pedigree test my.yaml --format json",
                  "pedigree test pipelines/models/*.yaml --format junit > results.xml"}};

/// One pipeline's end: what differed, or why there is nothing to compare.
struct Checked {
  std::string name;
  ExitCode code = kDone;
  std::vector<std::string> differences;
  std::string note;
};

Checked check(Session& session, const RunRequest& request, const std::string& operand) {
  auto context = read_context(session, request.plugins, request.catalog);
  context.set = request.set;
  context.profile = request.profile;
  const auto read = pipeline::read_pipeline(pipeline_file(session, operand), context);
  session.console.diagnostics(read.diagnostics);
  Checked checked{operand, reading_code(read.diagnostics), {}, "the pipeline cannot be used"};
  if (!read.pipeline) return checked;
  checked.name = read.pipeline->name;
  checked.note = "the pipeline expects nothing (expect: is missing)";
  if (!read.pipeline->expect) return checked;
  const auto finished = carry_out(session, request, *read.pipeline, "");
  checked.code = finished.code;
  checked.note = finished.report ? "" : "the run failed";
  if (!finished.report || finished.code == kInterrupted || finished.code == kTerminated) return checked;
  checked.differences = run::check_expectation(*read.pipeline->expect, *finished.report);
  if (!checked.differences.empty()) checked.code = kExpectationFailed;
  return checked;
}

/// What ended without anything to compare is an error of the run, not a failure of the model.
report::TestCase case_of(const Checked& checked, const std::string& operand, double seconds) {
  const bool error = checked.code != kDone && checked.differences.empty();
  return {
      checked.name, operand, seconds, checked.differences,
      error ? (checked.note.empty() ? "the run ended with code " + std::to_string(checked.code) : checked.note) : ""};
}

std::string text_of(const Checked& checked) {
  std::string text = (checked.code == kDone ? "pass  " : "FAIL  ") + checked.name + "\n";
  for (const auto& line : checked.differences) text += "      " + line + "\n";
  if (!checked.note.empty()) text += "      " + checked.note + "\n";
  return text;
}

}  // namespace

ExitCode test(Session& session, const std::vector<std::string>& words) {
  const auto arguments = parse(session, kHelp, run_options(true), words, 1, 0);
  if (!arguments.go_on) return arguments.code;
  ExitCode code = kDone;
  auto request = prepare(session, "test", arguments, code);
  if (!request) return code;
  request->quiet = request->quiet || !session.console.stderr_is_terminal();
  auto list = nlohmann::json::array();
  std::vector<report::TestCase> cases;
  std::size_t failed = 0;
  for (const auto& operand : arguments.operands) {
    const auto started = std::chrono::steady_clock::now();
    const auto checked = check(session, *request, operand);
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - started;
    cases.push_back(case_of(checked, operand, spent.count()));
    code = worse(code, checked.code);
    failed += checked.code == kDone ? 0 : 1;
    list.push_back({{"pipeline", checked.name},
                    {"passed", checked.code == kDone},
                    {"differences", checked.differences},
                    {"note", checked.note}});
    if (std::string_view{request->format->name} == "text") session.console.tell(text_of(checked));
    if (checked.code == kInterrupted || checked.code == kTerminated) break;
  }
  if (std::string_view{request->format->name} == "text")
    session.console.tell(std::to_string(list.size() - failed) + " passed, " + std::to_string(failed) + " failed\n");
  else if (std::string_view{request->format->name} == "junit")
    session.console.result(report::to_junit(cases));
  else
    session.console.result(list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  return code;
}

}  // namespace pedigree::cli
