// SPDX-License-Identifier: MIT
#include "plugins/weight/statistics/untrained_tokens.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "plugins/weight/align/residual_alignment.hpp"
#include "plugins/weight/statistics/log_probability.hpp"

namespace pedigree::weight {
namespace {

constexpr Index kFewest = 8, kMost = 512;

/// Rows alive in both models, at most kMost.
void keep_alive(Matrix& a, Matrix& b) {
  Index kept = 0;
  for (Index i = 0; i < a.rows() && kept < kMost; ++i) {
    if (!a.row(i).allFinite() || !b.row(i).allFinite() || a.row(i).isZero(0) || b.row(i).isZero(0)) continue;
    a.row(kept) = Matrix(a.row(i));
    b.row(kept) = Matrix(b.row(i));
    ++kept;
  }
  a.conservativeResize(kept, a.cols());
  b.conservativeResize(kept, b.cols());
}

/// Rows that are (nearly) one vector carry no labels: weight decay or tying has washed them out.
bool all_alike(const Matrix& rows) {
  Matrix unit = rows;
  normalise_rows(unit);
  double sum = 0;
  for (Index i = 1; i < unit.rows(); ++i) sum += static_cast<double>(unit.row(i).dot(unit.row(i - 1)));
  return sum > 0.99 * static_cast<double>(unit.rows() - 1);
}

double off_diagonal_correlation(const MatrixD& a, const MatrixD& b, const std::vector<Index>& label) {
  double sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0, n = 0;
  for (Index i = 1; i < a.rows(); ++i)
    for (Index j = 0; j < i; ++j) {
      const double x = a(i, j), y = b(label[static_cast<std::size_t>(i)], label[static_cast<std::size_t>(j)]);
      sa += x;
      sb += y;
      saa += x * x;
      sbb += y * y;
      sab += x * y;
      n += 1;
    }
  const double va = saa - sa * sa / n, vb = sbb - sb * sb / n;
  return va > 0 && vb > 0 ? (sab - sa * sb / n) / std::sqrt(va * vb) : 0;
}

}  // namespace

UntrainedTokens compare_untrained(Matrix subject, Matrix reference, std::uint64_t seed, int relabellings) {
  UntrainedTokens out;
  if (subject.rows() != reference.rows()) return out;
  keep_alive(subject, reference);
  out.rows = static_cast<std::size_t>(subject.rows());
  if (subject.rows() < kFewest || all_alike(subject) || all_alike(reference)) return out;
  centre_and_normalise_rows(subject);
  centre_and_normalise_rows(reference);
  const MatrixD a = (subject * subject.transpose()).cast<double>(),
                b = (reference * reference.transpose()).cast<double>();
  std::vector<Index> label(out.rows);
  std::iota(label.begin(), label.end(), Index{0});
  out.correlation = off_diagonal_correlation(a, b, label);
  Random random(seed);
  int at_least = 0;
  for (int t = 0; t < relabellings; ++t) {
    for (std::size_t i = label.size(); i > 1; --i) std::swap(label[i - 1], label[random.below(i)]);
    at_least += off_diagonal_correlation(a, b, label) >= out.correlation;
  }
  out.log10_p = std::log10((1.0 + at_least) / (1.0 + relabellings));
  if (subject.cols() == reference.cols()) {
    out.same_basis_cosine = mean_row_cosine(all_rows(subject), all_rows(reference));
    const AxisMatch rows = match_axes({subject.transpose(), reference.transpose(), 0});
    out.same_basis_log10_p = rows.log10_p();
  }
  out.valid = true;
  return out;
}

}  // namespace pedigree::weight
