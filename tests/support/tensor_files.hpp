// SPDX-License-Identifier: MIT
// Writes small safetensors and GGUF files for tests, well-formed unless told otherwise.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pedigree/io/convert.hpp"

namespace pedigree::testing {

/// The bytes of a number, little-endian as the machine is.
template <class T>
std::string raw(T value) {
  std::string out(sizeof value, '\0');
  std::memcpy(out.data(), &value, sizeof value);
  return out;
}

/// A tensor as it is stored.
struct StoredTensor {
  std::string name, dtype;
  std::vector<std::uint64_t> shape;
  std::string bytes;
};

inline StoredTensor f32_tensor(std::string name, std::vector<std::uint64_t> shape, std::span<const float> values) {
  return {std::move(name), "F32", std::move(shape), {reinterpret_cast<const char*>(values.data()), values.size() * 4}};
}
inline StoredTensor bf16_tensor(std::string name, std::vector<std::uint64_t> shape, std::span<const float> values) {
  std::string bytes;
  for (float v : values) bytes += raw(io::float_to_bf16(v));
  return {std::move(name), "BF16", std::move(shape), std::move(bytes)};
}
inline StoredTensor f16_tensor(std::string name, std::vector<std::uint64_t> shape, std::span<const float> values) {
  std::string bytes;
  for (float v : values) bytes += raw(io::float_to_f16(v));
  return {std::move(name), "F16", std::move(shape), std::move(bytes)};
}

/// A file with this header text and these data, whatever they say.
inline std::string safetensors_raw(const std::string& header, const std::string& data) {
  return raw(static_cast<std::uint64_t>(header.size())) + header + data;
}

/// A well-formed file. Names must not need escaping.
inline std::string safetensors_file(const std::vector<StoredTensor>& tensors,
                                    const std::map<std::string, std::string>& metadata = {}) {
  std::string header = "{", data;
  if (!metadata.empty()) {
    header += "\"__metadata__\":{";
    for (const auto& [key, value] : metadata) header += "\"" + key + "\":\"" + value + "\",";
    header.back() = '}';
    header += ',';
  }
  for (const auto& t : tensors) {
    header += "\"" + t.name + "\":{\"dtype\":\"" + t.dtype + "\",\"shape\":[";
    for (auto size : t.shape) header += std::to_string(size) + ",";
    if (!t.shape.empty()) header.pop_back();
    header += "],\"data_offsets\":[" + std::to_string(data.size()) + "," +
              std::to_string(data.size() + t.bytes.size()) + "]},";
    data += t.bytes;
  }
  if (header.back() == ',') header.pop_back();
  return safetensors_raw(header + "}", data);
}

/// Builds a GGUF file piece by piece. Every count and offset can be overridden to make a bad one.
class GgufWriter {
 public:
  std::uint32_t version = 3;
  std::uint64_t alignment = 32;
  std::uint64_t claimed_entries = UINT64_MAX, claimed_tensors = UINT64_MAX;  ///< UINT64_MAX: the truth

  static std::string text(std::string_view s) { return raw(static_cast<std::uint64_t>(s.size())) + std::string{s}; }

  /// A key with a value already in the file's form; `type` is the number of the format.
  GgufWriter& entry(std::string_view key, std::uint32_t type, const std::string& value) {
    entries_ += text(key) + raw(type) + value;
    ++entry_count_;
    return *this;
  }
  GgufWriter& u32(std::string_view key, std::uint32_t value) { return entry(key, 4, raw(value)); }
  GgufWriter& f32(std::string_view key, float value) { return entry(key, 6, raw(value)); }
  GgufWriter& string(std::string_view key, std::string_view value) { return entry(key, 8, text(value)); }
  GgufWriter& strings(std::string_view key, const std::vector<std::string>& values) {
    std::string body = raw(std::uint32_t{8}) + raw(static_cast<std::uint64_t>(values.size()));
    for (const auto& v : values) body += text(v);
    return entry(key, 9, body);
  }
  template <class T>
  GgufWriter& array(std::string_view key, std::uint32_t element, const std::vector<T>& values) {
    std::string body = raw(element) + raw(static_cast<std::uint64_t>(values.size()));
    for (const auto& v : values) body += raw(v);
    return entry(key, 9, body);
  }

  /// A tensor; `dimensions` in the file's order (contiguous first).
  GgufWriter& tensor(std::string_view name, std::uint32_t type, const std::vector<std::uint64_t>& dimensions,
                     const std::string& bytes, std::optional<std::uint64_t> offset = {}) {
    tensors_ += text(name) + raw(static_cast<std::uint32_t>(dimensions.size()));
    for (auto d : dimensions) tensors_ += raw(d);
    tensors_ += raw(type) + raw(offset.value_or(data_.size()));
    data_ += bytes;
    pad(data_);
    ++tensor_count_;
    return *this;
  }

  std::string bytes() const {
    std::string out = "GGUF" + raw(version) + raw(claimed_tensors == UINT64_MAX ? tensor_count_ : claimed_tensors) +
                      raw(claimed_entries == UINT64_MAX ? entry_count_ : claimed_entries) + entries_ + tensors_;
    pad(out);
    return out + data_;
  }

 private:
  void pad(std::string& s) const { s.resize((s.size() + alignment - 1) / alignment * alignment, '\0'); }
  std::string entries_, tensors_, data_;
  std::uint64_t entry_count_ = 0, tensor_count_ = 0;
};

}  // namespace pedigree::testing
