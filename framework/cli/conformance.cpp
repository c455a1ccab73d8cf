// SPDX-License-Identifier: MIT
#include "framework/cli/conformance.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "framework/report/messages.hpp"
#include "framework/report/phrases.hpp"
#include "framework/report/text.hpp"
#include "framework/report/view.hpp"

namespace pedigree::cli {
namespace {

using nlohmann::json;
using report::text_at;

constexpr std::size_t kLargestReport = std::size_t{16} << 20;

struct Ended {
  int problem = 0;  ///< errno when it did not start
  int status = 0;
  std::string out;
};

/// stdout of the program; its stderr stays ours.
Ended run(std::vector<std::string>& words) {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {errno, 0, {}};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  std::vector<char*> raw;
  for (auto& word : words) raw.push_back(word.data());
  raw.push_back(nullptr);
  pid_t child = -1;
  Ended ended;
  ended.problem = ::posix_spawn(&child, raw.front(), &actions, nullptr, raw.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  std::array<char, 4096> block{};
  for (ssize_t got = 0; ended.problem == 0 && ended.out.size() < kLargestReport;) {
    got = ::read(ends[0], block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    ended.out.append(block.data(), static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  if (ended.problem == 0)
    while (::waitpid(child, &ended.status, 0) < 0 && errno == EINTR) {
    }
  return ended;
}

std::string told(const json& document, const std::string& lang) {
  const auto messages = std::make_shared<json>(report::framework_messages());
  const report::Translator words{messages, "conformance.", lang};
  std::size_t passed = 0, failed = 0, left_out = 0;
  std::string text;
  for (const auto& test : report::list_at(document, "tests")) {
    const auto result = text_at(test, "result"), message = text_at(test, "message");
    (result == "pass" ? passed : result == "FAIL" ? failed : left_out) += 1;
    text += report::pad(words(result), 9) + " " + report::pad(report::harmless(text_at(test, "id")), 20) + " " +
            words(text_at(test, "what")) + (message.empty() ? "" : ": " + report::harmless(words(message))) + "\n";
  }
  return text +
         report::render("conformance.total", {{"passed", passed}, {"failed", failed}, {"left_out", left_out}}, lang,
                        *messages) +
         "\n";
}

}  // namespace

ExitCode check_in_language(Session& session, std::vector<std::string> words) {
  const auto program = words.front();
  words.insert(words.end(), {"--format", "json"});
  const auto ended = run(words);
  if (ended.problem != 0) {
    session.console.error(program + " cannot be started: " + std::strerror(ended.problem));
    return kEnvironment;
  }
  const auto document = json::parse(ended.out, nullptr, false);
  if (document.is_object()) session.console.result(told(document, session.console.language()));
  return WIFEXITED(ended.status) ? static_cast<ExitCode>(WEXITSTATUS(ended.status)) : kBug;
}

}  // namespace pedigree::cli
