// SPDX-License-Identifier: MIT
// A child process of its own process group, started without fork's copy of a threaded host.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "framework/core/descriptor.hpp"

namespace pedigree::worker {

/// An empty folder that is removed with everything in it. Thread-safe to make.
class WorkFolder {
 public:
  WorkFolder();  ///< below the system's folder for temporary files; "/" when there is no room for one
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  ~WorkFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  bool made_ = false;
};

struct Start {
  std::string program;                   ///< absolute
  std::vector<std::string> arguments;    ///< without the program's name
  std::vector<std::string> environment;  ///< "NAME=value"; nothing else is passed on
  std::filesystem::path folder;          ///< its current folder
  int standard_input = -1;               ///< becomes descriptor 0
  int standard_error = -1;               ///< becomes descriptors 1 and 2
  int frames = -1;                       ///< becomes descriptor 3; every higher one is closed
};

/// How a process ended.
struct Ended {
  bool signaled = false;
  int code = 0;                   ///< exit code, or the signal's number
  std::uint64_t max_rss_kib = 0;  ///< as the kernel counts; never below the host's own peak at the start
};

/// A running child; killed with its whole group and reaped when the object goes.
class Child {
 public:
  /// Signals of the child are unblocked and have their defaults. Error: SPAWN_FAILED.
  static io::Result<Child> start(const Start& start);
  Child(Child&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
  Child& operator=(Child&&) = delete;
  ~Child();

  pid_t id() const { return id_; }
  void terminate() const;  ///< SIGTERM to the child itself, so that it can finish
  void kill() const;       ///< SIGKILL to its group
  /// Nothing while it runs. Once it ended: the rest of its group is killed, it is reaped, and the object is spent.
  std::optional<Ended> ended();

 private:
  explicit Child(pid_t id) : id_(id) {}
  pid_t id_ = -1;
};

/// "SIGSEGV" and kin; "signal 42" for one without a common name.
std::string signal_name(int signal);

/// Most memory the process held so far (VmHWM), in KiB; 0 when it cannot be known.
std::uint64_t peak_kib_of(pid_t process);

}  // namespace pedigree::worker
