// SPDX-License-Identifier: MIT
#include "plugins/weight/checkpoints/start_physics.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "pedigree/io/tensor_role.hpp"

namespace pedigree::weight {
namespace {

constexpr Index kFewest = 16;
constexpr std::uint64_t kRows = 384, kColumns = 1536;
constexpr int kPowerSteps = 40;
constexpr double kErrors = 8;  // standard errors: a matrix in 10^12 goes astray, however many are looked at

/// Largest singular value from below, by power iteration from a fixed start.
double largest_singular_value(const Matrix& m) {
  Vector v(m.cols());
  Random random(7);
  for (Index j = 0; j < v.size(); ++j) v[j] = static_cast<float>(random.normal());
  double length = 0;
  for (int step = 0; step < kPowerSteps; ++step) {
    v.normalize();
    const Vector image = m * v;
    length = static_cast<double>(image.norm());
    v = m.transpose() * image;
  }
  return length;
}

/// The largest eigenvalue of M M^T for independent entries of unit variance is the edge of Marchenko and
/// Pastur plus a scale times a variable of Tracy and Widom's law (Johnstone 2001).
double edge_square(double n, double d) { return (std::sqrt(n) + std::sqrt(d)) * (std::sqrt(n) + std::sqrt(d)); }
double edge_scale(double n, double d) {
  return (std::sqrt(n) + std::sqrt(d)) * std::cbrt(1 / std::sqrt(n) + 1 / std::sqrt(d));
}
double singular_bound(double n, double d) { return std::sqrt(edge_square(n, d) + kErrors * edge_scale(n, d)); }

/// Variance of `count` mean squares over m entries each, in terms of what independent entries of unit
/// variance give: (kurtosis - 1) / m.
double dispersion(const std::vector<double>& squares, double m, double kurtosis) {
  const auto count = static_cast<double>(squares.size());
  double sum = 0, square = 0;
  for (double s : squares) {
    sum += s;
    square += s * s;
  }
  const double mean = sum / count, variance = square / count - mean * mean;
  return variance * count / (count - 1) / (std::max(kurtosis - 1, 0.5) / m);
}

/// The sampling error of a variance is sqrt(2 / count).
double dispersion_error(double count) { return std::sqrt(2 / count); }

/// Rows that are all zero are padding.
Matrix without_empty_rows(const Matrix& m) {
  Matrix out(m.rows(), m.cols());
  Index kept = 0;
  for (Index i = 0; i < m.rows(); ++i)
    if (!m.row(i).isZero(0)) out.row(kept++) = m.row(i);
  out.conservativeResize(kept, m.cols());
  return out;
}

bool is_norm(io::Role role) {
  switch (role) {
    case io::Role::kEmbeddingNorm:
    case io::Role::kFinalNorm:
    case io::Role::kAttentionNorm:
    case io::Role::kPostAttentionNorm:
    case io::Role::kMlpNorm:
    case io::Role::kPostMlpNorm:
    case io::Role::kQNorm:
    case io::Role::kKNorm:
    case io::Role::kQANorm:
    case io::Role::kKvANorm:
    case io::Role::kCrossNorm:
    case io::Role::kMtpNorm:
    case io::Role::kNorm:
    case io::Role::kLayerScale:
      return true;
    default:
      return false;
  }
}

/// Laws of their own (sinusoids, decay rates, masks): nothing to hold them against.
bool has_own_law(io::Role role) {
  return role == io::Role::kBuffer || role == io::Role::kStateSpace || role == io::Role::kPositionEmbedding ||
         role == io::Role::kUnknown || role == io::Role::kAttentionSinks || role == io::Role::kRouterBias;
}

bool is_one_number(const Vector& v) {
  if (v.size() < 2) return true;
  const double spread = static_cast<double>(v.maxCoeff()) - static_cast<double>(v.minCoeff());
  return spread <= 1e-4 * std::max(1.0, std::abs(static_cast<double>(v[0])));
}

/// Zero, or one uniform law (the default of PyTorch's Linear): kurtosis 1.8, far from heavy tails.
bool is_initial_bias(const Vector& v) {
  if (is_one_number(v)) return true;
  const double mean = static_cast<double>(v.mean());
  double second = 0, fourth = 0;
  for (const float x : v) {
    const double square = (static_cast<double>(x) - mean) * (static_cast<double>(x) - mean);
    second += square;
    fourth += square * square;
  }
  const auto n = static_cast<double>(v.size());
  const double kurtosis = fourth * n / (second * second);
  return std::abs(kurtosis - 1.8) < 0.1 + kErrors * std::sqrt(1.6 / n) / 2 &&
         std::abs(mean) * std::sqrt(n) < kErrors * std::sqrt(second / n);
}

class Physics {
 public:
  Physics(const ModelView& model, std::size_t most) : store_(model.store()), most_(most) {}

