// SPDX-License-Identifier: MIT
#include "plugins/weight/identity/norm_gains.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>

namespace pedigree::weight {
namespace {
using io::Role;

constexpr std::size_t kRelabellings = 999;
constexpr std::uint64_t kLargestGain = std::uint64_t{1} << 20;
constexpr double kConstant = 1e-12;  // variance over mean square below which a gain is constant

bool is_gain(const io::TensorRole& r) {
  const bool norm = r.role == Role::kAttentionNorm || r.role == Role::kMlpNorm || r.role == Role::kPostAttentionNorm ||
                    r.role == Role::kPostMlpNorm || r.role == Role::kFinalNorm;
  return norm && r.part == io::Part::kWeight;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}
double cosine(const std::vector<double>& a, const std::vector<double>& b) {
  const double norms = std::sqrt(dot(a, a)) * std::sqrt(dot(b, b));
  return norms > 0 ? std::clamp(dot(a, b) / norms, -1.0, 1.0) : 0.0;
}

/// The vector without its mean, of length 1; all zeros when it is constant.
std::vector<double> standardised(std::vector<double> v) {
  const double mean = std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
  const double square = dot(v, v);
  for (double& x : v) x -= mean;
  const double spread = dot(v, v);
  const bool constant = spread <= kConstant * square;
  for (double& x : v) x = constant ? 0.0 : x / std::sqrt(spread);
  return v;
}

/// A gain as doubles; empty when it cannot be read or is not finite.
std::vector<double> read_gain(const ModelTensors& model, std::size_t i) {
  const auto& tensor = model.tensors()[i];
  if (tensor.shape.size() != 1 || tensor.elements == 0 || tensor.elements > kLargestGain) return {};
  std::vector<float> raw(static_cast<std::size_t>(tensor.elements));
  if (!model.store.read_floats(tensor, 0, raw)) return {};
  if (!std::all_of(raw.begin(), raw.end(), [](float v) { return std::isfinite(v); })) return {};
  return {raw.begin(), raw.end()};
}

double neighbour_cosine(const ModelTensors& model, io::Component component, std::size_t size) {
  std::map<std::pair<Role, int>, std::vector<double>> gains;
  for (std::size_t i = 0; i < model.tensors().size(); ++i) {
    const auto& r = model.role(i);
    if (r.component != component || r.layer < 0 || !is_gain(r)) continue;
    auto gain = read_gain(model, i);
    if (gain.size() == size) gains[{r.role, r.layer}] = std::move(gain);
  }
  double sum = 0;
  std::size_t count = 0;
  for (const auto& [key, gain] : gains) {
    const auto next = gains.find({key.first, key.second + 1});
    if (next == gains.end()) continue;
    sum += cosine(gain, next->second);
    ++count;
  }
  return count == 0 ? 0.0 : sum / static_cast<double>(count);
}

struct Standardised {
  std::vector<double> a, b;
};

double monte_carlo_log10_p(const std::vector<Standardised>& gains, std::size_t size, std::uint64_t seed) {
  const auto statistic = [&](const std::vector<std::size_t>& labels) {
    double sum = 0;
    for (const auto& g : gains)
      for (std::size_t i = 0; i < size; ++i) sum += g.a[labels[i]] * g.b[i];
    return sum;
  };
  std::vector<std::size_t> labels(size);
  std::iota(labels.begin(), labels.end(), std::size_t{0});
  const double observed = statistic(labels);
  std::mt19937_64 random{seed ^ 0x6E6F726D73ull};
  std::size_t at_least = 0;
  for (std::size_t b = 0; b < kRelabellings; ++b) {
    for (std::size_t i = size - 1; i > 0; --i) std::swap(labels[i], labels[random() % (i + 1)]);
    at_least += statistic(labels) >= observed ? 1u : 0u;
  }
  return std::log10(static_cast<double>(1 + at_least) / static_cast<double>(kRelabellings + 1));
}

}  // namespace

GainTest test_gains(const ModelTensors& subject, const ModelTensors& reference, const std::vector<TensorPair>& pairs,
                    io::Component component, std::uint64_t seed) {
  GainTest test;
  std::vector<Standardised> standard;
  std::size_t size = 0;
  for (const auto& pair : pairs) {
    const auto& role = subject.role(pair.subject);
    if (role.component != component || !is_gain(role) || !is_gain(reference.role(pair.reference))) continue;
    const auto a = read_gain(subject, pair.subject), b = read_gain(reference, pair.reference);
    if (a.empty() || a.size() != b.size() || (size != 0 && a.size() != size)) continue;
    size = a.size();
    Standardised s{standardised(a), standardised(b)};
    GainPair g{role.layer, role.role, size, cosine(a, b), dot(s.a, s.b), 0, 0};
    double difference = 0, equal = 0;
    for (std::size_t i = 0; i < size; ++i) {
      difference += (a[i] - b[i]) * (a[i] - b[i]);
      equal += a[i] == b[i] ? 1.0 : 0.0;
    }
    g.relative_l2 = dot(a, a) > 0 ? std::sqrt(difference / dot(a, a)) : 0.0;
    g.bit_equal = equal / static_cast<double>(size);
    test.mean_cosine += g.cosine;
    test.pairs.push_back(g);
    if (dot(s.a, s.a) > 0 && dot(s.b, s.b) > 0) {
      ++test.varying;
      test.mean_pearson += g.pearson;
      standard.push_back(std::move(s));
    }
  }
  if (test.pairs.empty()) return test;
  test.mean_cosine /= static_cast<double>(test.pairs.size());
  if (test.varying > 0) test.mean_pearson /= static_cast<double>(test.varying);
  test.neighbour_cosine = neighbour_cosine(subject, component, size);
  if (test.varying > 0 && size > 1) {
    test.relabellings = kRelabellings;
    test.log10_p = monte_carlo_log10_p(standard, size, seed);
  }
  return test;
}

}  // namespace pedigree::weight
