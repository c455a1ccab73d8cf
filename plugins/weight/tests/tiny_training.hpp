// SPDX-License-Identifier: MIT
// The training behind tiny_run.hpp, with plain numbers at its border: it is a tool of the tests and not what they
// test, so sanitized builds compile it without instrumentation, and its Eigen must not meet theirs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace pedigree::weight::testing {

struct TinyShape {
  std::ptrdiff_t vocabulary = 192, width = 48, hidden = 96, layers = 3;
};

/// Numbers of its own: the header is used where the plugin is not linked.
class TinyRandom {
 public:
  explicit TinyRandom(std::uint64_t seed) : engine_(seed) {}
  double uniform() { return std::uniform_real_distribution<double>{}(engine_); }
  double normal() { return std::normal_distribution<double>{}(engine_); }
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }

 private:
  std::mt19937_64 engine_;
};

struct FlatMatrix {
  std::ptrdiff_t rows = 0, columns = 0;
  std::vector<float> values;  ///< row by row
};
using FlatWeights = std::map<std::string, FlatMatrix>;

struct FlatRun {
  std::map<int, FlatWeights> checkpoints;
  std::vector<double> loss, learning_rate;
};

/// tiny_train of tiny_run.hpp.
FlatRun train_flat(const FlatWeights& start, const TinyShape& shape, std::uint64_t data_seed, int steps,
                   const std::vector<int>& keep, double peak);

}  // namespace pedigree::weight::testing
