// SPDX-License-Identifier: MIT
// TFRecord framing: u64 length, masked CRC32C of it, data, masked CRC32C of the data. Data is a
// protobuf Event {wall_time=1 double, step=2 int64, summary=5 {value=1 {tag=1, simple_value=2 float,
// tensor=8}}} (tensorboard/compat/proto/event.proto).
#include <algorithm>
#include <bit>
#include <boost/crc.hpp>
#include <cctype>
#include <cmath>
#include <cstring>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "log_fields.hpp"
#include "readers.hpp"

namespace pedigree::io::training_log {
namespace {

constexpr std::size_t kMaximumRecord = 64u << 20;
constexpr std::size_t kMaximumNotices = 20;

template <class T>
T load(std::string_view bytes, std::size_t at) {
  static_assert(std::endian::native == std::endian::little);
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

std::uint32_t masked_crc(std::string_view bytes) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  const std::uint32_t value = crc.checksum();
  return ((value >> 15) | (value << 17)) + 0xa282ead8u;
}

/// One field of a protobuf message; groups and malformed input end the walk.
struct WireField {
  std::uint32_t number = 0, type = 0;
  std::uint64_t scalar = 0;
  std::string_view bytes;
};

bool take_varint(std::string_view& in, std::uint64_t& out) {
  out = 0;
  for (int shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    out |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return true;
  }
  return false;
}

bool take_field(std::string_view& in, WireField& field) {
  std::uint64_t key = 0;
  if (in.empty() || !take_varint(in, key)) return false;
  field.number = static_cast<std::uint32_t>(key >> 3);
  field.type = static_cast<std::uint32_t>(key & 7);
  const auto fixed = [&](std::size_t size) {
    if (in.size() < size) return false;
    field.scalar = 0;
    std::memcpy(&field.scalar, in.data(), size);
    in.remove_prefix(size);
    return true;
  };
  switch (field.type) {
    case 0:
      return take_varint(in, field.scalar);
    case 1:
      return fixed(8);
    case 5:
      return fixed(4);
    case 2: {
      std::uint64_t size = 0;
      if (!take_varint(in, size) || size > in.size()) return false;
      field.bytes = in.substr(0, static_cast<std::size_t>(size));
      in.remove_prefix(static_cast<std::size_t>(size));
      return true;
    }
    default:
      return false;
  }
}

double as_float(std::uint64_t raw) { return std::bit_cast<float>(static_cast<std::uint32_t>(raw)); }

/// A rank-0 DT_FLOAT tensor: tensor_content=4 or float_val=5.
std::optional<double> scalar_of_tensor(std::string_view tensor) {
  WireField field;
  while (take_field(tensor, field)) {
    if (field.number == 4 && field.bytes.size() == 4) return static_cast<double>(load<float>(field.bytes, 0));
    if (field.number == 5 && field.type == 5) return as_float(field.scalar);
    if (field.number == 5 && field.bytes.size() == 4) return static_cast<double>(load<float>(field.bytes, 0));
  }
  return std::nullopt;
}

void read_value(std::string_view value, LogPoint& point, std::uint64_t& not_finite) {
  std::string tag;
  std::optional<double> number;
  WireField field;
  while (take_field(value, field)) {
    if (field.number == 1) tag = field.bytes.substr(0, 256);
    if (field.number == 2 && field.type == 5) number = as_float(field.scalar);
    if (field.number == 8 && field.type == 2) number = scalar_of_tensor(field.bytes);
  }
  std::transform(tag.begin(), tag.end(), tag.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (number) set_field(tag, *number, point, not_finite);
}

/// Points by step: what a trainer logs of one step comes as one event per tag.
class Events {
 public:
  void add(double step, double wall, const LogPoint& found) {
    if (first_wall_ < 0 && wall > 0) first_wall_ = wall;
    if (!kept(step)) return;
    auto& point = by_step_[step];
    const auto merge = [](std::optional<double>& to, const std::optional<double>& from) {
      if (!to) to = from;
    };
    merge(point.loss, found.loss);
    merge(point.eval_loss, found.eval_loss);
    merge(point.learning_rate, found.learning_rate);
    merge(point.grad_norm, found.grad_norm);
    merge(point.tokens, found.tokens);
    merge(point.epoch, found.epoch);
    if (wall > 0) point.wall_seconds = wall - first_wall_;
    point.step = step;
    if (by_step_.size() >= TrainingLog::kMaximumPoints) thin();
  }

  void give(TrainingLog& log) const {
    PointKeeper keeper{log};
    for (const auto& [step, point] : by_step_)
      if (has_measurement(point)) keeper.add(point);
    log.kept_every *= static_cast<std::uint64_t>(every_);
  }

 private:
  bool kept(double step) const { return every_ == 1 || std::fmod(std::round(step / interval_), every_) == 0; }

  /// Every second logged step goes, the same ones of all tags.
  void thin() {
    if (every_ == 1) {
      std::vector<double> gaps;
      for (auto it = std::next(by_step_.begin()); it != by_step_.end() && gaps.size() < 1001; ++it)
        gaps.push_back(it->first - std::prev(it)->first);
      std::nth_element(gaps.begin(), gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2), gaps.end());
      interval_ = gaps[gaps.size() / 2];
    }
    every_ *= 2;
    const auto before = by_step_.size();
    std::erase_if(by_step_, [&](const auto& entry) { return !kept(entry.first); });
    if (by_step_.size() * 4 < before * 3) return;
    // Steps that are no multiples of an interval.
    bool odd = false;
    std::erase_if(by_step_, [&](const auto&) { return odd = !odd; });
  }

  std::map<double, LogPoint> by_step_;
  double first_wall_ = -1, interval_ = 1, every_ = 1;
};

/// One protobuf Event into the point of its step.
void read_event(std::string_view event, Events& events, std::uint64_t& not_finite) {
  double wall = 0, step = 0;
  LogPoint found;
  WireField field;
  while (take_field(event, field)) {
    if (field.number == 1 && field.type == 1) wall = std::bit_cast<double>(field.scalar);
    if (field.number == 2 && field.type == 0) step = static_cast<double>(static_cast<std::int64_t>(field.scalar));
    if (field.number != 5 || field.type != 2) continue;
    auto summary = field.bytes;
    WireField value;
    while (take_field(summary, value))
      if (value.number == 1 && value.type == 2) read_value(value.bytes, found, not_finite);
  }
  events.add(step, wall, found);
}

}  // namespace

bool looks_like_tensorboard(std::string_view head) {
  if (head.size() < 16) return false;
  const auto length = load<std::uint64_t>(head, 0);
  return length > 0 && length < 4096 && load<std::uint32_t>(head, 8) == masked_crc(head.substr(0, 8));
}

void read_tensorboard(Feed& feed, TrainingLog& log) {
  Events events;
  // False when the file has fewer bytes left.
  const auto have = [&](std::size_t count) {
    while (feed.ahead().size() < count)
      if (!feed.more()) return false;
    return true;
  };
  const auto damaged = [&](std::string_view what) {
    if (log.notices.size() < kMaximumNotices)
      log.notices.push_back("TFE_CRC: the " + std::string{what} + " at byte " + std::to_string(feed.position()) +
                            " is damaged");
  };
  while (have(12)) {
    const auto length = load<std::uint64_t>(feed.ahead(), 0);
    if (load<std::uint32_t>(feed.ahead(), 8) != masked_crc(feed.ahead().substr(0, 8)) || length > kMaximumRecord) {
      damaged("length record; what precedes it is kept: it");
      log.truncated = true;
      break;
    }
    const auto size = static_cast<std::size_t>(length);
    if (!have(size + 16)) break;
    const auto data = feed.ahead().substr(12, size);
    if (load<std::uint32_t>(feed.ahead(), 12 + size) != masked_crc(data)) {
      damaged("record");
    } else {
      ++log.lines;
      read_event(data, events, log.not_finite);
    }
    feed.consume(size + 16);
  }
  if (!feed.ahead().empty()) log.truncated = true;
  events.give(log);
}

}  // namespace pedigree::io::training_log
