// SPDX-License-Identifier: MIT
// Rules: ggml docs/gguf.md and llama.cpp ggml/src/gguf.cpp, with the caps of docs/reference/formats.md.
#include "pedigree/io/gguf.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <unordered_map>
#include <unordered_set>

#include "foreign_file.hpp"
#include "gguf_cursor.hpp"
#include "gguf_state.hpp"

namespace pedigree::io {
namespace {

constexpr std::uint64_t kMaximumKey = 65535;
constexpr std::uint64_t kMaximumTensorName = 63;  // GGML_MAX_NAME counts the final NUL
constexpr std::uint64_t kMaximumCount = std::uint64_t{1} << 30;
constexpr std::uint64_t kSmallestEntry = 14;   // key of one byte, type, value of one byte
constexpr std::uint64_t kSmallestTensor = 25;  // name of one byte, no dimension, type, offset
constexpr std::uint32_t kMaximumAlignment = std::uint32_t{1} << 20;
constexpr std::uint32_t kMaximumDimensions = 4;

std::optional<std::uint32_t> size_of(GgufType type) {
  switch (type) {
    case GgufType::kU8:
    case GgufType::kI8:
    case GgufType::kBool:
      return 1;
    case GgufType::kU16:
    case GgufType::kI16:
      return 2;
    case GgufType::kU32:
    case GgufType::kI32:
    case GgufType::kF32:
      return 4;
    case GgufType::kU64:
    case GgufType::kI64:
    case GgufType::kF64:
      return 8;
    default:
      return std::nullopt;
  }
}

/// Rounds up; nothing when that leaves 64 bits.
std::optional<std::uint64_t> padded(std::uint64_t size, std::uint64_t alignment) {
  std::uint64_t sum = 0;
  if (__builtin_add_overflow(size, alignment - 1, &sum)) return std::nullopt;
  return sum / alignment * alignment;
}

class Reader {
 public:
  explicit Reader(const ByteSource& source) : source_(source), in_(source) {}

  Result<std::unique_ptr<GgufHead>> read() {
    if (auto foreign = check_magic()) return *foreign;
    read_header();
    for (std::uint64_t i = 0; i < entries_ && ok(); ++i) read_entry();
    if (ok()) read_alignment();
    for (std::uint64_t i = 0; i < tensors_ && ok(); ++i) read_tensor();
    if (ok()) place_data();
    if (in_.error()) return *in_.error();
    out_->bytes = in_.take();
    return std::move(out_);
  }

 private:
  bool ok() const { return !in_.error(); }

  std::optional<Error> check_magic() {
    std::array<char, 64> head{};
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(source_.size(), head.size()));
    if (auto read = source_.read(0, std::as_writable_bytes(std::span{head}.first(size))); !read) return read.error();
    if (auto foreign = foreign_file({head.data(), size}, source_.name())) return foreign;
    if (size < 4 || !GgufFile::is_gguf({head.data(), size}))
      in_.fail(size < 24 ? "GGUF_TOO_SMALL" : "GGUF_MAGIC", "the file does not begin with the letters GGUF",
               "this is no GGUF file");
    else if (size < 24)
      in_.fail("GGUF_TOO_SMALL", "the file has " + std::to_string(source_.size()) + " bytes; a GGUF header has 24");
    return std::nullopt;
  }

  void read_header() {
    in_.skip(4);
    const auto version = in_.number<std::uint32_t>();
    const auto tensors = in_.number<std::uint64_t>();
    const auto entries = in_.number<std::uint64_t>();
    if (!ok()) return;
    if (*version != 0 && (*version & 0xFFFFu) == 0)
      return in_.fail("GGUF_BIG_ENDIAN", "the file is written for big-endian machines", "convert it to little-endian");
    if (*version != 2 && *version != 3)
      return in_.fail("GGUF_VERSION", "the version is " + std::to_string(*version) + "; 2 and 3 are read",
                      "convert the file with a current llama.cpp");
    if (*entries > in_.remaining() / kSmallestEntry || *tensors > in_.remaining() / kSmallestTensor)
      return in_.fail("GGUF_COUNT", std::to_string(*entries) + " keys and " + std::to_string(*tensors) +
                                        " tensors are claimed; the file is too small for them");
    out_->version = *version;
    entries_ = *entries;
    tensors_ = *tensors;
  }

