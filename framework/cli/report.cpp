// SPDX-License-Identifier: MIT
// pedigree report RUN: a kept run again, in another form or language; nothing is run.
#include <filesystem>

#include "framework/cli/arguments.hpp"
#include "framework/cli/formats.hpp"
#include "framework/cli/verbs.hpp"
#include "framework/core/descriptor.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::cli {
namespace {
namespace fs = std::filesystem;

const Help kHelp{"report",
                 "pedigree report RUN [options]",
                 "Shows a kept run again. RUN is a run folder or a report.json.",
                 {"pedigree report runs/mine", "pedigree report runs/mine --lang ko",
                  "pedigree report report.json --format ndjson"}};

constexpr std::size_t kLargestReport = std::size_t{1} << 30;

Result<nlohmann::json> read_report(const fs::path& argument) {
  std::error_code error;
  const auto file = fs::is_directory(argument, error) ? argument / "report.json" : argument;
  const auto text = read_file(file, kLargestReport);
  if (!text)
    return Error{"RUN_UNREADABLE", file.string(), "", "there is no finished report: " + text.error().message,
                 "name a run folder (verify -o DIR) or a report.json"};
  io::JsonLimits limits;
  limits.bytes = kLargestReport;
  limits.values = 50'000'000;
  auto report = io::parse_json(*text, limits, file.string());
  if (!report) return report.error();
  const bool known = report->is_object() && report->contains("schema") && (*report)["schema"] == "pedigree/report/v1";
  if (!known) return Error{"RUN_UNREADABLE", file.string(), "", "is no report: expected schema pedigree/report/v1", ""};
  return report;
}

}  // namespace

ExitCode report_again(Session& session, const std::vector<std::string>& words) {
  po::options_description options;
  auto add = options.add_options();
  add("format", po::value<std::string>()->default_value("text"), ("form: " + format_names()).c_str());
  add("lang", po::value<std::string>(), "en or ko");
  add("verbose,v", po::bool_switch(), "say more");
  const auto arguments = parse(session, kHelp, options, words, 1, 1);
  if (!arguments.go_on) return arguments.code;
  const auto* format = find_format(session, "report", arguments.text("format"));
  if (format == nullptr) return kUsage;
  const auto lang = choose_language(session, "report", arguments.text("lang"), *format);
  if (!lang) return kUsage;
  const auto report = read_report(arguments.operands.front());
  if (!report) {
    session.console.error(report.error());
    return kEnvironment;
  }
  session.console.result(
      format->render(*report, render_context(session, *lang, arguments.values["verbose"].as<bool>())));
  return kDone;
}

}  // namespace pedigree::cli
