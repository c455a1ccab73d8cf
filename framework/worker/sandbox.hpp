// SPDX-License-Identifier: MIT
// What a worker takes away from itself before a plugin's code runs. Each layer is best effort and named when active, so
// that a report can say what a result ran under (SECURITY.md). x86-64 and aarch64 Linux; elsewhere layers are absent.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pedigree::worker {

struct Limits {
  std::uint64_t memory_bytes = 0;  ///< RLIMIT_DATA: heap and private mappings; mapped files do not count
  std::uint64_t cpu_seconds = 0;
  std::uint64_t descriptors = 64;
  bool writes = false;  ///< files may grow (in the scratch folder)
};

/// Dies with the host: PR_SET_PDEATHSIG, and at once when the host is gone already. Never gains privileges.
/// Returns the layers that are active.
std::vector<std::string> tie_to_parent(int parent);

/// Resource limits, soft and hard. A sanitized build keeps its address space: the layer then says so.
std::vector<std::string> set_limits(const Limits& limits);

struct Permissions {
  bool network = false;     ///< sockets
  std::string scratch_dir;  ///< the only place to write; empty: nowhere
};

/// Landlock: no writing below any folder but scratch_dir (and to /dev/null), no TCP unless allowed, no signal to a
/// process outside. Reading stays: libraries are loaded afterwards.
std::vector<std::string> enter_landlock(const Permissions& permissions);

/// seccomp: no sockets unless allowed, no other process (fork, exec, ptrace, kill), no change of limits, modes or
/// owners, no io_uring, bpf, keys, mounts or namespaces. A denied call fails with EPERM. Needs tie_to_parent() first.
std::vector<std::string> enter_seccomp(const Permissions& permissions);

}  // namespace pedigree::worker
