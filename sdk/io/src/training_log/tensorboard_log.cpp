// SPDX-License-Identifier: MIT
// TFRecord framing: u64 length, masked CRC32C of it, data, masked CRC32C of the data. Data is a
// protobuf Event {wall_time=1 double, step=2 int64, summary=5 {value=1 {tag=1, simple_value=2 float,
// tensor=8}}} (tensorboard/compat/proto/event.proto).
#include <algorithm>
#include <bit>
#include <boost/crc.hpp>
#include <cctype>
#include <cstring>
#include <map>

#include "log_fields.hpp"
#include "readers.hpp"

namespace pedigree::io::training_log {
namespace {

constexpr std::size_t kMaximumRecord = 64u << 20;

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

}  // namespace

bool looks_like_tensorboard(std::string_view bytes) {
  if (bytes.size() < 16) return false;
  const auto length = load<std::uint64_t>(bytes, 0);
  return length > 0 && length < 4096 && load<std::uint32_t>(bytes, 8) == masked_crc(bytes.substr(0, 8));
}

void read_tensorboard(std::string_view bytes, TrainingLog& log) {
  std::map<double, LogPoint> by_step;
  double first_wall = -1;
  std::size_t at = 0;
  while (at + 12 <= bytes.size()) {
    const auto length = load<std::uint64_t>(bytes, at);
    const bool good_length = load<std::uint32_t>(bytes, at + 8) == masked_crc(bytes.substr(at, 8));
    if (!good_length || length > kMaximumRecord) {
      log.notices.push_back("TFE_CRC: the length record at byte " + std::to_string(at) +
                            " is damaged; what precedes it is kept");
      log.truncated = true;
      break;
    }
    if (bytes.size() - at - 12 < length + 4) {
      log.truncated = true;
      break;
    }
    const auto data = bytes.substr(at + 12, static_cast<std::size_t>(length));
    if (load<std::uint32_t>(bytes, at + 12 + data.size()) != masked_crc(data)) {
      log.notices.push_back("TFE_CRC: the record at byte " + std::to_string(at) + " is damaged and was left out");
    } else {
      ++log.lines;
      double wall = 0, step = 0;
      LogPoint found;
      auto event = data;
      WireField field;
      while (take_field(event, field)) {
        if (field.number == 1 && field.type == 1) wall = std::bit_cast<double>(field.scalar);
        if (field.number == 2 && field.type == 0) step = static_cast<double>(static_cast<std::int64_t>(field.scalar));
        if (field.number != 5 || field.type != 2) continue;
        auto summary = field.bytes;
        WireField value;
        while (take_field(summary, value))
          if (value.number == 1 && value.type == 2) read_value(value.bytes, found, log.not_finite);
      }
      if (first_wall < 0 && wall > 0) first_wall = wall;
      if (by_step.size() < TrainingLog::kMaximumPoints || by_step.count(step) != 0) {
        auto& point = by_step[step];
        const auto merge = [](std::optional<double>& to, const std::optional<double>& from) {
          if (!to) to = from;
        };
        merge(point.loss, found.loss);
        merge(point.eval_loss, found.eval_loss);
        merge(point.learning_rate, found.learning_rate);
        merge(point.grad_norm, found.grad_norm);
        merge(point.tokens, found.tokens);
        merge(point.epoch, found.epoch);
        if (wall > 0) point.wall_seconds = wall - first_wall;
        point.step = step;
      }
    }
    at += 16 + data.size();
  }
  if (at < bytes.size()) log.truncated = true;
  for (const auto& [step, point] : by_step)
    if (has_measurement(point)) log.points.push_back(point);
}

}  // namespace pedigree::io::training_log
