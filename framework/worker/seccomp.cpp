// SPDX-License-Identifier: MIT
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <initializer_list>

#include "framework/worker/sandbox.hpp"

namespace pedigree::worker {

#if defined(PEDIGREE_SANITIZED) || !(defined(__x86_64__) || defined(__aarch64__))

// A sanitizer's report starts a symbolizer, which the filter would deny.
std::vector<std::string> enter_seccomp(const Permissions&) { return {}; }

#else
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#else
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#endif
constexpr std::uint32_t kX32 = 0x40000000;  // the other numbering of x86-64
constexpr std::uint32_t kDeny = SECCOMP_RET_ERRNO | EPERM;
constexpr std::uint32_t kAbsent = SECCOMP_RET_ERRNO | ENOSYS;

/// Writes a filter: a list of rules, each "this call (and this argument) ends in that", the rest allowed.
class Filter {
 public:
  Filter() {
    load(offsetof(seccomp_data, arch));
    unless_equal(kArchitecture, SECCOMP_RET_KILL_PROCESS);
    load(offsetof(seccomp_data, nr));
    add(BPF_JMP | BPF_JGE | BPF_K, kX32, 0, 1);
    finish(kAbsent);
  }
  void deny(std::initializer_list<long> calls) {
    for (const long call : calls) answer(call, kDeny);
  }
  void answer(long call, std::uint32_t with) {
    add(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 1);
    finish(with);
  }
  /// Allows `call` only when the low half of its argument has all bits of `value` (mask) or equals it.
  enum class Test { equals, has_bits };
  void deny_unless(long call, unsigned argument, Test test, std::uint32_t value) {
    add(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 4);
    load(static_cast<std::uint32_t>(offsetof(seccomp_data, args) + argument * sizeof(std::uint64_t)));
    add(BPF_JMP | (test == Test::equals ? BPF_JEQ : BPF_JSET) | BPF_K, value, 0, 1);
    finish(SECCOMP_RET_ALLOW);
    finish(kDeny);
  }
  /// Allows `call` only when its whole 64-bit argument is zero.
  void deny_unless_null(long call, unsigned argument) {
    const auto low = static_cast<std::uint32_t>(offsetof(seccomp_data, args) + argument * sizeof(std::uint64_t));
    add(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 6);
    load(low);
    add(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3);
    load(low + 4);
    add(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1);
    finish(SECCOMP_RET_ALLOW);
    finish(kDeny);
  }
  bool install() {
    finish(SECCOMP_RET_ALLOW);
    const sock_fprog program{static_cast<unsigned short>(code_.size()), code_.data()};
    return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
  }

 private:
  void add(int code, std::uint32_t k, std::uint8_t yes = 0, std::uint8_t no = 0) {
    code_.push_back({static_cast<std::uint16_t>(code), yes, no, k});
  }
  void load(std::uint32_t offset) { add(BPF_LD | BPF_W | BPF_ABS, offset); }
  void finish(std::uint32_t with) { add(BPF_RET | BPF_K, with); }
  void unless_equal(std::uint32_t value, std::uint32_t with) {
    add(BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0);
    finish(with);
  }
  std::vector<sock_filter> code_;
};

void deny_reach_outside(Filter& filter) {
  filter.deny({SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kill, SYS_tkill,
               SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_pidfd_send_signal, SYS_pidfd_open, SYS_kcmp});
#if defined(__x86_64__)
  filter.deny({SYS_fork, SYS_vfork});
#endif
  filter.answer(SYS_clone3, kAbsent);  // its flags lie in memory, which a filter cannot read; libc then calls clone
  filter.deny_unless(SYS_clone, 0, Filter::Test::has_bits, CLONE_THREAD);
  filter.deny_unless(SYS_tgkill, 0, Filter::Test::equals, static_cast<std::uint32_t>(::getpid()));
}

void deny_change_of_rules(Filter& filter) {
  filter.deny(
      {SYS_setrlimit,     SYS_unshare,          SYS_setns,  SYS_chroot,      SYS_pivot_root,   SYS_mount,
       SYS_umount2,       SYS_setuid,           SYS_setgid, SYS_setreuid,    SYS_setregid,     SYS_setresuid,
       SYS_setresgid,     SYS_setgroups,        SYS_capset, SYS_init_module, SYS_finit_module, SYS_delete_module,
       SYS_kexec_load,    SYS_reboot,           SYS_swapon, SYS_swapoff,     SYS_sethostname,  SYS_settimeofday,
       SYS_clock_settime, SYS_open_by_handle_at});
  filter.deny_unless_null(SYS_prlimit64, 2);  // reading limits only
}

void deny_kernel_machinery(Filter& filter) {
  filter.deny({SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register, SYS_bpf, SYS_perf_event_open,
               SYS_userfaultfd, SYS_keyctl, SYS_add_key, SYS_request_key, SYS_fanotify_init, SYS_quotactl});
}

/// Landlock does not guard a file's mode, owner and attributes.
void deny_file_attributes(Filter& filter) {
  filter.deny({SYS_fchmod, SYS_fchmodat, SYS_fchown, SYS_fchownat, SYS_setxattr, SYS_lsetxattr, SYS_fsetxattr,
               SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr, SYS_utimensat, 452 /* fchmodat2 */});
#if defined(__x86_64__)
  filter.deny({SYS_chmod, SYS_chown, SYS_lchown, SYS_utime, SYS_utimes, SYS_futimesat});
#endif
}

}  // namespace

std::vector<std::string> enter_seccomp(const Permissions& permissions) {
  Filter filter;
  deny_reach_outside(filter);
  deny_change_of_rules(filter);
  deny_kernel_machinery(filter);
  if (permissions.scratch_dir.empty()) deny_file_attributes(filter);
  if (!permissions.network) filter.deny({SYS_socket, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4});
  if (!filter.install()) return {};
  return {permissions.network ? "seccomp-with-network" : "seccomp"};
}
#endif

}  // namespace pedigree::worker
