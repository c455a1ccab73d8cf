// SPDX-License-Identifier: MIT
#include "framework/run/run_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "framework/core/atomic_write.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::run {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t kLargestKeptFile = std::size_t{1} << 30;
constexpr std::array kFiles{"report.json",           "verdict.json",    "report.md",  "report.html", "report.txt",
                            "report.ndjson",         "evidence.ndjson", "log.ndjson", "inputs.json", "plugins.json",
                            "pipeline.resolved.yaml"};

Error failed(const fs::path& path, int number) {
  const bool full = number == ENOSPC || number == EDQUOT || number == EFBIG;
  return Error{
      full ? "DISK_FULL" : "RUN_FOLDER_UNUSABLE", path.string(), "",
      full ? "no space left to write to" : std::string{"cannot be written: "} + std::strerror(number),
      full ? "free some space and run again with --resume: what was found is kept" : "choose another folder with -o"};
}

/// Which digests recorded what: {"model/role/name": sha256}, ignoring what was merely remembered.
std::map<std::string, std::string> digests_of(const nlohmann::json& document) {
  std::map<std::string, std::string> digests;
  for (const char* list : {"inputs", "plugins"}) {
    if (!document.is_object() || !document.contains(list) || !document[list].is_array()) continue;
    for (const auto& entry : document[list]) {
      if (!entry.is_object() || !entry.contains("sha256")) continue;
      const auto part = [&](const char* key) {
        return entry.contains(key) && entry[key].is_string() ? entry[key].get<std::string>() : std::string{};
      };
      digests[part("model") + " " + part("role") + " " + part("name") + part("id")] = part("sha256");
    }
  }
  return digests;
}

std::string difference(const std::string& what, const std::map<std::string, std::string>& before,
                       const std::map<std::string, std::string>& now) {
  std::string lines;
  for (const auto& [name, digest] : before) {
    const auto found = now.find(name);
    if (found == now.end())
      lines += "\n  - " + what + " " + name;
    else if (found->second != digest)
      lines += "\n  ~ " + what + " " + name + ": " + digest.substr(0, 12) + " is now " + found->second.substr(0, 12);
  }
  for (const auto& [name, digest] : now)
    if (before.count(name) == 0) lines += "\n  + " + what + " " + name;
  return lines;
}

/// Lines of one text that the other does not have, in order: enough to see what changed.
std::string line_difference(const std::string& before, const std::string& now) {
  const auto split = [](const std::string& text) {
    std::map<std::string, int> lines;
    for (std::size_t at = 0; at < text.size();) {
      const auto end = std::min(text.find('\n', at), text.size());
      ++lines[text.substr(at, end - at)];
      at = end + 1;
    }
    return lines;
  };
  const auto old_lines = split(before), new_lines = split(now);
  std::string out;
  for (const auto& [line, times] : old_lines)
    if (new_lines.count(line) == 0) out += "\n  - " + line;
  for (const auto& [line, times] : new_lines)
    if (old_lines.count(line) == 0) out += "\n  + " + line;
  return out.empty() ? "\n  (the order of lines changed)" : out;
}

std::string pretty(const nlohmann::json& document) {
  return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

bool needs_no_second_try(OutcomeKind kind) { return kind == OutcomeKind::ok || kind == OutcomeKind::not_applicable; }

}  // namespace

RunFolder::RunFolder(RunFolder&& other) noexcept
    : folder_(std::move(other.folder_)),
      lock_(std::move(other.lock_)),
      evidence_(std::move(other.evidence_)),
      log_(std::move(other.log_)),
      finished_(std::move(other.finished_)),
      problem_(std::move(other.problem_)) {}

Result<RunFolder> RunFolder::open(const fs::path& folder, const RunIdentity& identity, bool resume) {
  RunFolder opened;
  if (auto status = opened.take(folder); !status) return status.error();
  if (auto status = resume ? opened.check_same(identity) : opened.start_fresh(identity); !status) return status.error();
  if (auto status = opened.open_logs(); !status) return status.error();
  return opened;
}