  /// Those of `mine` tensors.
  template <class Mine>
  StartPhysics look(const io::RoleTable& roles, Mine mine) {
    std::vector<std::size_t> matrices;
    for (std::size_t i = 0; i < roles.roles.size(); ++i) {
      const auto& role = roles.roles[i];
      if (!mine(role.component)) continue;
      const auto& tensor = store_.tensors()[i];
      if (!tensor.readable() || has_own_law(role.role)) continue;
      if (role.part == io::Part::kBias)
        bias(tensor);
      else if (role.part == io::Part::kWeight && is_norm(role.role))
        gain(tensor);
      else if (role.part == io::Part::kWeight && tensor.shape.size() >= 2)
        matrices.push_back(i);
    }
    for (const auto pick : spread_indices(matrices.size(), most_)) matrix(matrices[pick], roles.roles[matrices[pick]]);
    if (!kurtosis_.empty()) {
      std::nth_element(kurtosis_.begin(), kurtosis_.begin() + static_cast<std::ptrdiff_t>(kurtosis_.size() / 2),
                       kurtosis_.end());
      result_.median_kurtosis = kurtosis_[kurtosis_.size() / 2];
    }
    // A squared score has mean 1 and variance 2.
    const auto scores = 2 * static_cast<double>(kurtosis_.size());
    if (scores > 0) result_.excess = (surprise_ - scores) / std::sqrt(2 * scores);
    return std::move(result_);
  }

 private:
  void learned(const io::TensorInfo& tensor) {
    if (result_.example.empty()) result_.example = tensor.name.substr(0, 120);
  }

  void bias(const io::TensorInfo& tensor) {
    ++result_.biases;
    if (is_initial_bias(load_vector(store_, &tensor))) return;
    ++result_.biases_learned;
    learned(tensor);
  }

  void gain(const io::TensorInfo& tensor) {
    ++result_.gains;
    if (is_one_number(load_vector(store_, &tensor))) return;
    ++result_.gains_learned;
    learned(tensor);
  }

  void matrix(std::size_t index, const io::TensorRole& role) {
    const auto& tensor = store_.tensors()[index];
    const auto ref = whole_matrix(tensor, role);
    if (!ref || ref->rows() < static_cast<std::uint64_t>(kFewest) || ref->inputs < static_cast<std::uint64_t>(kFewest))
      return;
    const Matrix rows = load_rows(store_, *ref, spread_indices(ref->rows(), kRows));
    const auto columns = spread_indices(ref->inputs, kColumns);
    Matrix sample(rows.rows(), static_cast<Index>(columns.size()));
    for (std::size_t j = 0; j < columns.size(); ++j)
      sample.col(static_cast<Index>(j)) = rows.col(static_cast<Index>(columns[j]));
    ++result_.matrices;
    if (!sample.allFinite()) {
      ++result_.learned;
      return learned(tensor);
    }
    const auto found = matrix_physics(sample);
    if (found.constant) {
      ++result_.constant;
      return;
    }
    kurtosis_.push_back(found.kurtosis);
    surprise_ += found.surprise;
    result_.largest_edge = std::max(result_.largest_edge, found.edge);
    result_.largest_dispersion = std::max({result_.largest_dispersion, found.row_dispersion, found.column_dispersion});
    if (found.random()) return;
    ++result_.learned;
    learned(tensor);
  }

