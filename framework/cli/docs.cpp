// SPDX-License-Identifier: MIT
// pedigree docs update RUN...: pages of documentation from kept runs; only what stands between markers is written.
#include <algorithm>
#include <filesystem>

#include "framework/cli/arguments.hpp"
#include "framework/cli/kept_report.hpp"
#include "framework/cli/verbs.hpp"
#include "framework/core/atomic_write.hpp"
#include "framework/core/descriptor.hpp"
#include "framework/core/text.hpp"
#include "framework/docs/pages.hpp"

namespace pedigree::cli {
namespace {
namespace fs = std::filesystem;

const Help kHelp{"docs",
                 "pedigree docs update RUN... [options]",
                 {"pedigree docs update runs/mine", "pedigree docs update runs/*/ --into handbook",
                  "pedigree docs update runs/*/ --check"}};
constexpr std::size_t kLargestPage = std::size_t{16} << 20;

/// A page as it is, or as it would be made, and what it should be.
struct Written {
  fs::path file;
  bool is_new = false, read_only = false;
  fs::perms permissions = fs::perms::none;
  std::string before, after;
};

Diagnostic unreadable(const fs::path& file, std::string message, std::string hint) {
  Diagnostic problem;
  problem.code = "PED-D005";
  problem.file = file.string();
  problem.message = std::move(message);
  problem.suggestion = std::move(hint);
  return problem;
}

/// The page, or its template when there is none yet.
std::optional<Written> read_page(const fs::path& into, const fs::path& templates, const docs::Page& page,
                                 Diagnostics& problems) {
  Written written;
  written.file = into / page.path;
  std::error_code error;
  const auto status = fs::symlink_status(written.file, error);
  written.is_new = !fs::exists(status);
  written.permissions = status.permissions();
  if (fs::is_symlink(status)) {  // writing would put a file in place of the link
    problems.push_back(unreadable(written.file, "the page is a symbolic link", "put the page itself there"));
    return std::nullopt;
  }
  constexpr auto kWritable = fs::perms::owner_write | fs::perms::group_write | fs::perms::others_write;
  written.read_only = !written.is_new && (status.permissions() & kWritable) == fs::perms::none;
  const auto source = written.is_new ? templates / page.template_path : written.file;
  const auto text = read_file(source, kLargestPage);
  if (!text) {
    problems.push_back(unreadable(source, "the page cannot be read: " + text.error().message, text.error().hint));
    return std::nullopt;
  }
  if (!is_utf8(*text)) {
    problems.push_back(unreadable(source, "the page is not UTF-8", "save it as UTF-8"));
    return std::nullopt;
  }
  written.before = *text;
  return written;
}

/// Every page's new text; problems of all pages are told together, and then nothing is written.
std::vector<Written> fill_all(const fs::path& into, const fs::path& templates,
                              const std::vector<nlohmann::json>& reports, const std::vector<std::string>& names,
                              Diagnostics& problems) {
  std::vector<Written> all;
  const auto pages = docs::pages_of(reports, names, problems);
  if (!problems.empty()) return all;
  for (const auto& page : pages) {
    auto written = read_page(into, templates, page, problems);
    if (!written) continue;
    const auto source = written->is_new ? templates / page.template_path : written->file;
    auto text = docs::fill_page(page, written->before, source.string(), reports, problems);
    if (!text) continue;
    written->after = std::move(*text);
    all.push_back(std::move(*written));
  }
  return all;
}

ExitCode write_all(Session& session, const std::vector<Written>& pages) {
  Diagnostics locked;
  for (const auto& page : pages)
    if (page.read_only && page.before != page.after)
      locked.push_back(unreadable(page.file, "the page is read-only", "allow writing it"));
  session.console.diagnostics(locked);
  if (!locked.empty()) return kEnvironment;
  std::size_t changed = 0;
  for (const auto& page : pages) {
    if (!page.is_new && page.before == page.after) continue;
    std::error_code error;
    fs::create_directories(page.file.parent_path(), error);
    if (const auto done = atomic_write(page.file, page.after); !done) {
      session.console.error(done.error());
      return kEnvironment;
    }
    if (!page.is_new) fs::permissions(page.file, page.permissions, error);
    ++changed;
    session.console.tell("wrote " + page.file.string() + "\n");
  }
  session.console.tell(std::to_string(pages.size()) + " pages, " + std::to_string(changed) + " changed\n");
  return kDone;
}

ExitCode check_all(Session& session, const std::vector<Written>& pages) {
  std::size_t stale = 0;
  for (const auto& page : pages) {
    if (!page.is_new && page.before == page.after) continue;
    ++stale;
    session.console.tell("stale: " + page.file.string() + "\n");
  }
  session.console.tell(std::to_string(pages.size()) + " pages, " + std::to_string(stale) + " stale\n");
  return stale == 0 ? kDone : kExpectationFailed;
}

}  // namespace

ExitCode docs_verb(Session& session, const std::vector<std::string>& words) {
  po::options_description options;
  auto add = options.add_options();
  add("into", po::value<std::string>()->default_value("docs"));
  add("check", po::bool_switch());
  const auto arguments = parse(session, kHelp, options, words, 2, 0);
  if (!arguments.go_on) return arguments.code;
  const auto& action = arguments.operands.front();
  if (action != "update")
    return usage_error(session, "docs", "unknown action '" + action + "'" + did_you_mean(action, {"update"}));
  std::vector<nlohmann::json> reports;
  const std::vector<std::string> names{arguments.operands.begin() + 1, arguments.operands.end()};
  for (const auto& name : names) {
    auto report = read_kept_report(name);
    if (!report) {
      session.console.error(report.error());
      return kEnvironment;
    }
    reports.push_back(std::move(*report));
  }
  Diagnostics problems;
  const auto pages =
      fill_all(arguments.text("into"), session.layout.prefix / "share/pedigree/docs", reports, names, problems);
  session.console.diagnostics(problems);
  if (!problems.empty()) {
    const bool only_files =
        std::all_of(problems.begin(), problems.end(), [](const auto& p) { return p.code == "PED-D005"; });
    return only_files ? kEnvironment : kUsage;
  }
  return arguments.values["check"].as<bool>() ? check_all(session, pages) : write_all(session, pages);
}

}  // namespace pedigree::cli
