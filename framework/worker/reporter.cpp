// SPDX-License-Identifier: MIT
#include "framework/worker/reporter.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <utility>

#include "framework/core/text.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::worker {
namespace {
using nlohmann::json;

// Room kept for what must still fit after the evidence: errors, log lines and the last frame.
constexpr std::size_t kEvidenceBudget = kMaxRunBytes - (std::size_t{8} << 20);
constexpr std::size_t kDetailsBudget = kMaxRunBytes / 2;  ///< beyond it evidence goes without its details
constexpr std::size_t kMaxMessage = std::size_t{8} << 10;
constexpr unsigned kMaxLogLines = 500;
constexpr auto kProgressPause = std::chrono::milliseconds{100};

std::atomic<bool> stop_requested{false};  // written by a signal handler: cannot be a member
static_assert(std::atomic<bool>::is_always_lock_free);

std::string text_of(pedigree_str text, std::size_t limit = kMaxMessage) {
  if (text.data == nullptr) return {};
  return to_utf8({text.data, std::min(text.size, limit)});
}

/// The bytes as they are: what is no valid UTF-8 must be refused, not repaired.
std::string raw_text(pedigree_str text, std::size_t limit) {
  return text.data == nullptr ? std::string{} : std::string(text.data, std::min(text.size, limit));
}

/// Thrown inside this file only: why evidence is refused.
struct Refused {
  std::string reason;
};

json object_of(pedigree_str text, const char* what) {
  if (text.size == 0 || text.data == nullptr) return json::object();
  if (text.size > kMaxDetailsBytes) throw Refused{std::string(what) + " is larger than 1 MiB"};
  auto parsed = io::parse_json({text.data, text.size}, {.bytes = kMaxDetailsBytes});
  if (!parsed) throw Refused{std::string(what) + " is not valid JSON: " + parsed.error().text()};
  return std::move(*parsed);
}

EvidenceRecord record_of(const pedigree_evidence& raw, bool with_details) {
  if (!PEDIGREE_HAS(&raw, relation)) throw Refused{"its struct_size is too small"};
  EvidenceRecord record;
  record.signal = raw_text(raw.signal, 4096);
  record.reference = raw_text(raw.reference, 4096);
  record.component = raw_text(raw.component, 4096);
  record.value = raw.value;
  record.log10_lr = raw.log10_lr;
  if ((raw.flags & PEDIGREE_EVIDENCE_HAS_P) != 0) record.log10_p = raw.log10_p;
  record.relation = raw_text(raw.relation, 4096);
  if (PEDIGREE_HAS(&raw, summary_key)) record.summary_key = raw_text(raw.summary_key, 4096);
  if (PEDIGREE_HAS(&raw, params_json)) record.params = object_of(raw.params_json, "params_json");
  if (!with_details)
    record.details = {{"omitted", "the details of this run exceed 32 MiB"}};
  else if (PEDIGREE_HAS(&raw, details_json))
    record.details = object_of(raw.details_json, "details_json");
  return record;
}

}  // namespace

void Reporter::cancel() noexcept { stop_requested.store(true, std::memory_order_relaxed); }
bool Reporter::cancelled() noexcept { return stop_requested.load(std::memory_order_relaxed); }

Reporter& Reporter::of(pedigree_host_ctx* context) { return *reinterpret_cast<Reporter*>(context); }

Reporter::Reporter(int descriptor, const std::vector<plugin::Signal>& signals, const std::vector<JobModel>& models)
    : descriptor_(descriptor), signals_(signals), models_(models) {
  host_.struct_size = sizeof host_;
  host_.abi_minor = PEDIGREE_ABI_MINOR;
  host_.ctx = reinterpret_cast<pedigree_host_ctx*>(this);
  host_.log = [](pedigree_host_ctx* c, pedigree_level level, pedigree_str m) { of(c).log(level, text_of(m)); };
  host_.set_error = [](pedigree_host_ctx* c, pedigree_str m) { of(c).set_error(text_of(m)); };
  host_.progress = [](pedigree_host_ctx* c, double f, pedigree_str phase) { of(c).progress(f, text_of(phase, 200)); };
  host_.cancelled = [](pedigree_host_ctx*) -> std::int32_t { return cancelled() ? 1 : 0; };
  host_.emit = [](pedigree_host_ctx* c, const pedigree_evidence* raw) -> pedigree_status {
    return raw == nullptr ? PEDIGREE_ERR_INPUT : of(c).emit(*raw);
  };
  host_.extension = [](pedigree_host_ctx*, pedigree_str) -> const void* { return nullptr; };
}