Status RunFolder::take(const fs::path& folder) {
  folder_ = folder;
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) return failed(folder_, error.value());
  const auto lock_file = folder_ / ".lock";
  lock_ = Descriptor{::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644)};
  if (!lock_) return failed(lock_file, errno);
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    std::array<char, 64> owner{};
    const auto count = ::pread(lock_.get(), owner.data(), owner.size() - 1, 0);
    return Error{"RUN_FOLDER_LOCKED", folder_.string(), "",
                 "another run is using this folder" + (count > 0 ? " (process " + std::string{owner.data()} + ")" : ""),
                 "wait for it, or choose another folder with -o"};
  }
  const std::string pid = std::to_string(::getpid());
  if (::ftruncate(lock_.get(), 0) != 0 || ::pwrite(lock_.get(), pid.data(), pid.size(), 0) < 0)
    return failed(lock_file, errno);
  return Done{};
}

Status RunFolder::start_fresh(const RunIdentity& identity) {
  std::error_code error;
  for (const char* name : kFiles) fs::remove(folder_ / name, error);
  for (const auto& [name, text] :
       {std::pair<const char*, std::string>{"pipeline.resolved.yaml", identity.resolved_pipeline},
        {"inputs.json", pretty(identity.inputs)},
        {"plugins.json", pretty(identity.plugins)}})
    if (auto status = atomic_write(folder_ / name, text); !status) return status;
  return Done{};
}

Status RunFolder::check_same(const RunIdentity& identity) {
  const auto pipeline = read_file(folder_ / "pipeline.resolved.yaml", kLargestKeptFile);
  const auto inputs = read_file(folder_ / "inputs.json", kLargestKeptFile);
  const auto plugins = read_file(folder_ / "plugins.json", kLargestKeptFile);
  if (!pipeline || !inputs || !plugins)
    return Error{"RESUME_NOTHING", folder_.string(), "", "holds no run that could be resumed", "run without --resume"};
  std::string changes;
  if (*pipeline != identity.resolved_pipeline)
    changes += "\npipeline:" + line_difference(*pipeline, identity.resolved_pipeline);
  const auto parse = [](const std::string& text) {
    auto parsed = io::parse_json(text);
    return parsed ? std::move(*parsed) : nlohmann::json::object();
  };
  changes += difference("input", digests_of(parse(*inputs)), digests_of(identity.inputs));
  changes += difference("plugin", digests_of(parse(*plugins)), digests_of(identity.plugins));
  if (!changes.empty())
    return Error{"RESUME_DIFFERS", folder_.string(), "", "this is not the same run any more:" + changes,
                 "run without --resume, or into another folder"};
  if (const auto lines = read_file(folder_ / "evidence.ndjson", kLargestKeptFile))
    for (auto& [key, result] : from_lines(*lines))
      if (needs_no_second_try(result.outcome.kind)) finished_[key] = std::move(result);
  return Done{};
}

Status RunFolder::open_logs() {
  const auto open_append = [&](const char* name) {
    return Descriptor{::open((folder_ / name).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644)};
  };
  evidence_ = open_append("evidence.ndjson");
  if (!evidence_) return failed(folder_ / "evidence.ndjson", errno);
  log_ = open_append("log.ndjson");
  if (!log_) return failed(folder_ / "log.ndjson", errno);
  // A line torn by a crash must not swallow the next one.
  if (::lseek(evidence_.get(), 0, SEEK_END) > 0) append(evidence_, "evidence.ndjson", "\n", false);
  return Done{};
}

void RunFolder::append(const Descriptor& file, const std::string& name, std::string_view text, bool flush) {
  const std::lock_guard lock{mutex_};
  if (problem_) return;
  while (!text.empty()) {
    const auto count = ::write(file.get(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      problem_ = failed(folder_ / name, errno);
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (flush && ::fdatasync(file.get()) != 0 && errno != EINVAL && errno != EROFS)
    problem_ = failed(folder_ / name, errno);
}

void RunFolder::append_result(const std::string& key, const JobResult& result) {
  append(evidence_, "evidence.ndjson", to_lines(key, result), true);
}

void RunFolder::append_log(const nlohmann::json& line) {
  append(log_, "log.ndjson", io::json_text(line) + "\n", false);
}

void RunFolder::write_file(const std::string& name, std::string_view bytes) {
  const std::lock_guard lock{mutex_};
  if (problem_) return;
  if (auto status = atomic_write(folder_ / name, bytes); !status) problem_ = status.error();
}

fs::path RunFolder::scratch_for(const std::string& analyzer) {
  const auto folder = fs::absolute(folder_) / "scratch" / analyzer;
  std::error_code error;
  fs::create_directories(folder, error);
  return error ? fs::path{} : folder;
}

std::optional<Error> RunFolder::problem() const {
  const std::lock_guard lock{mutex_};
  return problem_;
}

}  // namespace pedigree::run
