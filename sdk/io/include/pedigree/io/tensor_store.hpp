// SPDX-License-Identifier: MIT
// All tensors of one model, whatever files they lie in: safetensors (single or sharded) or GGUF.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pedigree/io/dtype.hpp"
#include "pedigree/io/result.hpp"

namespace pedigree {
inline namespace sdk_v1 {
struct Artifact;
}
}  // namespace pedigree

namespace pedigree::io {

/// What the stored values of a tensor are.
enum class Storage : std::uint8_t {
  kPlain,   ///< themselves
  kScaled,  ///< weights divided by scales that lie in a tensor beside them; read_floats multiplies them back
  kScale,   ///< such scales
  kPacked,  ///< codes of a scheme that is not undone here (GPTQ, AWQ, NF4 ...): bytes, no values
};

/// Where one tensor lies. Row-major; shape is outermost first (GGUF's reversed order is undone). The
/// shape of a scaled four-bit weight is that of the weight, whatever bytes it is stored in.
struct TensorInfo {
  std::string name;  ///< as in the file
  Dtype dtype = Dtype::kOpaque;
  std::vector<std::uint64_t> shape;  ///< empty for a scalar
  std::uint32_t file = 0;            ///< index into TensorStore::files()
  std::uint64_t offset = 0;          ///< first byte in that file
  std::uint64_t bytes = 0;
  std::uint64_t elements = 0;  ///< product of shape
  Storage storage = Storage::kPlain;
  /// False: the bytes can be hashed, and that is all.
  bool readable() const { return storage != Storage::kPacked && is_comparable(dtype); }
  std::uint64_t rows() const { return shape.empty() ? 1 : shape.front(); }
  std::uint64_t columns() const { return rows() == 0 ? 0 : elements / rows(); }
};

/// Something odd that does not stop the reading: a shard missing, a total_size that lies, ...
struct Notice {
  std::string code, file, message;
};

/// Read-only view over a model's tensors. Bulk reads use pread on the artifact's descriptor (a file
/// that shrinks is an error, not a SIGBUS); memory use is the caller's buffer. Thread-safe.
class TensorStore {
 public:
  /// Artifacts of one model; roles weights, weights-index and gguf are used. Fails only when no
  /// file at all is readable; per-file failures are in notices() and the other files stay usable.
  /// The artifacts' descriptors must stay open as long as the store. Errors: STORE_NO_WEIGHTS,
  /// UNSUPPORTED_PICKLE, or the first file's own error.
  static Result<TensorStore> open(std::span<const Artifact> artifacts);

  std::span<const TensorInfo> tensors() const;          ///< in file order
  const TensorInfo* find(std::string_view name) const;  ///< nullptr when absent
  std::span<const std::string> files() const;
  std::span<const Notice> notices() const;
  bool is_gguf() const;
  /// general.architecture of a GGUF model; empty for safetensors.
  std::string_view gguf_architecture() const;
  std::uint64_t total_bytes() const;
  /// True when a file or a tensor that should be there could not be read: findings cover a part only.
  bool partial() const;

  /// Converts elements [first, first + out.size()) to float. For block types `first` and the count
  /// must be multiples of the block. F64 and integers are rounded to float. Scaled weights are
  /// multiplied by their scales, in float. Errors: READ_CHANGED, READ_RANGE, DTYPE_OPAQUE (a type
  /// that is hashable but not comparable), DTYPE_PACKED (codes that are not undone here).
  Status read_floats(const TensorInfo& tensor, std::uint64_t first, std::span<float> out) const;
  /// Raw stored bytes [first, first + out.size()) of the tensor.
  Status read_bytes(const TensorInfo& tensor, std::uint64_t first, std::span<std::byte> out) const;
  /// READ_CHANGED when a file was modified since it was opened. Call once after the last read.
  Status unchanged() const;

  TensorStore(TensorStore&&) noexcept;
  TensorStore& operator=(TensorStore&&) noexcept;
  ~TensorStore();

 private:
  struct State;
  explicit TensorStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pedigree::io
