// SPDX-License-Identifier: MIT
// Group contract: manners. Cancellation, progress, nothing left behind, nothing printed.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "sdk/conformance/fixtures.hpp"
#include "sdk/conformance/loaded.hpp"
#include "sdk/conformance/mini_host.hpp"

namespace pedigree::conformance {
namespace {
namespace fs = std::filesystem;

std::vector<Model> models_of(const Subject& subject) {
  return {small_model("subject", subject.seed), small_model("reference", subject.seed + 1)};
}

Verdict cancellation_is_heeded(const Subject& subject) {
  for (const auto* analyzer : Loaded{subject}.analyzers()) {
    RunSettings settings;
    settings.cancelled = true;
    const auto began = std::chrono::steady_clock::now();
    const auto observed = run(*analyzer, models_of(subject), settings);
    if (std::chrono::steady_clock::now() - began > std::chrono::seconds{2})
      return fail(text(analyzer->id) + " goes on for more than 2 s after cancellation");
    if (observed.status == PEDIGREE_ERR_INTERNAL) return fail(text(analyzer->id) + ": " + observed.error);
  }
  return pass();
}

Verdict progress_only_grows(const Subject& subject) {
  std::size_t reports = 0;
  for (const auto* analyzer : Loaded{subject}.analyzers()) {
    const auto observed = run(*analyzer, models_of(subject));
    for (const auto& violation : observed.violations)
      if (violation.starts_with("progress")) return fail(text(analyzer->id) + ": " + violation);
    reports += observed.progress.size();
  }
  return pass(std::to_string(reports) + " reports");
}

std::ptrdiff_t entries(const char* folder) {
  return std::distance(fs::directory_iterator{folder}, fs::directory_iterator{});
}

Verdict nothing_is_left_behind(const Subject& subject) {
  const Loaded loaded{subject};
  for (const auto* analyzer : loaded.analyzers()) (void)run(*analyzer, models_of(subject));  // first use may cache
  const auto descriptors = entries("/proc/self/fd");
  const auto threads = entries("/proc/self/task");
  for (const auto* analyzer : loaded.analyzers()) {
    RunSettings settings;
    settings.threads = 2;
    (void)run(*analyzer, models_of(subject), settings);
    for (int i = 0; i < 100 && entries("/proc/self/task") > threads;
         ++i)  // a joined thread's entry goes a little later
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    if (entries("/proc/self/task") > threads) return fail(text(analyzer->id) + " leaves threads behind");
    if (entries("/proc/self/fd") > descriptors) return fail(text(analyzer->id) + " leaves descriptors open");
    if (!fs::is_empty(".")) return fail(text(analyzer->id) + " writes files into the current folder");
  }
  return pass();
}

Verdict nothing_is_printed(const Subject& subject) {
  const int kept_out = ::dup(STDOUT_FILENO), kept_error = ::dup(STDERR_FILENO);
  const int sink = ::open("printed.txt", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  ::dup2(sink, STDOUT_FILENO);
  ::dup2(sink, STDERR_FILENO);
  for (const auto* analyzer : Loaded{subject}.analyzers()) (void)run(*analyzer, models_of(subject));
  std::fflush(nullptr);
  ::dup2(kept_out, STDOUT_FILENO);
  ::dup2(kept_error, STDERR_FILENO);
  const auto printed = ::lseek(sink, 0, SEEK_END);
  ::close(sink);
  fs::remove("printed.txt");
  return printed == 0 ? pass() : fail("prints " + std::to_string(printed) + " bytes; use host.log()");
}

Verdict memory_is_moderate(const Subject& subject) {
  for (const auto* analyzer : Loaded{subject}.analyzers()) (void)run(*analyzer, models_of(subject));
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto mib = usage.ru_maxrss / 1024;
#ifdef PEDIGREE_SANITIZED
  return pass("peak " + std::to_string(mib) + " MiB in a sanitized build");
#else
  const std::string peak = "peak " + std::to_string(mib) + " MiB on models of 1 MiB";
  return mib < 512 ? pass(peak) : fail(peak);
#endif
}

}  // namespace

std::vector<Test> contract_tests() {
  return {{"contract.cancel", "a cancelled run ends within 2 s", cancellation_is_heeded},
          {"contract.progress", "progress grows within [0,1]", progress_only_grows},
          {"contract.leftovers", "no thread, descriptor or file is left", nothing_is_left_behind},
          {"contract.silence", "nothing is printed", nothing_is_printed},
          {"memory.peak", "small models take little memory", memory_is_moderate}};
}

}  // namespace pedigree::conformance
