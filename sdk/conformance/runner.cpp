// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "sdk/conformance/conformance.hpp"

namespace pedigree::conformance {
namespace {
namespace fs = std::filesystem;
constexpr auto kTime = std::chrono::seconds{180};

std::string encode(const Verdict& verdict) {
  return nlohmann::json{{"mark", static_cast<int>(verdict.mark)}, {"message", verdict.message}}.dump(
      -1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void tie_down() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
#ifndef PEDIGREE_SANITIZED
  const rlimit memory{rlim_t{4} << 30, rlim_t{4} << 30};
  ::setrlimit(RLIMIT_DATA, &memory);
#endif
}

/// Only in the child.
[[noreturn]] void child(const Test& test, const Subject& subject, const fs::path& folder, int answer) {
  Verdict verdict;
  try {
    tie_down();
    fs::current_path(folder);
    verdict = test.run(subject);
  } catch (const std::exception& e) {
    verdict = fail(e.what());
  }
  const auto text = encode(verdict);
  const bool told = ::write(answer, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::_exit(told ? 0 : 1);  // no destructor of the plugin runs
}

/// Everything the child writes until it ends or its time is up.
std::string listen(int answer, bool& timed_out) {
  const auto deadline = std::chrono::steady_clock::now() + kTime;
  std::string text;
  char block[4096];
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd ready{answer, POLLIN, 0};
    timed_out = left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) == 0;
    if (timed_out) return text;
    const ssize_t got = ::read(answer, block, sizeof block);
    if (got <= 0) return text;
    text.append(block, static_cast<std::size_t>(got));
  }
}

Verdict judge(const std::string& text, int status, bool timed_out) {
  if (timed_out) return fail("did not end within 180 s");
  if (WIFSIGNALED(status)) return fail(std::string("crashed: ") + ::strsignal(WTERMSIG(status)));
  const auto parsed = nlohmann::json::parse(text, nullptr, false);
  if (!parsed.is_object()) return fail("ended the process (exit code " + std::to_string(WEXITSTATUS(status)) + ")");
  return {static_cast<Mark>(parsed.at("mark").get<int>()), parsed.at("message")};
}

}  // namespace

Verdict run_in_child(const Test& test, const Subject& subject) {
  std::string folder = (fs::temp_directory_path() / "pedigree-conformance-XXXXXX").string();
  int ends[2] = {-1, -1};
  if (::mkdtemp(folder.data()) == nullptr || ::pipe2(ends, O_CLOEXEC) != 0) return fail("no room for a working folder");
  const pid_t id = ::fork();  // this program has one thread: a plain fork is safe
  if (id == 0) {
    ::setpgid(0, 0);
    ::close(ends[0]);
    child(test, subject, folder, ends[1]);
  }
  ::close(ends[1]);
  bool timed_out = false;
  const auto text = listen(ends[0], timed_out);
  ::close(ends[0]);
  int status = 0;
  if (timed_out) ::kill(-id, SIGKILL);
  ::waitpid(id, &status, 0);
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  return judge(text, status, timed_out);
}

}  // namespace pedigree::conformance