  void read_entry() {
    const auto key = in_.string(kMaximumKey, "GGUF_LEN", "a key");
    if (!key) return;
    GgufEntry entry;
    entry.key = *key;
    if (entry.key.empty()) return in_.fail("GGUF_KEY", "a key is empty");
    const auto type = in_.number<std::uint32_t>();
    if (!type) return;
    if (*type > static_cast<std::uint32_t>(GgufType::kF64))
      return in_.fail("GGUF_TYPE", shown(entry.key) + " has the unknown type " + std::to_string(*type));
    entry.type = static_cast<GgufType>(*type);
    entry.at = in_.at();
    if (entry.type == GgufType::kArray)
      read_array(entry);
    else
      read_values(entry, entry.type);
    if (!ok()) return;
    entry.bytes = in_.at() - entry.at;
    if (!out_->by_key.emplace(entry.key, out_->entries.size()).second)
      return in_.fail("GGUF_DUPLICATE_KEY", shown(entry.key) + " stands twice");
    out_->entries.push_back(std::move(entry));
  }

  void read_array(GgufEntry& entry) {
    const auto element = in_.number<std::uint32_t>();
    const auto count = in_.number<std::uint64_t>();
    if (!count) return;
    if (*element > static_cast<std::uint32_t>(GgufType::kF64))
      return in_.fail("GGUF_TYPE", shown(entry.key) + " is an array of the unknown type " + std::to_string(*element));
    entry.element = static_cast<GgufType>(*element);
    if (entry.element == GgufType::kArray)
      return in_.fail("GGUF_NESTED_ARRAY", shown(entry.key) + " is an array of arrays; no reader accepts those");
    const std::uint64_t each = size_of(entry.element).value_or(8);
    if (*count > kMaximumCount || *count > in_.remaining() / each)
      return in_.fail("GGUF_COUNT", shown(entry.key) + " claims " + std::to_string(*count) +
                                        " elements; the file is too small for them");
    entry.count = *count;
    entry.at = in_.at();
    read_values(entry, entry.element);
  }

  /// Passes over entry.count values of one type, checking what can be wrong inside them.
  void read_values(const GgufEntry& entry, GgufType type) {
    if (type == GgufType::kString) {
      for (std::uint64_t i = 0; i < entry.count && ok(); ++i)
        in_.string(GgufCursor::kMaximumString, "GGUF_LEN", shown(entry.key));
      return;
    }
    const std::uint64_t begin = in_.at();
    if (!in_.skip(entry.count * *size_of(type)) || type != GgufType::kBool) return;
    const auto* bytes = in_.data(begin);
    for (std::uint64_t i = 0; i < entry.count; ++i)
      if (std::to_integer<unsigned>(bytes[i]) > 1)
        return in_.fail("GGUF_BOOL", shown(entry.key) + " is a boolean other than 0 and 1");
  }

  void read_alignment() {
    const auto found = out_->by_key.find("general.alignment");
    if (found == out_->by_key.end()) return;
    const auto& entry = out_->entries[found->second];
    if (entry.type != GgufType::kU32)
      return in_.fail("GGUF_ALIGN", "general.alignment is " + std::string{to_text(entry.type)} + ", not u32");
    std::uint32_t value = 0;
    std::memcpy(&value, in_.data(entry.at), sizeof value);
    if (!std::has_single_bit(value) || value > kMaximumAlignment)
      return in_.fail("GGUF_ALIGN",
                      "general.alignment is " + std::to_string(value) + "; a power of two up to 2^20 was expected");
    out_->alignment = value;
  }

  void read_tensor() {
    const auto name = in_.string(kMaximumTensorName, "GGUF_TENSOR_NAME", "a tensor's name");
    if (!name) return;
    TensorInfo tensor;
    tensor.name = *name;
    if (tensor.name.empty()) return in_.fail("GGUF_TENSOR_NAME", "a tensor's name is empty");
    if (!names_.insert(tensor.name).second)
      return in_.fail("GGUF_DUPLICATE_TENSOR", shown(tensor.name) + " stands twice");
    const auto dimensions = in_.number<std::uint32_t>();
    if (!dimensions) return;
    if (*dimensions > kMaximumDimensions)
      return in_.fail("GGUF_DIMS", shown(tensor.name) + " has " + std::to_string(*dimensions) +
                                       " dimensions; at most 4 are allowed");
    tensor.elements = 1;
    for (std::uint32_t i = 0; i < *dimensions; ++i) {
      const auto size = in_.number<std::int64_t>();
      if (!size) return;
      if (*size < 0) return in_.fail("GGUF_DIMS", shown(tensor.name) + " has a negative dimension");
      tensor.shape.insert(tensor.shape.begin(), static_cast<std::uint64_t>(*size));
      if (__builtin_mul_overflow(tensor.elements, static_cast<std::uint64_t>(*size), &tensor.elements) ||
          tensor.elements > static_cast<std::uint64_t>(INT64_MAX))
        return in_.fail("GGUF_OVERFLOW", shown(tensor.name) + " has more than 2^63 elements");
    }
    read_type_and_offset(std::move(tensor));
  }

