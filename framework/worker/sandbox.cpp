// SPDX-License-Identifier: MIT
#include "framework/worker/sandbox.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <csignal>

#include <cerrno>

#include "framework/core/descriptor.hpp"

namespace pedigree::worker {
namespace {

constexpr rlim_t kMaxWrittenFile = rlim_t{4} << 30;

bool limit(int resource, rlim_t value) {
  rlimit now{};
  if (::getrlimit(static_cast<__rlimit_resource>(resource), &now) != 0) return false;
  if (now.rlim_max != RLIM_INFINITY && value > now.rlim_max) value = now.rlim_max;
  const rlimit wanted{value, value};
  return ::setrlimit(static_cast<__rlimit_resource>(resource), &wanted) == 0;
}

// Landlock's numbers (include/uapi/linux/landlock.h), written out because Debian 12's headers know revision 2 only.
struct RulesetAttributes {
  std::uint64_t handled_access_fs, handled_access_net, scoped;
};
struct [[gnu::packed]] PathAttributes {
  std::uint64_t allowed_access;
  std::int32_t parent_fd;
};
constexpr long kCreateRuleset = 444, kAddRule = 445, kRestrictSelf = 446;
constexpr unsigned kAskVersion = 1;
constexpr int kPathBeneath = 1;
constexpr std::uint64_t kWriteFile = 1u << 1, kRemoveDir = 1u << 4, kRemoveFile = 1u << 5, kMakeDir = 1u << 7,
                        kMakeReg = 1u << 8, kMakeSym = 1u << 12, kRefer = 1u << 13, kTruncate = 1u << 14,
                        kDeviceControl = 1u << 15;
constexpr std::uint64_t kEveryMake = 0x1FC0;  // bits 6 to 12: device, folder, file, socket, pipe, block device, link

std::uint64_t writing_rights(long version) {
  std::uint64_t rights = kWriteFile | kRemoveDir | kRemoveFile | kEveryMake;
  if (version >= 2) rights |= kRefer;
  if (version >= 3) rights |= kTruncate;
  if (version >= 5) rights |= kDeviceControl;
  return rights;
}

bool allow_below(int ruleset, const char* path, std::uint64_t rights) {
  const Descriptor folder{::open(path, O_PATH | O_CLOEXEC)};
  const PathAttributes attributes{rights, folder.get()};
  return folder && ::syscall(kAddRule, ruleset, kPathBeneath, &attributes, 0u) == 0;
}

std::size_t attributes_size(long version) {
  if (version >= 6) return sizeof(RulesetAttributes);
  return version >= 4 ? offsetof(RulesetAttributes, scoped) : offsetof(RulesetAttributes, handled_access_net);
}

}  // namespace

std::vector<std::string> tie_to_parent(int parent) {
  std::vector<std::string> active;
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0) active.emplace_back("parent-death-signal");
  if (::getppid() != parent) ::_exit(1);  // the host died before the line above
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) active.emplace_back("no-new-privs");
  return active;
}

std::vector<std::string> set_limits(const Limits& limits) {
  std::signal(SIGXFSZ, SIG_IGN);  // a write beyond the limit fails with EFBIG instead of killing
  bool all = limit(RLIMIT_CORE, 0) && limit(RLIMIT_CPU, limits.cpu_seconds) &&
             limit(RLIMIT_NOFILE, limits.descriptors) && limit(RLIMIT_FSIZE, limits.writes ? kMaxWrittenFile : 0);
#ifdef PEDIGREE_SANITIZED
  return {all ? "rlimits-without-memory: sanitized build" : "rlimits-partly: sanitized build"};
#else
  all = limit(RLIMIT_DATA, limits.memory_bytes) && all;
  return {all ? "rlimits" : "rlimits-partly"};
#endif
}

std::vector<std::string> enter_landlock(const Permissions& permissions) {
  const long version = ::syscall(kCreateRuleset, nullptr, 0, kAskVersion);
  if (version < 1) return {};
  RulesetAttributes attributes{writing_rights(version), permissions.network ? 0u : 3u, 3u};
  const Descriptor ruleset{static_cast<int>(::syscall(kCreateRuleset, &attributes, attributes_size(version), 0u))};
  if (!ruleset) return {};
  (void)allow_below(ruleset.get(), "/dev/null", kWriteFile | (version >= 3 ? kTruncate : 0));
  if (!permissions.scratch_dir.empty()) {
    const std::uint64_t rights = kWriteFile | kRemoveDir | kRemoveFile | kMakeDir | kMakeReg | kMakeSym |
                                 (version >= 2 ? kRefer : 0) | (version >= 3 ? kTruncate : 0);
    if (!allow_below(ruleset.get(), permissions.scratch_dir.c_str(), rights)) return {};
  }
  if (::syscall(kRestrictSelf, ruleset.get(), 0u) != 0) return {};
  return {"landlock-" + std::to_string(version)};
}

}  // namespace pedigree::worker
