// SPDX-License-Identifier: MIT
#include "tests/lineage/unbiased_cka.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace pedigree::lineage {
namespace {

using Square = std::vector<double>;  ///< n x n, row-major

const NamedTensor* embedding_of(const std::map<std::string, NamedTensor>& model) {
  for (const auto& [name, tensor] : model)
    for (const char* word : {"embed_tokens", "wte", "word_embeddings", "token_embd"})
      if (name.find(word) != std::string::npos && tensor.rows > 1) return &tensor;
  return nullptr;
}

/// out(i, j) = sum over rows of a(:, i) b(:, j), by the columns' lengths.
Square column_cosines(const NamedTensor& a, const NamedTensor& b) {
  const std::size_t n = a.columns;
  Square out(n * n, 0.0);
  std::vector<double> la(n, 0.0), lb(n, 0.0);
  for (std::size_t r = 0; r < a.rows; ++r) {
    const float *x = a.values.data() + r * n, *y = b.values.data() + r * n;
    for (std::size_t i = 0; i < n; ++i) {
      const double xi = static_cast<double>(x[i]);
      la[i] += xi * xi;
      lb[i] += static_cast<double>(y[i]) * static_cast<double>(y[i]);
      for (std::size_t j = 0; j < n; ++j) out[i * n + j] += xi * static_cast<double>(y[j]);
    }
  }
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      const double scale = std::sqrt(la[i] * lb[j]);
      out[i * n + j] = scale > 0 ? out[i * n + j] / scale : 0;
    }
  return out;
}

/// For every axis of b the axis of a and the sign, largest |cosine| first.
std::vector<std::pair<std::size_t, double>> assign(const Square& cosines, std::size_t n) {
  std::vector<std::tuple<double, std::size_t, std::size_t>> order;
  for (std::size_t k = 0; k < n * n; ++k) order.emplace_back(-std::abs(cosines[k]), k / n, k % n);
  std::sort(order.begin(), order.end());
  std::vector<bool> taken(n, false), given(n, false);
  std::vector<std::pair<std::size_t, double>> out(n);
  for (const auto& [size, i, j] : order) {
    if (taken[i] || given[j]) continue;
    taken[i] = given[j] = true;
    out[j] = {i, cosines[i * n + j] < 0 ? -1.0 : 1.0};
  }
  return out;
}

/// W^T W over residual axes, centred without bias.
Square centred_kernel(const NamedTensor& w, const std::vector<std::pair<std::size_t, double>>* axes) {
  const std::size_t n = w.columns;
  Square k(n * n, 0.0);
  for (std::size_t r = 0; r < w.rows; ++r) {
    const float* row = w.values.data() + r * n;
    for (std::size_t i = 0; i < n; ++i) {
      const double x = axes == nullptr ? static_cast<double>(row[i])
                                       : static_cast<double>(row[(*axes)[i].first]) * (*axes)[i].second;
      for (std::size_t j = 0; j < n; ++j) {
        const double y = axes == nullptr ? static_cast<double>(row[j])
                                         : static_cast<double>(row[(*axes)[j].first]) * (*axes)[j].second;
        k[i * n + j] += x * y;
      }
    }
  }
  std::vector<double> mean(n, 0.0);
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    k[i * n + i] = 0;
    for (std::size_t j = 0; j < n; ++j) mean[i] += k[i * n + j] / static_cast<double>(n - 2);
    sum += mean[i];
  }
  for (auto& m : mean) m -= sum / (2.0 * static_cast<double>(n - 1));
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) k[i * n + j] = i == j ? 0 : k[i * n + j] - mean[i] - mean[j];
  return k;
}

double product(const Square& a, const Square& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

double unbiased_cka(const std::map<std::string, NamedTensor>& a, const std::map<std::string, NamedTensor>& b) {
  constexpr std::size_t kWidest = 1024;
  const NamedTensor *ea = embedding_of(a), *eb = embedding_of(b);
  if (ea == nullptr || eb == nullptr || ea->rows != eb->rows || ea->columns != eb->columns) return 0;
  const std::size_t n = ea->columns;
  if (n < 4 || n > kWidest) return 0;
  const auto axes = assign(column_cosines(*ea, *eb), n);
  double sum = 0, count = 0;
  for (const auto& [name, w] : a) {
    if (name.find("q_proj") == std::string::npos && name.find("k_proj") == std::string::npos) continue;
    const auto other = b.find(name);
    if (other == b.end() || w.columns != n || other->second.columns != n) continue;
    const Square x = centred_kernel(w, &axes), y = centred_kernel(other->second, nullptr);
    const double scale = std::sqrt(product(x, x) * product(y, y));
    if (!(scale > 0)) continue;
    sum += product(x, y) / scale;
    count += 1;
  }
  return count > 0 ? sum / count : 0;
}

}  // namespace pedigree::lineage
