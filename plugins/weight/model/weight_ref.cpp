// SPDX-License-Identifier: MIT
#include "plugins/weight/model/weight_ref.hpp"

#include <algorithm>
#include <span>

#include "pedigree/analyzer.hpp"

namespace pedigree::weight {
namespace {

constexpr std::uint64_t kLargestSide = std::uint64_t{1} << 24;

void check(const io::Status& status) {
  if (!status.ok()) throw InputError(status.error().text());
}

/// Reads stored rows one block-aligned stretch at a time: `width` elements per stored row.
class RowReader {
 public:
  RowReader(const io::TensorStore& store, const WeightRef& ref, std::uint64_t width)
      : store_(store),
        ref_(ref),
        width_(width),
        block_(std::max(1U, io::dtype_facts(ref.tensor->dtype).block_elements)) {}

  /// Rows [row, row + n); valid until the next call.
  const float* rows(std::uint64_t row, std::uint64_t n) {
    const std::uint64_t begin = ref_.offset + row * width_, end = begin + n * width_;
    const std::uint64_t from = begin / block_ * block_;
    const std::uint64_t to = std::min(ref_.tensor->elements, (end + block_ - 1) / block_ * block_);
    buffer_.resize(static_cast<std::size_t>(to - from));
    check(store_.read_floats(*ref_.tensor, from, buffer_));
    return buffer_.data() + (begin - from);
  }
  /// The same into `out`, without a copy where blocks allow it.
  void rows(std::uint64_t row, std::uint64_t n, float* out) {
    const std::uint64_t begin = ref_.offset + row * width_, size = n * width_;
    if (begin % block_ == 0 && size % block_ == 0)
      return check(store_.read_floats(*ref_.tensor, begin, {out, static_cast<std::size_t>(size)}));
    std::copy_n(rows(row, n), size, out);
  }
  /// How many of the rows from rows[at] on lie one behind the other, as far as one read should go.
  std::size_t run(const std::vector<std::uint64_t>& rows, std::size_t at) const {
    constexpr std::uint64_t kElements = std::uint64_t{1} << 21;
    const std::uint64_t most = std::max<std::uint64_t>(1, kElements / std::max<std::uint64_t>(1, width_));
    std::size_t n = 1;
    while (n < most && at + n < rows.size() && rows[at + n] == rows[at] + n) ++n;
    return n;
  }