  const io::TensorStore& store_;
  std::size_t most_;
  StartPhysics result_;
  std::vector<double> kurtosis_;
  double surprise_ = 0;
};

}  // namespace

bool MatrixPhysics::random() const {
  return constant || (kurtosis_fits && edge <= 1 && row_dispersion <= 1 && column_dispersion <= 1);
}

MatrixPhysics matrix_physics(const Matrix& sample) {
  MatrixPhysics out;
  const Matrix m = without_empty_rows(sample);
  if (m.rows() < kFewest || m.cols() < kFewest || m.maxCoeff() == m.minCoeff()) {
    out.constant = true;
    return out;
  }
  const auto n = static_cast<double>(m.rows()), d = static_cast<double>(m.cols());
  double second = 0, fourth = 0;
  std::vector<double> row(static_cast<std::size_t>(m.rows())), column(static_cast<std::size_t>(m.cols()));
  for (Index i = 0; i < m.rows(); ++i)
    for (Index j = 0; j < m.cols(); ++j) {
      const double square = static_cast<double>(m(i, j)) * static_cast<double>(m(i, j));
      second += square;
      fourth += square * square;
      row[static_cast<std::size_t>(i)] += square;
      column[static_cast<std::size_t>(j)] += square;
    }
  const double variance = second / (n * d);
  out.kurtosis = fourth / (n * d) / (variance * variance);
  // Sampling errors of a kurtosis over N entries: sqrt(24 / N) normal, below sqrt(2 / N) uniform. The
  // rounding of 8 bits and a scale that differs by part of the matrix are allowed 0.05.
  out.kurtosis_fits =
      out.kurtosis < 3.05 + kErrors * std::sqrt(24 / (n * d)) && out.kurtosis > 1.75 - kErrors * std::sqrt(2 / (n * d));
  for (auto& r : row) r /= d * variance;
  for (auto& c : column) c /= n * variance;
  const double rows = dispersion(row, d, out.kurtosis), columns = dispersion(column, n, out.kurtosis);
  out.row_dispersion = rows / (1.05 + kErrors * dispersion_error(n));
  out.column_dispersion = columns / (1.05 + kErrors * dispersion_error(d));
  const double top = largest_singular_value(m) / std::sqrt(variance);
  out.edge = top / singular_bound(n, d);
  // Training spreads rows and columns or evens them out: both are surprising. Rows of one length by
  // construction (normalised or orthogonal initialisation) are not.
  for (const auto& [ratio, count] : {std::pair{rows, n}, std::pair{columns, d}}) {
    const double score = (ratio - 1) / dispersion_error(count);
    out.surprise += ratio < 0.05 ? 1 : score * score;
  }
  return out;
}

StartByPart start_physics(const ModelView& model, std::size_t most) {
  constexpr std::array kParts{io::Component::kVisionEncoder, io::Component::kAudioEncoder, io::Component::kAudioDecoder,
                              io::Component::kTextEncoder, io::Component::kProjector};
  const auto roles = io::tensor_roles(model.store());
  const auto is_part = [&](io::Component c) { return std::find(kParts.begin(), kParts.end(), c) != kParts.end(); };
  StartByPart out;
  out.language = Physics(model, most).look(roles, [&](io::Component c) { return !is_part(c); });
  for (const auto part : kParts) {
    auto physics = Physics(model, most).look(roles, [&](io::Component c) { return c == part; });
    if (physics.matrices + physics.gains + physics.biases > 0) out.parts.emplace(io::to_text(part), std::move(physics));
  }
  return out;
}

}  // namespace pedigree::weight
