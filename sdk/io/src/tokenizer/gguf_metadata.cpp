// SPDX-License-Identifier: MIT
#include "gguf_metadata.hpp"

#include <array>

namespace pedigree::io {
namespace {

constexpr std::array<std::uint64_t, 13> kWidths{1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
constexpr std::uint64_t kMostKeys = 1u << 16;
constexpr std::uint64_t kMostElements = std::uint64_t{1} << 30;

std::uint64_t little_endian(std::string_view raw) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < raw.size(); ++i) value |= std::uint64_t{static_cast<unsigned char>(raw[i])} << (8 * i);
  return value;
}

class Walker {
 public:
  Walker(std::string_view file, std::string_view bytes) : file_(file), bytes_(bytes) {}

  Result<std::vector<GgufValue>> run() {
    std::uint64_t version = 0, tensors = 0, keys = 0;
    if (!bytes_.starts_with("GGUF")) return error("GGUF_MAGIC", "the file does not start with GGUF");
    at_ = 4;
    if (!number(4, version)) return std::move(error_);
    if ((version & 0xFFFF) == 0) return error("GGUF_VERSION", "a big-endian GGUF file");
    if (version != 2 && version != 3)
      return error("GGUF_VERSION", "GGUF version " + std::to_string(version) + "; 2 and 3 are read");
    if (!number(8, tensors) || !number(8, keys)) return std::move(error_);
    if (keys > kMostKeys) return error("GGUF_COUNT", std::to_string(keys) + " keys");
    std::vector<GgufValue> values;
    for (std::uint64_t k = 0; k < keys; ++k) {
      GgufValue value;
      if (!read(value)) return std::move(error_);
      values.push_back(value);
    }
    return values;
  }

 private:
  Error error(std::string code, std::string message) const {
    return tokenizer_error(std::move(code), file_, "byte " + std::to_string(at_), std::move(message),
                           "the file is damaged or of another kind");
  }
  bool fail(std::string code, std::string message) {
    error_ = error(std::move(code), std::move(message));
    return false;
  }
  bool take(std::uint64_t count, std::string_view& out) {
    if (count > bytes_.size() - at_)
      return fail("GGUF_LEN", "a value of " + std::to_string(count) + " bytes where " +
                                  std::to_string(bytes_.size() - at_) + " are left");
    out = bytes_.substr(at_, static_cast<std::size_t>(count));
    at_ += static_cast<std::size_t>(count);
    return true;
  }
  bool number(std::uint64_t width, std::uint64_t& out) {
    std::string_view raw;
    if (!take(width, raw)) return false;
    out = little_endian(raw);
    return true;
  }
  bool text(std::string_view& out) {
    std::uint64_t length = 0;
    return number(8, length) && take(length, out);
  }
  bool type(GgufType& out) {
    std::uint64_t code = 0;
    if (!number(4, code)) return false;
    if (code >= kWidths.size()) return fail("GGUF_TYPE", "value type " + std::to_string(code));
    out = static_cast<GgufType>(code);
    return true;
  }
  bool read(GgufValue& value) {
    if (!text(value.key) || !type(value.type)) return false;
    if (value.key.empty()) return fail("GGUF_LEN", "an empty key");
    if (value.type != GgufType::kArray) return elements(value);
    value.is_array = true;
    if (!type(value.type) || !number(8, value.count)) return false;
    if (value.type == GgufType::kArray) return fail("GGUF_TYPE", "an array of arrays");
    if (value.count > kMostElements)
      return fail("GGUF_COUNT", "an array of " + std::to_string(value.count) + " elements");
    return elements(value);
  }
  bool elements(GgufValue& value) {
    const std::size_t start = at_;
    std::string_view ignored;
    if (value.type != GgufType::kString)
      return take(kWidths[static_cast<std::size_t>(value.type)] * value.count, value.raw);
    for (std::uint64_t i = 0; i < value.count; ++i)
      if (!text(ignored)) return false;
    value.raw = bytes_.substr(start, at_ - start);
    return true;
  }

  std::string_view file_, bytes_;
  std::size_t at_ = 0;
  Error error_;
};

}  // namespace

std::vector<std::string_view> GgufValue::strings() const {
  std::vector<std::string_view> out;
  if (type != GgufType::kString) return out;
  out.reserve(static_cast<std::size_t>(count));
  for (std::size_t at = 0; at < raw.size();) {
    const auto length = static_cast<std::size_t>(little_endian(raw.substr(at, 8)));
    out.push_back(raw.substr(at + 8, length));
    at += 8 + length;
  }
  return out;
}

std::string_view GgufValue::string() const {
  return type == GgufType::kString && !is_array ? raw.substr(8) : std::string_view{};
}

Result<std::vector<GgufValue>> read_gguf_values(std::string_view file, std::string_view bytes) {
  return Walker{file, bytes}.run();
}

}  // namespace pedigree::io
