// SPDX-License-Identifier: MIT
// LINK: pedigree_io
// Event files whose checksums are right, so that the protobuf inside is reached: each line of the input is one record.
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "pedigree/io/training_log.hpp"

namespace {

/// CRC-32C (Castagnoli), bit by bit, masked as TFRecord does.
std::uint32_t masked_crc(std::string_view bytes) {
  std::uint32_t crc = ~0U;
  for (const char c : bytes) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0x82F63B78U & (0U - (crc & 1U)));
  }
  crc = ~crc;
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

template <class T>
std::string raw(T value) {
  std::string out(sizeof value, '\0');
  std::memcpy(out.data(), &value, sizeof value);
  return out;
}

void add_record(std::string& file, std::string_view data) {
  const std::string length = raw(static_cast<std::uint64_t>(data.size()));
  file += length + raw(masked_crc(length)) + std::string{data} + raw(masked_crc(data));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest{reinterpret_cast<const char*>(data), size};
  std::string file;
  add_record(file, "\x1a\rbrain.Event:2");
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    add_record(file, rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  const auto log = pedigree::io::read_training_log("events.out.tfevents.1", file);
  if (!log.ok()) return log.error().code.empty() ? (std::abort(), 0) : 0;
  if (log->format != "tensorboard") std::abort();
  for (const auto& p : log->points)
    if ((p.loss && !std::isfinite(*p.loss)) || (p.wall_seconds && !std::isfinite(*p.wall_seconds))) std::abort();
  return 0;
}