bool Reporter::send(const json& frame) {
  const std::string line = io::json_text(frame) + "\n";
  if (line.size() > kMaxFrameBytes || sent_bytes_ + line.size() > kMaxRunBytes) return false;
  sent_bytes_ += line.size();
  for (std::string_view rest = line; !rest.empty();) {
    const ssize_t put = ::write(descriptor_, rest.data(), rest.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) ::_exit(1);  // nobody listens any more
    rest.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

void Reporter::hello(const std::vector<std::string>& sandbox) {
  const std::scoped_lock lock{mutex_};
  send({{"t", "hello"}, {"protocol", kProtocol}, {"sandbox", sandbox}});
}

void Reporter::log(int level, std::string message) {
  const std::scoped_lock lock{mutex_};
  if (++logged_ > kMaxLogLines) return;
  if (logged_ == kMaxLogLines) message = "further messages are left out";
  send({{"t", "log"}, {"level", std::clamp(level, PEDIGREE_DEBUG, PEDIGREE_ERROR)}, {"message", std::move(message)}});
}

void Reporter::set_error(std::string message) {
  const std::scoped_lock lock{mutex_};
  error_ = std::move(message);
  if (++logged_ <= kMaxLogLines) send({{"t", "error"}, {"message", error_}});
}

void Reporter::progress(double fraction, std::string phase) {
  const auto now = std::chrono::steady_clock::now();
  const std::scoped_lock lock{mutex_};
  if (!(fraction >= 0 && fraction <= 1) || fraction < fraction_) return;  // also drops NaN
  if (fraction < 1 && now - progressed_ < kProgressPause) return;
  if (fraction >= 1 && fraction_ >= 1) return;
  fraction_ = fraction;
  progressed_ = now;
  send({{"t", "progress"}, {"fraction", fraction}, {"phase", std::move(phase)}});
}

pedigree_status Reporter::emit(const pedigree_evidence& raw) {
  std::string reason;
  try {
    EvidenceRecord record = record_of(raw, has_room_for_details());
    reason = refusal(record, signals_, models_);
    if (reason.empty()) {
      const std::scoped_lock lock{mutex_};
      const json frame = evidence_frame(record);
      if (sent_bytes_ > kEvidenceBudget || !send(frame)) return PEDIGREE_ERR_RESOURCE;
      return PEDIGREE_OK;
    }
  } catch (const Refused& refused) {
    reason = "evidence of signal '" + text_of(raw.signal, 128) + "': " + refused.reason;
  } catch (const std::bad_alloc&) {
    return PEDIGREE_ERR_RESOURCE;
  } catch (const std::exception& e) {
    reason = e.what();
  }
  const std::scoped_lock lock{mutex_};
  if (refused_++ == 0) refusal_ = std::move(reason);
  return PEDIGREE_ERR_INPUT;
}

bool Reporter::has_room_for_details() {
  const std::scoped_lock lock{mutex_};
  return sent_bytes_ <= kDetailsBudget;
}

void Reporter::done(OutcomeKind outcome, const std::string& message, std::uint64_t peak_kib) {
  const std::scoped_lock lock{mutex_};
  std::string text = message.empty() ? error_ : message;
  if (refused_ > 0) text += (text.empty() ? "" : "; ") + std::to_string(refused_) + " refused, the first: " + refusal_;
  send({{"t", "done"},
        {"outcome", to_string(outcome)},
        {"message", std::move(text)},
        {"refused", refused_},
        {"peak_kib", peak_kib}});
}

}  // namespace pedigree::worker
