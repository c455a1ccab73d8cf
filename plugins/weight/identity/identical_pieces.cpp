// SPDX-License-Identifier: MIT
#include "plugins/weight/identity/identical_pieces.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <unordered_map>

#include "pedigree/io/convert.hpp"
#include "plugins/weight/identity/pair_sums.hpp"
#include "plugins/weight/statistics/log_probability.hpp"

namespace pedigree::weight {
namespace {
using io::Role;

constexpr std::array<std::size_t, 3> kLengths = {4, 16, 64};
constexpr std::size_t kLeastColumns = 16;
constexpr std::size_t kMostColumns = std::size_t{1} << 18;
constexpr std::size_t kChanceRows = 8;

/// Sampled rows as bits in the coarser type, row after row.
struct Sample {
  std::size_t rows = 0, columns = 0;
  std::vector<std::uint32_t> bits;
  std::uint32_t at(std::size_t row, std::size_t column) const { return bits[row * columns + column]; }
};

std::uint32_t coarse_bits(Equality how, float value) {
  if (how == Equality::kBf16) return io::float_to_bf16(value);
  if (how == Equality::kF16) return io::float_to_f16(value);
  return std::bit_cast<std::uint32_t>(value);
}

std::optional<Sample> read_sample(const ModelTensors& model, const io::TensorInfo& tensor, std::uint64_t rows,
                                  Equality how) {
  const std::uint64_t columns = tensor.shape.back();
  Sample sample{
      static_cast<std::size_t>(std::min<std::uint64_t>(rows, kLengths.back())), static_cast<std::size_t>(columns), {}};
  sample.bits.reserve(sample.rows * sample.columns);
  std::vector<float> row(sample.columns);
  for (std::size_t k = 0; k < sample.rows; ++k) {
    const std::uint64_t index = (2 * k + 1) * rows / (2 * sample.rows);  // evenly spread, chosen by size alone
    if (!model.store.read_floats(tensor, index * columns, row)) return std::nullopt;
    for (float v : row) sample.bits.push_back(coarse_bits(how, v));
  }
  return sample;
}

/// Where each piece lies, by content; kTwice when it occurs more than once.
constexpr std::size_t kTwice = ~std::size_t{0};
std::unordered_map<std::uint64_t, std::size_t> index_pieces(const Sample& sample, std::size_t length) {
  std::unordered_map<std::uint64_t, std::size_t> index;
  index.reserve(sample.columns);
  const std::size_t step = sample.rows / length;
  for (std::size_t c = 0; c < sample.columns; ++c) {
    std::uint64_t hash = 0x9E3779B97F4A7C15u;
    for (std::size_t r = 0; r < length; ++r) {
      hash = (hash ^ sample.at(r * step, c)) * 0xD6E8FEB86659FD93u;
      hash ^= hash >> 32u;
    }
    const auto [at, fresh] = index.emplace(hash, c);
    if (!fresh) at->second = kTwice;
  }
  return index;
}

PieceTest test_length(const Sample& a, const Sample& b, std::size_t length) {
  PieceTest test;
  test.units = a.columns;
  test.sampled_rows = length;
  const auto left = index_pieces(a, length), right = index_pieces(b, length);
  for (const auto& [hash, column] : left) {
    const auto found = right.find(hash);
    if (column == kTwice || found == right.end() || found->second == kTwice) continue;
    ++test.matched;
    test.fixed += found->second == column ? 1u : 0u;
  }
  test.log10_p = corrected_log10_p(fixed_point_log10_p(test.units, test.matched, test.fixed), kLengths.size());
  return test;
}

/// Share of equal elements when columns are paired at random: sum over values of n_A n_B / n^2.
double chance_of_equality(const Sample& a, const Sample& b) {
  double sum = 0;
  const std::size_t rows = std::min(a.rows, kChanceRows);
  for (std::size_t r = 0; r < rows; ++r) {
    std::unordered_map<std::uint32_t, std::size_t> counts;
    for (std::size_t c = 0; c < a.columns; ++c) ++counts[a.at(r, c)];
    double hits = 0;
    for (std::size_t c = 0; c < b.columns; ++c) {
      const auto found = counts.find(b.at(r, c));
      if (found != counts.end()) hits += static_cast<double>(found->second);
    }
    sum += hits / static_cast<double>(a.columns) / static_cast<double>(b.columns);
  }
  return rows == 0 ? 0.0 : sum / static_cast<double>(rows);
}

}  // namespace

bool columns_are_exchangeable(const io::TensorRole& role) {
  if (role.part != io::Part::kWeight) return false;
  switch (role.role) {
    case Role::kEmbedding:
    case Role::kLmHead:
    case Role::kRouter:
    case Role::kQA:
    case Role::kKvA:
      return !role.transposed;
    case Role::kGateUp:  // stored the other way round, a label owns two columns: not a free relabelling
    case Role::kExpertGateUp:
    case Role::kSharedGateUp:
    case Role::kQ:  // rows of q and k carry rotary positions; their columns are residual dimensions
    case Role::kK:
    case Role::kV:
    case Role::kQkv:
    case Role::kKv:
      return !role.transposed;
    case Role::kGate:
    case Role::kUp:
    case Role::kDown:
    case Role::kExpertGate:
    case Role::kExpertUp:
    case Role::kExpertDown:
    case Role::kSharedGate:
    case Role::kSharedUp:
    case Role::kSharedDown:
      return true;
    case Role::kO:  // columns are head dimensions, exchangeable within a head only
      return role.transposed;
    default:
      return false;
  }
}

std::optional<PieceTest> identical_pieces(const ModelTensors& subject, const ModelTensors& reference,
                                          const TensorPair& pair) {
  const auto& a = subject.tensors()[pair.subject];
  const auto& b = reference.tensors()[pair.reference];
  const auto how = equality_of(value_type(a), value_type(b));
  if (how == Equality::kNone || a.shape.size() < 2 || a.shape.back() != b.shape.back()) return std::nullopt;
  if (!columns_are_exchangeable(subject.role(pair.subject)) ||
      !columns_are_exchangeable(reference.role(pair.reference)))
    return std::nullopt;
  const std::uint64_t columns = a.shape.back();
  const std::uint64_t rows = columns == 0 ? 0 : std::min(a.elements, b.elements) / columns;
  if (columns < kLeastColumns || columns > kMostColumns || rows < kLengths.front()) return std::nullopt;
  const auto left = read_sample(subject, a, rows, how), right = read_sample(reference, b, rows, how);
  if (!left || !right) return std::nullopt;
  PieceTest best;
  best.units = static_cast<std::size_t>(columns);
  for (auto length : kLengths) {
    if (length > left->rows) break;
    const auto test = test_length(*left, *right, length);
    if (test.log10_p < best.log10_p || best.sampled_rows == 0) best = test;
  }
  best.chance_equal = chance_of_equality(*left, *right);
  return best;
}

}  // namespace pedigree::weight
