// SPDX-License-Identifier: MIT
#include "framework/worker/worker.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <utility>

#include "framework/core/descriptor.hpp"
#include "framework/core/text.hpp"
#include "framework/worker/environment.hpp"
#include "framework/worker/frames.hpp"
#include "framework/worker/process.hpp"
#include "framework/worker/protocol.hpp"

namespace pedigree::worker {
namespace {
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr auto kLook = milliseconds{100};    ///< how often a silent worker's memory is looked at
constexpr auto kLinger = milliseconds{500};  ///< how long a worker may live on after its last frame
constexpr int kFirstFree = 10;               ///< descriptors the child gives a meaning to lie below
constexpr std::size_t kMaxPrinted = std::size_t{64} << 10;

/// Thrown inside this file only: the run cannot even begin.
struct CannotStart {
  std::string message;
};

/// Out of the way of 0 to 3, which the child's set-up overwrites one by one.
Descriptor moved_up(int descriptor) {
  const Descriptor low{descriptor};
  Descriptor high{descriptor < 0 ? -1 : ::fcntl(descriptor, F_DUPFD_CLOEXEC, kFirstFree)};
  if (!high) throw CannotStart{std::string("no descriptor is free: ") + std::strerror(errno)};
  return high;
}

/// The job as a file in memory: nobody waits for a reader, and a worker that never reads blocks nobody.
Descriptor job_file(const Job& job) {
  const auto text = encode_job(job, ::getpid());
  if (!text) throw CannotStart{text.error().text()};
  Descriptor file = moved_up(::memfd_create("pedigree-job", MFD_CLOEXEC));
  for (std::string_view rest = *text; !rest.empty();) {
    const ssize_t put = ::write(file.get(), rest.data(), rest.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) throw CannotStart{std::string("cannot hand over the job: ") + std::strerror(errno)};
    rest.remove_prefix(static_cast<std::size_t>(put));
  }
  return file;
}

struct Pipe {
  Descriptor read, write;
  Pipe() {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) throw CannotStart{std::string("no pipe: ") + std::strerror(errno)};
    Descriptor second{ends[1]};
    read = moved_up(ends[0]);
    write = moved_up(second.release());
    ::fcntl(read.get(), F_SETFL, O_NONBLOCK);
  }
};

/// What a plugin prints, line by line, to the log; a bounded amount of it.
class Printed {
 public:
  explicit Printed(const Listener& listener) : listener_(listener) {}
  void feed(std::string_view bytes) {
    const auto room = kMaxPrinted - std::min(kMaxPrinted, total_);
    total_ += bytes.size();
    for (const char c : bytes.substr(0, room)) {
      if (c != '\n')
        line_ += c;
      else
        flush();
    }
  }
  void flush() {
    if (line_.empty()) return;
    last_ = to_utf8(std::exchange(line_, {}));
    if (listener_.log) listener_.log(1, "printed: " + last_);
  }
  const std::string& last() const { return last_; }

 private:
  const Listener& listener_;
  std::string line_, last_;
  std::size_t total_ = 0;
};

/// One run, from start to the classified outcome.
class Run {
 public:
  Run(const WorkerSettings& settings, const Job& job, const Listener& listener)
      : job_(job), conversation_(job, listener), printed_(listener), began_(Clock::now()), child_(start(settings)) {}