  void read_type_and_offset(TensorInfo tensor) {
    const auto type = in_.number<std::uint32_t>();
    const auto offset = in_.number<std::uint64_t>();
    if (!offset) return;
    const auto dtype = gguf_dtype(*type);
    if (!dtype) {
      const bool removed = *type == 4 || *type == 5 || (*type >= 31 && *type <= 33) || (*type >= 36 && *type <= 38);
      return in_.fail(
          "GGUF_TENSOR_TYPE",
          shown(tensor.name) + " has the " + (removed ? "removed" : "unknown") + " type " + std::to_string(*type),
          removed ? "convert the file with a current llama.cpp" : "a newer pedigree may know this type");
    }
    tensor.dtype = *dtype;
    const std::uint64_t row = tensor.shape.empty() ? 1 : tensor.shape.back();
    if (row % dtype_facts(*dtype).block_elements != 0)
      return in_.fail("GGUF_BLOCK", shown(tensor.name) + ": rows of " + std::to_string(row) +
                                        " do not fill blocks of " + std::to_string(dtype_facts(*dtype).block_elements));
    const auto bytes = dtype_bytes(*dtype, tensor.elements);
    const auto size = bytes ? padded(*bytes, out_->alignment) : std::nullopt;
    if (!size || __builtin_add_overflow(next_offset_, *size, &next_offset_))
      return in_.fail("GGUF_OVERFLOW", shown(tensor.name) + " has a size that does not fit 64 bits");
    if (*offset != next_offset_ - *size)
      return in_.fail("GGUF_OFFSET", shown(tensor.name) + " begins at " + std::to_string(*offset) +
                                         "; the tensor before ends at " + std::to_string(next_offset_ - *size));
    tensor.bytes = *bytes;
    tensor.offset = *offset;
    note_opaque(*dtype);
    out_->tensors.push_back(std::move(tensor));
  }

  void note_opaque(Dtype dtype) {
    if (is_comparable(dtype) || !opaque_.insert(dtype).second) return;
    out_->notices.push_back({"GGUF_TYPE_OPAQUE", source_.name(),
                             "tensors of type " + std::string{dtype_name(dtype)} + " can be hashed, not compared"});
  }

  /// Offsets become positions in the file; a file that ends too early keeps its metadata.
  void place_data() {
    const auto begin = padded(in_.at(), out_->alignment);
    for (auto& t : out_->tensors) {
      if (!begin || __builtin_add_overflow(t.offset, *begin, &t.offset) || t.offset > UINT64_MAX - t.bytes)
        return in_.fail("GGUF_OVERFLOW", shown(t.name) + " lies beyond 2^64");
      out_->truncated |= t.offset + t.bytes > source_.size();
    }
    if (out_->truncated)
      out_->notices.push_back({"GGUF_DATA_TRUNCATED", source_.name(),
                               "the tensors need more bytes than the file's " + std::to_string(source_.size())});
  }

  static std::string shown(const std::string& name) {
    return "'" + name.substr(0, 120) + (name.size() > 120 ? "...'" : "'");
  }

  const ByteSource& source_;
  GgufCursor in_;
  std::unique_ptr<GgufHead> out_ = std::make_unique<GgufHead>();
  std::uint64_t entries_ = 0, tensors_ = 0, next_offset_ = 0;
  std::unordered_set<std::string> names_;
  std::unordered_set<Dtype> opaque_;
};

}  // namespace

Result<std::unique_ptr<GgufHead>> read_gguf_head(const ByteSource& source) { return Reader{source}.read(); }

std::string_view to_text(GgufType type) {
  constexpr std::array<std::string_view, 13> kNames = {"u8",   "i8",     "u16",   "i16", "u32", "i32", "f32",
                                                       "bool", "string", "array", "u64", "i64", "f64"};
  return kNames[static_cast<std::size_t>(type)];
}

}  // namespace pedigree::io
