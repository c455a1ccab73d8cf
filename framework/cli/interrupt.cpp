// SPDX-License-Identifier: MIT
#include "framework/cli/interrupt.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace pedigree::cli {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};

// A signal handler has no other way to reach the program's state.
volatile std::sig_atomic_t first_signal = 0;
volatile std::sig_atomic_t pipe_end = -1;

void on_signal(int number) {
  const int saved = errno;
  if (first_signal != 0) ::_exit(128 + number);
  first_signal = number;
  const char byte = 1;
  if (pipe_end >= 0) (void)!::write(pipe_end, &byte, 1);
  errno = saved;
}

}  // namespace

Interrupt::Interrupt() {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;
  read_end_ = ends[0];
  write_end_ = ends[1];
  pipe_end = write_end_;
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int number : kSignals) ::sigaction(number, &action, nullptr);
  reader_ = std::jthread{[this] {
    char byte = 0;
    while (::read(read_end_, &byte, 1) < 0 && errno == EINTR) {
    }
    if (byte == 1) stop_.request_stop();
  }};
}

Interrupt::~Interrupt() {
  for (const int number : kSignals) std::signal(number, SIG_DFL);
  pipe_end = -1;
  if (write_end_ < 0) return;
  const char byte = 0;
  (void)!::write(write_end_, &byte, 1);
  reader_.join();
  ::close(read_end_);
  ::close(write_end_);
}

int Interrupt::received() { return first_signal; }

}  // namespace pedigree::cli