 private:
  const io::TensorStore& store_;
  const WeightRef& ref_;
  std::uint64_t width_, block_;
  std::vector<float> buffer_;
};

/// Stored rows picked whole.
Matrix pick_stored_rows(const io::TensorStore& store, const WeightRef& ref, std::uint64_t width,
                        const std::vector<std::uint64_t>& rows) {
  Matrix out(static_cast<Index>(rows.size()), static_cast<Index>(width));
  RowReader reader(store, ref, width);
  for (std::size_t i = 0; i < rows.size();) {
    const std::size_t n = reader.run(rows, i);
    reader.rows(rows[i], n, out.row(static_cast<Index>(i)).data());
    i += n;
  }
  return out;
}

/// Stored columns picked from every stored row: out has one row per picked column. Eight stored rows
/// at a time, so that every line of memory written to is visited twice and not sixteen times.
Matrix pick_stored_columns(const io::TensorStore& store, const WeightRef& ref, std::uint64_t width,
                           const std::vector<std::uint64_t>& columns, const std::vector<std::uint64_t>& stored_rows) {
  constexpr std::size_t kTogether = 8;
  Matrix out(static_cast<Index>(columns.size()), static_cast<Index>(stored_rows.size()));
  RowReader reader(store, ref, width);
  for (std::size_t at = 0; at < stored_rows.size();) {
    const std::size_t n = reader.run(stored_rows, at);
    const float* data = reader.rows(stored_rows[at], n);
    for (std::size_t first = 0; first < n; first += kTogether) {
      const std::size_t last = std::min(n, first + kTogether);
      for (std::size_t c = 0; c < columns.size(); ++c) {
        float* to = out.row(static_cast<Index>(c)).data() + at;
        for (std::size_t r = first; r < last; ++r) to[r] = data[r * width + columns[c]];
      }
    }
    at += n;
  }
  return out;
}

std::vector<std::uint64_t> counting(std::uint64_t n) {
  std::vector<std::uint64_t> out(n);
  for (std::uint64_t i = 0; i < n; ++i) out[i] = i;
  return out;
}

}  // namespace

std::optional<WeightRef> whole_matrix(const io::TensorInfo& tensor, const io::TensorRole& role, std::uint64_t expert) {
  if (!tensor.readable() || tensor.elements == 0) return std::nullopt;
  std::vector<std::uint64_t> shape = tensor.shape;
  WeightRef ref;
  ref.tensor = &tensor;
  if (role.stacked && shape.size() == 3) {
    if (expert >= shape[0]) return std::nullopt;
    shape.erase(shape.begin());
    ref.offset = expert * shape[0] * shape[1];
  }
  if (shape.size() < 2) return std::nullopt;
  std::uint64_t inner = 1;
  for (std::size_t i = 1; i < shape.size(); ++i) inner *= shape[i];
  ref.transposed = role.transposed;
  ref.stored_outputs = role.transposed ? inner : shape[0];
  ref.inputs = role.transposed ? shape[0] : inner;
  ref.count = ref.stored_outputs;
  if (ref.stored_outputs > kLargestSide || ref.inputs > kLargestSide) return std::nullopt;
  return ref;
}

Matrix load_rows(const io::TensorStore& store, const WeightRef& ref, const std::vector<std::uint32_t>& outputs) {
  std::vector<std::uint64_t> stored;
  for (const auto o : outputs) stored.push_back(ref.stored_row(o));
  if (!ref.transposed) return pick_stored_rows(store, ref, ref.inputs, stored);
  return pick_stored_columns(store, ref, ref.stored_outputs, stored, counting(ref.inputs));
}

Matrix load_columns(const io::TensorStore& store, const WeightRef& ref, const std::vector<std::uint32_t>& inputs) {
  std::vector<std::uint64_t> picked(inputs.begin(), inputs.end()), stored;
  for (std::uint64_t o = 0; o < ref.count; ++o) stored.push_back(ref.stored_row(o));
  if (!ref.transposed) return pick_stored_columns(store, ref, ref.inputs, picked, stored);
  const Matrix rows = pick_stored_rows(store, ref, ref.stored_outputs, picked);
  Matrix out(rows.rows(), static_cast<Index>(stored.size()));
  for (Index i = 0; i < out.rows(); ++i)
    for (std::size_t o = 0; o < stored.size(); ++o)
      out(i, static_cast<Index>(o)) = rows(i, static_cast<Index>(stored[o]));
  return out;
}

std::uint64_t bytes_of_rows(const WeightRef& ref, std::uint64_t outputs) {
  if (!ref.present()) return 0;
  const std::uint64_t elements = ref.transposed ? ref.stored_outputs * ref.inputs : outputs * ref.inputs;
  return io::dtype_bytes(ref.tensor->dtype, elements).value_or(0);
}

std::uint64_t bytes_of_columns(const WeightRef& ref, std::uint64_t inputs) {
  if (!ref.present()) return 0;
  const std::uint64_t elements = ref.transposed ? inputs * ref.stored_outputs : ref.count * ref.inputs;
  return io::dtype_bytes(ref.tensor->dtype, elements).value_or(0);
}

Vector load_vector(const io::TensorStore& store, const io::TensorInfo* tensor) {
  if (tensor == nullptr || !tensor->readable() || tensor->elements == 0 || tensor->elements > kLargestSide) return {};
  Vector out(static_cast<Index>(tensor->elements));
  check(store.read_floats(*tensor, 0, std::span<float>(out.data(), static_cast<std::size_t>(out.size()))));
  return out;
}

std::vector<std::uint32_t> spread_indices(std::uint64_t count, std::uint64_t limit) {
  const std::uint64_t n = limit == 0 ? count : std::min(count, limit);
  std::vector<std::uint32_t> out(n);
  for (std::uint64_t i = 0; i < n; ++i) out[i] = static_cast<std::uint32_t>(i * count / n);
  return out;
}

}  // namespace pedigree::weight
