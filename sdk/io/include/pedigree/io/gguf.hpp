// SPDX-License-Identifier: MIT
// One GGUF file: typed metadata and tensor descriptions, checked as llama.cpp does and a little more.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pedigree/io/byte_source.hpp"
#include "pedigree/io/result.hpp"
#include "pedigree/io/tensor_store.hpp"

namespace pedigree::io {

/// Types of metadata values; the numbers are those of the file.
enum class GgufType : std::uint32_t {
  kU8 = 0,
  kI8 = 1,
  kU16 = 2,
  kI16 = 3,
  kU32 = 4,
  kI32 = 5,
  kF32 = 6,
  kBool = 7,
  kString = 8,
  kArray = 9,
  kU64 = 10,
  kI64 = 11,
  kF64 = 12,
};
std::string_view to_text(GgufType type);

/// One key. Values stay in the file's own bytes until asked for.
struct GgufEntry {
  std::string key;
  GgufType type = GgufType::kU8;
  GgufType element = GgufType::kU8;  ///< of an array
  std::uint64_t count = 1;           ///< elements of an array; 1 otherwise
  std::uint64_t at = 0;              ///< where the value begins, counted from the file's start
  std::uint64_t bytes = 0;           ///< its size in the file
};

/// Metadata and tensor descriptions of one file. Owns a copy of the file's head (everything in front
/// of the tensor data, at most 512 MiB). Thread-safe once opened.
class GgufFile {
 public:
  /// Errors: GGUF_TOO_SMALL, GGUF_MAGIC (and LFS_POINTER, HTML_PAGE, UNSUPPORTED_PICKLE for what
  /// stands there instead), GGUF_BIG_ENDIAN, GGUF_VERSION, GGUF_COUNT, GGUF_LEN, GGUF_TRUNCATED,
  /// GGUF_KEY, GGUF_DUPLICATE_KEY, GGUF_TYPE, GGUF_NESTED_ARRAY, GGUF_BOOL, GGUF_ALIGN,
  /// GGUF_TENSOR_NAME, GGUF_DUPLICATE_TENSOR, GGUF_DIMS, GGUF_OVERFLOW, GGUF_TENSOR_TYPE, GGUF_BLOCK,
  /// GGUF_OFFSET, GGUF_LARGE_HEAD.
  static Result<GgufFile> open(const ByteSource& source);
  /// Only whether it is one: the four magic bytes.
  static bool is_gguf(std::string_view head) { return head.starts_with("GGUF"); }

  std::uint32_t version() const;
  std::uint32_t alignment() const;
  std::span<const GgufEntry> entries() const;  ///< in file order
  const GgufEntry* find(std::string_view key) const;

  // Typed access. Nothing when the key is absent or of another type: a wrong type is never read.
  /// Any integer type that fits, and bool as 0 or 1 is refused.
  std::optional<std::int64_t> integer(std::string_view key) const;
  /// Any integer or float type; finite only.
  std::optional<double> number(std::string_view key) const;
  std::optional<bool> boolean(std::string_view key) const;
  /// A view into this object.
  std::optional<std::string_view> text(std::string_view key) const;
  /// Arrays. Errors: GGUF_NO_KEY, GGUF_ARRAY_TYPE (the key holds no array of that kind). Views point
  /// into this object. integers() takes every integer type, numbers() floats and integers too.
  Result<std::vector<std::string_view>> texts(std::string_view key) const;
  Result<std::vector<std::int64_t>> integers(std::string_view key) const;
  Result<std::vector<double>> numbers(std::string_view key) const;

  /// general.architecture, or empty.
  std::string_view architecture() const;
  /// The value of "{architecture}.{name}" as integer or number.
  std::optional<std::int64_t> architecture_integer(std::string_view name) const;
  std::optional<double> architecture_number(std::string_view name) const;

  /// Tensors in file order; shape outermost first, offsets as positions in the file.
  std::span<const TensorInfo> tensors() const;
  std::span<const Notice> notices() const;  ///< types that cannot be compared
  /// True when the tensor data end before the file's own account of them (GGUF_DATA_TRUNCATED in notices).
  bool data_truncated() const;

  GgufFile(GgufFile&&) noexcept;
  GgufFile& operator=(GgufFile&&) noexcept;
  ~GgufFile();

 private:
  struct State;
  explicit GgufFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pedigree::io
