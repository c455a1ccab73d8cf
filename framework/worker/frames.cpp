// SPDX-License-Identifier: MIT
#include "framework/worker/frames.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "framework/core/text.hpp"
#include "pedigree/abi.h"
#include "pedigree/io/json.hpp"

namespace pedigree::worker {
namespace {
using nlohmann::json;
constexpr std::size_t kMaxShownMessage = std::size_t{16} << 10;

std::string shown(const json& text) { return to_utf8(text.get_ref<const std::string&>().substr(0, kMaxShownMessage)); }
}  // namespace

void Conversation::fail(std::string problem) {
  if (problem_.empty()) problem_ = std::move(problem);
}

bool Conversation::feed(std::string_view bytes) {
  total_ += bytes.size();
  if (total_ > kMaxRunBytes) fail("more than 64 MiB of frames");
  while (!broken() && !bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto part = bytes.substr(0, end);
    if (pending_.size() + part.size() > kMaxFrameBytes) {
      fail("a frame of more than 2 MiB");
      break;
    }
    pending_ += part;
    if (end == std::string_view::npos) break;
    bytes.remove_prefix(end + 1);
    take_line(std::exchange(pending_, {}));
  }
  return !broken();
}

void Conversation::take_line(std::string_view line) {
  const auto frame = io::parse_json(line, {.bytes = kMaxFrameBytes}, "frame");
  if (!frame) return fail("a malformed frame: " + frame.error().text());
  try {
    take_frame(*frame);
  } catch (const json::exception& e) {
    fail(std::string("a malformed frame: ") + e.what());
  }
}

void Conversation::take_frame(const json& frame) {
  const std::string type = frame.at("t");
  if (done_) return fail("a frame after the last one");
  if (!greeted_) {
    if (type != "hello") return fail("the first frame is '" + type + "', expected 'hello'");
    if (frame.at("protocol") != kProtocol) return fail("the worker speaks another protocol; reinstall pedigree");
    greeted_ = true;
    sandbox_ = frame.at("sandbox").get<std::vector<std::string>>();
    return;
  }
  if (type == "log") {
    const int level = std::clamp(frame.at("level").get<int>(), 0, 3);
    const std::string message = shown(frame.at("message"));
    if (listener_.log) listener_.log(level, message);
  } else if (type == "progress") {
    const double fraction = frame.at("fraction");
    const std::string phase = shown(frame.at("phase"));
    if (listener_.progress && std::isfinite(fraction)) listener_.progress(std::clamp(fraction, 0.0, 1.0), phase);
  } else if (type == "error") {
    last_error_ = shown(frame.at("message"));
  } else if (type == "evidence") {
    take_evidence(frame);
  } else if (type == "done") {
    take_done(frame);
  } else if (type == "hello") {
    fail("a second hello");
  }
}

void Conversation::take_evidence(const json& frame) {
  EvidenceRecord record = evidence_of(frame);
  if (auto reason = refusal(record, job_.analyzer->signals, job_.models); !reason.empty())
    return fail("evidence that no worker of ours sends: " + reason);
  record.analyzer = job_.analyzer->id;
  record.family = job_.analyzer->family;
  if (listener_.evidence) listener_.evidence(record);
  evidence_.push_back(std::move(record));
}

void Conversation::take_done(const json& frame) {
  const auto kind = outcome_from(frame.at("outcome").get<std::string>());
  if (!kind) return fail("an unknown outcome");
  done_ = DoneFrame{*kind, shown(frame.at("message")), frame.at("peak_kib")};
}

}  // namespace pedigree::worker
