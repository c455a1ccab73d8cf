// SPDX-License-Identifier: MIT
#include "framework/worker/process.hpp"

#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace pedigree::worker {
namespace {
namespace fs = std::filesystem;

/// posix_spawn's two tables, freed together.
class Tables {
 public:
  Tables() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;
  ~Tables() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

bool prepare(Tables& tables, const Start& start) {
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  auto* actions = &tables.actions;
  auto* attributes = &tables.attributes;
  return ::posix_spawn_file_actions_adddup2(actions, start.standard_input, 0) == 0 &&
         ::posix_spawn_file_actions_adddup2(actions, start.standard_error, 1) == 0 &&
         ::posix_spawn_file_actions_adddup2(actions, start.standard_error, 2) == 0 &&
         ::posix_spawn_file_actions_adddup2(actions, start.frames, 3) == 0 &&
         ::posix_spawn_file_actions_addclosefrom_np(actions, 4) == 0 &&
         ::posix_spawn_file_actions_addchdir_np(actions, start.folder.c_str()) == 0 &&
         ::posix_spawnattr_setpgroup(attributes, 0) == 0 && ::posix_spawnattr_setsigmask(attributes, &none) == 0 &&
         ::posix_spawnattr_setsigdefault(attributes, &all) == 0 &&
         ::posix_spawnattr_setflags(attributes, static_cast<short>(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                                   POSIX_SPAWN_SETSIGDEF)) == 0;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

WorkFolder::WorkFolder() {
  std::error_code error;
  const fs::path parent = fs::temp_directory_path(error);
  std::string name = (error ? fs::path{"/tmp"} : parent) / "pedigree-worker-XXXXXX";
  made_ = ::mkdtemp(name.data()) != nullptr;
  path_ = made_ ? fs::path{name} : fs::path{"/"};
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  if (made_) fs::remove_all(path_, ignored);
}

io::Result<Child> Child::start(const Start& start) {
  const auto failure = [&](int error) {
    return io::Error{"SPAWN_FAILED",
                     start.program,
                     {},
                     std::string("cannot start: ") + std::strerror(error),
                     "is pedigree completely installed?"};
  };
  Tables tables;
  if (!prepare(tables, start)) return failure(errno == 0 ? EINVAL : errno);
  std::vector<std::string> arguments{start.program};
  arguments.insert(arguments.end(), start.arguments.begin(), start.arguments.end());
  std::vector<std::string> environment = start.environment;
  pid_t id = -1;
  const int error = ::posix_spawn(&id, start.program.c_str(), &tables.actions, &tables.attributes,
                                  pointers(arguments).data(), pointers(environment).data());
  if (error != 0) return failure(error);
  return Child{id};
}

Child::~Child() {
  if (id_ < 0) return;
  kill();
  int status = 0;
  while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
  }
}

void Child::terminate() const { ::kill(id_, SIGTERM); }
void Child::kill() const { ::kill(-id_, SIGKILL); }

std::optional<Ended> Child::ended() {
  // Looked at first without reaping: while the leader is a zombie its group's number cannot be given to anybody else,
  // so the kill below cannot hit a stranger.
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(id_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0)
    return std::nullopt;
  kill();
  int status = 0;
  rusage usage{};
  while (::wait4(id_, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  id_ = -1;
  const bool signaled = WIFSIGNALED(status);
  return Ended{signaled, signaled ? WTERMSIG(status) : WEXITSTATUS(status),
               static_cast<std::uint64_t>(usage.ru_maxrss)};
}

std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name == nullptr ? "signal " + std::to_string(signal) : std::string("SIG") + name;
}

std::uint64_t peak_kib_of(pid_t process) {
  const std::string file = "/proc/" + std::to_string(process) + "/status";
  const std::unique_ptr<FILE, int (*)(FILE*)> status{std::fopen(file.c_str(), "re"), &std::fclose};
  char line[256];
  while (status != nullptr && std::fgets(line, sizeof line, status.get()) != nullptr)
    if (unsigned long kib = 0; std::sscanf(line, "VmHWM: %lu kB", &kib) == 1) return kib;
  return 0;
}

}  // namespace pedigree::worker
