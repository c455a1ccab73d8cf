// SPDX-License-Identifier: MIT
#include "pedigree/io/safetensors.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <string_view>
#include <unordered_set>

#include "foreign_file.hpp"
#include "safetensors_sax.hpp"

namespace pedigree::io {
static_assert(std::endian::native == std::endian::little, "stored numbers are read in place");
namespace {

constexpr std::uint64_t kLargeHeader = 25'000'000;  // huggingface_hub's limit for remote reading
constexpr std::size_t kOpaqueNotices = 16;

std::string shown(const std::string& name) { return "'" + name.substr(0, 120) + (name.size() > 120 ? "...'" : "'"); }

Error header_error(std::string code, const ByteSource& source, std::string place, std::string message,
                   std::string hint = "the file is damaged or was made to mislead; download it again") {
  return {std::move(code), source.name(), std::move(place), std::move(message), std::move(hint)};
}

/// Length of the header, checked before anything is allocated.
Result<std::uint64_t> header_length(const ByteSource& source) {
  std::array<char, 64> head{};
  const auto head_size = static_cast<std::size_t>(std::min<std::uint64_t>(source.size(), head.size()));
  if (auto read = source.read(0, std::as_writable_bytes(std::span{head}.first(head_size))); !read) return read.error();
  if (auto foreign = foreign_file({head.data(), head_size}, source.name())) return *foreign;
  if (source.size() < 8)
    return header_error("ST_TOO_SMALL", source, "byte 0",
                        "the file has " + std::to_string(source.size()) + " bytes; a safetensors file has at least 8");
  std::uint64_t length = 0;
  std::memcpy(&length, head.data(), sizeof length);
  const bool beyond = length > source.size() - 8;
  if (length > kMaximumSafetensorsHeader && !(beyond && length > source.size()))
    return header_error("ST_HEADER_TOO_LARGE", source, "byte 0",
                        "the header claims " + std::to_string(length) + " bytes; at most 100000000 are allowed");
  if (beyond)
    return header_error(
        "ST_HEADER_LEN", source, "byte 0",
        "the header claims " + std::to_string(length) + " bytes; the file has " + std::to_string(source.size()));
  return length;
}

/// Turns one entry into a tensor; offsets stay relative to the data.
Result<TensorInfo> checked_tensor(RawTensor&& raw, const ByteSource& source) {
  const std::string place = "tensor " + shown(raw.name);
  TensorInfo tensor;
  tensor.dtype = safetensors_dtype(raw.dtype).value_or(Dtype::kOpaque);
  tensor.elements = 1;
  bool overflow = false;
  for (auto size : raw.shape) overflow |= __builtin_mul_overflow(tensor.elements, size, &tensor.elements);
  if (overflow) return header_error("ST_OVERFLOW", source, place, "the product of its shape does not fit 64 bits");
  if (raw.begin > raw.end)
    return header_error("ST_OFFSET_TYPE", source, place,
                        "data_offsets run backwards: " + std::to_string(raw.begin) + " to " + std::to_string(raw.end));
  tensor.bytes = raw.end - raw.begin;
  tensor.offset = raw.begin;
  if (tensor.dtype != Dtype::kOpaque) {
    const auto& facts = dtype_facts(tensor.dtype);
    if (tensor.elements / facts.block_elements > UINT64_MAX / facts.block_bytes)
      return header_error("ST_OVERFLOW", source, place, "its size in bytes does not fit 64 bits");
    const auto expected = dtype_bytes(tensor.dtype, tensor.elements);
    if (!expected || *expected != tensor.bytes)
      return header_error("ST_SIZE_MISMATCH", source, place,
                          "shape and dtype " + raw.dtype + " ask for " +
                              (expected ? std::to_string(*expected) + " bytes" : "no whole number of bytes") +
                              "; data_offsets span " + std::to_string(tensor.bytes));
  }
  tensor.name = std::move(raw.name);
  tensor.shape = std::move(raw.shape);
  return tensor;
}

/// Tensors lie one behind the other from 0 to the end of the file.
std::optional<Error> check_layout(std::vector<TensorInfo>& tensors, std::uint64_t data, const ByteSource& source) {
  const auto before = [](const TensorInfo& a, const TensorInfo& b) {
    return a.offset != b.offset ? a.offset < b.offset : a.bytes < b.bytes;
  };
  if (!std::is_sorted(tensors.begin(), tensors.end(), before)) std::stable_sort(tensors.begin(), tensors.end(), before);
  std::uint64_t at = 0;
  for (auto& t : tensors) {
    if (t.offset != at)
      return header_error(
          t.offset < at ? "ST_OVERLAP" : "ST_HOLE", source, "tensor " + shown(t.name),
          "its data begin at " + std::to_string(t.offset) + "; the tensor before ends at " + std::to_string(at));
    at += t.bytes;  // cannot wrap: offset + bytes is the 64-bit end that was written
    t.offset += data;
  }
  const std::uint64_t available = source.size() - data;
  if (at > available)
    return header_error("ST_TRUNCATED", source, "byte " + std::to_string(source.size()),
                        "the tensors need " + std::to_string(at) + " bytes; the file holds " +
                            std::to_string(available) + " behind its header",
                        "the download is incomplete; fetch the file again");
  if (at < available)
    return header_error("ST_TRAILING", source, "byte " + std::to_string(data + at),
                        std::to_string(available - at) + " bytes stand behind the last tensor",
                        "nothing may follow the tensors; the file hides something or is damaged");
  return std::nullopt;
}

std::optional<Error> check_unique(const std::vector<TensorInfo>& tensors, const ByteSource& source) {
  std::unordered_set<std::string_view> names;
  names.reserve(tensors.size());
  for (const auto& t : tensors)
    if (!names.insert(t.name).second)
      return header_error("ST_DUPLICATE", source, "tensor " + shown(t.name), "the name stands twice in the header");
  return std::nullopt;
}

/// A type nobody knows has no size to check: report it once per name.
void note_opaque(const std::vector<RawTensor>& raw, const ByteSource& source, std::vector<Notice>& notices) {
  std::unordered_set<std::string_view> names;
  for (const auto& t : raw)
    if (names.size() < kOpaqueNotices && !safetensors_dtype(t.dtype) && names.insert(t.dtype).second)
      notices.push_back({"ST_DTYPE_UNKNOWN", source.name(),
                         "the dtype " + shown(t.dtype) + " is not known; its tensors can be hashed, not compared"});
}

}  // namespace

Result<SafetensorsHeader> read_safetensors_header(const ByteSource& source) {
  const auto length = header_length(source);
  if (!length) return length.error();
  std::string text(static_cast<std::size_t>(*length), '\0');
  if (auto read = source.read(8, std::as_writable_bytes(std::span{text})); !read) return read.error();
  if (text.empty() || text.front() != '{')
    return header_error("ST_HEADER_JSON", source, "byte 8", "the header does not begin with '{'",
                        "this is no safetensors file");
  auto raw = parse_safetensors_json(text, 8, source.name());
  if (!raw) return raw.error();
  text = {};

  SafetensorsHeader header;
  header.metadata = std::move(raw->metadata);
  if (*length > kLargeHeader)
    header.notices.push_back({"ST_LARGE_HEADER", source.name(),
                              "the header has " + std::to_string(*length) + " bytes; many tools stop at 25000000"});
  note_opaque(raw->tensors, source, header.notices);
  header.tensors.reserve(raw->tensors.size());
  for (auto& entry : raw->tensors) {
    auto tensor = checked_tensor(std::move(entry), source);
    if (!tensor) return tensor.error();
    header.tensors.push_back(std::move(*tensor));
  }
  raw->tensors = {};
  if (auto wrong = check_layout(header.tensors, 8 + *length, source)) return *wrong;
  if (auto wrong = check_unique(header.tensors, source)) return *wrong;
  return header;
}

}  // namespace pedigree::io