  WorkerResult follow(const std::stop_token& stop) {
    const Descriptor wake = moved_up(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    const std::stop_callback on_stop{stop, [&] {
                                       const std::uint64_t one = 1;
                                       (void)!::write(wake.get(), &one, sizeof one);
                                     }};
    std::optional<Ended> ended;
    while (!(ended = child_.ended())) {
      watch(stop);
      wait(wake.get());
      read_all();
    }
    read_all();
    printed_.flush();
    return result(*ended);
  }

 private:
  Child start(const WorkerSettings& settings) {
    Pipe frames, errors;
    const Descriptor input = job_file(job_);
    auto child = Child::start({settings.worker_program,
                               {"run"},
                               worker_environment(job_),
                               folder_.path(),
                               input.get(),
                               errors.write.get(),
                               frames.write.get()});
    if (!child) throw CannotStart{child.error().text()};
    frames_ = std::move(frames.read);
    errors_ = std::move(errors.read);
    rusage own{};
    ::getrusage(RUSAGE_SELF, &own);
    inherited_peak_kib_ = static_cast<std::uint64_t>(own.ru_maxrss);
    return std::move(*child);
  }

  /// Deadline, stop request and a broken conversation: first asks, then kills.
  void watch(const std::stop_token& stop) {
    const auto now = Clock::now();
    if (!asked_ && now - began_ >= job_.wall) ask(now, Why::deadline);
    if (!asked_ && stop.stop_requested()) ask(now, Why::stop);
    if (conversation_.done() && !finished_) finished_ = now;
    const bool lingers = finished_ && now - *finished_ >= kLinger;
    if (conversation_.broken() || lingers || (asked_ && now - *asked_ >= job_.grace)) child_.kill();
    sampled_peak_kib_ = std::max(sampled_peak_kib_, peak_kib_of(child_.id()));
  }
  enum class Why { none, deadline, stop };
  void ask(Clock::time_point now, Why why) {
    asked_ = now;
    why_ = why;
    child_.terminate();
  }

  /// Until something happens, at most to the next deadline. Once both pipes are closed the end is near or never: looks
  /// at short intervals.
  void wait(int wake) {
    std::array<pollfd, 3> watched{
        {{frames_.get(), POLLIN, 0}, {errors_.get(), POLLIN, 0}, {asked_ ? -1 : wake, POLLIN, 0}}};
    auto pause = !frames_ ? milliseconds{1 + std::min(idle_++, 49)} : kLook;
    const auto now = Clock::now();
    const auto deadline = asked_ ? *asked_ + job_.grace : began_ + job_.wall;
    pause = std::clamp(std::chrono::ceil<milliseconds>(deadline - now), milliseconds{1}, pause);
    (void)::poll(watched.data(), watched.size(), static_cast<int>(pause.count()));
  }

  void read_all() {
    drain(frames_, [&](std::string_view bytes) {
      if (!conversation_.broken()) (void)conversation_.feed(bytes);
    });
    drain(errors_, [&](std::string_view bytes) { printed_.feed(bytes); });
  }
  /// What is there now, at most 4 MiB, so that a flood cannot hold up the deadline. Closes at the end.
  template <class F>
  static void drain(Descriptor& pipe, F&& use) {
    std::array<char, 65536> block;
    for (int blocks = 0; pipe && blocks < 64; ++blocks) {
      const ssize_t got = ::read(pipe.get(), block.data(), block.size());
      if (got > 0)
        use(std::string_view{block.data(), static_cast<std::size_t>(got)});
      else if (got == 0)
        pipe.reset();
      else if (errno != EINTR)
        return;
    }
  }

  WorkerResult result(const Ended& ended) {
    WorkerResult result;
    result.outcome.analyzer = job_.analyzer->id;
    result.outcome.family = job_.analyzer->family;
    std::tie(result.outcome.kind, result.outcome.message) = classify(ended);
    result.outcome.seconds = std::chrono::duration<double>(Clock::now() - began_).count();
    result.outcome.peak_mib = static_cast<double>(peak_kib(ended)) / 1024;
    result.evidence = std::move(conversation_.evidence());
    result.sandbox = conversation_.sandbox();
    return result;
  }

  std::pair<OutcomeKind, std::string> classify(const Ended& ended) const {
    const auto& done = conversation_.done();
    if (conversation_.broken()) return {OutcomeKind::lost, "the worker sent " + conversation_.problem()};
    if (done && (done->kind != OutcomeKind::cancelled || why_ == Why::none)) return {done->kind, done->message};
    if (why_ == Why::deadline) return {OutcomeKind::timed_out, "did not end within " + seconds_text(job_.wall)};
    if (why_ == Why::stop) return {OutcomeKind::cancelled, "stopped"};
    if (ended.signaled && ended.code == SIGXCPU) return {OutcomeKind::timed_out, "used up its CPU time"};
    if (ended.signaled) return {OutcomeKind::crashed, crash_text(ended.code)};
    return {OutcomeKind::lost, "the worker ended with exit code " + std::to_string(ended.code) + " without finishing" +
                                   aside(printed_.last())};
  }

  std::string crash_text(int signal) const {
    std::string text = "ended by " + signal_name(signal);
    if (signal == SIGKILL) text += " (was the machine out of memory?)";
    if (signal == SIGBUS) text += " (did a mapped file become shorter?)";
    return text + aside(conversation_.last_error().empty() ? printed_.last() : conversation_.last_error());
  }
  static std::string aside(const std::string& text) { return text.empty() ? "" : "; its last words: " + text; }
  static std::string seconds_text(milliseconds time) {
    std::string text = std::to_string(static_cast<double>(time.count()) / 1000.0);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text + " s";
  }

  /// The worker's own account; else the kernel's, unless that may be the host's peak; else what was seen in passing.
  std::uint64_t peak_kib(const Ended& ended) const {
    if (conversation_.done() && conversation_.done()->peak_kib > 0) return conversation_.done()->peak_kib;
    return ended.max_rss_kib > inherited_peak_kib_ ? ended.max_rss_kib : sampled_peak_kib_;
  }

  const Job& job_;
  Conversation conversation_;
  Printed printed_;
  WorkFolder folder_;
  Descriptor frames_, errors_;
  std::uint64_t inherited_peak_kib_ = 0, sampled_peak_kib_ = 0;
  Clock::time_point began_;
  std::optional<Clock::time_point> asked_, finished_;
  Why why_ = Why::none;
  int idle_ = 0;
  Child child_;  // last: ended before anything it uses goes
};

WorkerResult failed(const Job& job, OutcomeKind kind, std::string message) {
  WorkerResult result;
  if (job.analyzer != nullptr) {
    result.outcome.analyzer = job.analyzer->id;
    result.outcome.family = job.analyzer->family;
  }
  result.outcome.kind = kind;
  result.outcome.message = std::move(message);
  return result;
}

}  // namespace

WorkerResult run(const WorkerSettings& settings, const Job& job, const Listener& listener, std::stop_token stop) {
  if (stop.stop_requested()) return failed(job, OutcomeKind::cancelled, "stopped before it began");
  try {
    return Run{settings, job, listener}.follow(stop);
  } catch (const CannotStart& reason) {
    return failed(job, OutcomeKind::lost, reason.message);
  } catch (const std::exception& e) {
    return failed(job, OutcomeKind::lost, std::string("the host could not follow the worker: ") + e.what());
  }
}

}  // namespace pedigree::worker
