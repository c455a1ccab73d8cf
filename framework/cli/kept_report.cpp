// SPDX-License-Identifier: MIT
#include "framework/cli/kept_report.hpp"

#include "framework/core/descriptor.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::cli {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t kLargestReport = std::size_t{1} << 30;

}  // namespace

Result<nlohmann::json> read_kept_report(const fs::path& argument) {
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

}  // namespace pedigree::cli
