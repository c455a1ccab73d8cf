// SPDX-License-Identifier: MIT
#include "tests/lineage/baselines.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "tests/lineage/named_tensors.hpp"
#include "tests/lineage/unbiased_cka.hpp"

namespace pedigree::lineage {
namespace {

using Tensors = std::map<std::string, NamedTensor>;

/// Cosine of every `step`-th value after `mean_a` and `mean_b` are taken off.
double cosine(const std::vector<float>& a, const std::vector<float>& b, std::size_t step, double mean_a,
              double mean_b) {
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); i += step) {
    const double x = static_cast<double>(a[i]) - mean_a, y = static_cast<double>(b[i]) - mean_b;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
}

double mean_of(const std::vector<float>& values) {
  double sum = 0;
  for (const float v : values) sum += static_cast<double>(v);
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

struct Mean {
  double sum = 0, count = 0;
  void add(double value) {
    sum += value;
    count += 1;
  }
  double get() const { return count > 0 ? sum / count : 0; }
};

}  // namespace

std::vector<Baseline> baselines(const std::vector<Pair>& pairs) {
  constexpr std::size_t kSubsample = 4096;
  std::map<std::filesystem::path, Tensors> read;
  auto tensors = [&](const std::filesystem::path& path) -> const Tensors& {
    const auto found = read.find(path);
    return found != read.end() ? found->second : read.emplace(path, read_tensors(path)).first->second;
  };
  std::vector<Baseline> out{{"mean raw cosine, same names", {}},
                            {"mean centred cosine, same names", {}},
                            {"4,096 values per tensor (WVC)", {}},
                            {"norm-gain cosine", {}},
                            {"UCKA of q, k after axis matching", {}}};
  for (const auto& pair : pairs) {
    const Tensors &a = tensors(pair.model_path), &b = tensors(pair.base_path);
    Mean raw, centred, few, gain;
    for (const auto& [name, tensor] : a) {
      const auto other = b.find(name);
      if (other == b.end() || other->second.values.size() != tensor.values.size()) continue;
      const auto &x = tensor.values, &y = other->second.values;
      if (is_gain(name)) {
        gain.add(cosine(x, y, 1, 0, 0));
        continue;
      }
      raw.add(cosine(x, y, 1, 0, 0));
      centred.add(cosine(x, y, 1, mean_of(x), mean_of(y)));
      few.add(cosine(x, y, std::max<std::size_t>(1, x.size() / kSubsample), 0, 0));
    }
    const double scores[] = {raw.get(), centred.get(), few.get(), gain.get(), unbiased_cka(a, b)};
    for (std::size_t i = 0; i < out.size(); ++i) out[i].scores.push_back(scores[i]);
  }
  return out;
}

}  // namespace pedigree::lineage
