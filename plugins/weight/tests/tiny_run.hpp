// SPDX-License-Identifier: MIT
// A language model small enough to be trained inside a test: real gradients, real AdamW, real checkpoints.
// Embedding, residual SwiGLU blocks behind RMSNorm, untied head; it learns which token follows which.
#pragma once

#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "plugins/weight/matrix.hpp"
#include "plugins/weight/tests/tiny_training.hpp"
#include "tests/support/tensor_files.hpp"

namespace pedigree::weight::testing {

/// Matrices and gains by name; a gain is a matrix of one row.
using TinyWeights = std::map<std::string, Matrix>;

inline TinyWeights tiny_start(std::uint64_t seed, const TinyShape& s = {}, bool uniform = false) {
  TinyRandom random(seed);
  TinyWeights w;
  const auto make = [&](const std::string& name, Index rows, Index columns) {
    Matrix m(rows, columns);
    for (Index i = 0; i < m.size(); ++i)
      m.data()[i] = 0.08F * static_cast<float>(uniform ? std::sqrt(12.0) * (random.uniform() - 0.5) : random.normal());
    w[name] = m;
  };
  make("model.embed_tokens.weight", s.vocabulary, s.width);
  make("lm_head.weight", s.vocabulary, s.width);
  w["model.norm.weight"] = Matrix::Ones(1, s.width);
  for (Index l = 0; l < s.layers; ++l) {
    const std::string p = "model.layers." + std::to_string(l) + ".";
    w[p + "post_attention_layernorm.weight"] = Matrix::Ones(1, s.width);
    make(p + "mlp.gate_proj.weight", s.hidden, s.width);
    make(p + "mlp.up_proj.weight", s.hidden, s.width);
    make(p + "mlp.down_proj.weight", s.width, s.hidden);
  }
  return w;
}

struct TinyRun {
  std::map<int, TinyWeights> checkpoints;   ///< by step; the last one is the final model
  std::vector<double> loss, learning_rate;  ///< of steps 0, 1, ...
  const TinyWeights& last() const { return checkpoints.rbegin()->second; }
  std::string log() const {
    std::string text;
    char line[96];
    for (std::size_t i = 0; i < loss.size(); ++i) {
      std::snprintf(line, sizeof line, "iter %zu: loss %.5f, lr %.6e\n", i, loss[i], learning_rate[i]);
      text += line;
    }
    return text;
  }
};

/// Trains from `w` for `steps` steps and keeps the weights before the steps in `keep` and at the end.
inline TinyRun tiny_train(const TinyWeights& w, std::uint64_t data_seed, int steps, const std::vector<int>& keep,
                          double peak = 3e-3, const TinyShape& s = {}) {
  FlatWeights start;
  for (const auto& [name, m] : w) start[name] = {m.rows(), m.cols(), {m.data(), m.data() + m.size()}};
  FlatRun flat = train_flat(start, s, data_seed, steps, keep, peak);
  TinyRun run{{}, std::move(flat.loss), std::move(flat.learning_rate)};
  for (const auto& [step, weights] : flat.checkpoints)
    for (const auto& [name, m] : weights)
      run.checkpoints[step][name] = Eigen::Map<const Matrix>(m.values.data(), m.rows, m.columns);
  return run;
}

/// The weights as a safetensors file.
inline std::string tiny_file(const TinyWeights& weights, bool bf16 = false) {
  std::vector<pedigree::testing::StoredTensor> tensors;
  for (const auto& [name, m] : weights) {
    std::vector<std::uint64_t> shape{static_cast<std::uint64_t>(m.rows()), static_cast<std::uint64_t>(m.cols())};
    if (m.rows() == 1) shape = {static_cast<std::uint64_t>(m.cols())};
    const std::span<const float> values{m.data(), static_cast<std::size_t>(m.size())};
    tensors.push_back(bf16 ? pedigree::testing::bf16_tensor(name, shape, values)
                           : pedigree::testing::f32_tensor(name, shape, values));
  }
  return pedigree::testing::safetensors_file(tensors);
}

}  // namespace pedigree::weight::testing
