// SPDX-License-Identifier: MIT
#include "plugins/weight/tests/tiny_training.hpp"

#include <Eigen/Core>  // under another name for its namespace, see CMakeLists.txt
#include <algorithm>
#include <cmath>

namespace pedigree::weight::testing {
namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::Matrix<float, Eigen::Dynamic, 1>;
using Index = Eigen::Index;
using TinyWeights = std::map<std::string, Matrix>;

FlatWeights flat(const TinyWeights& weights) {
  FlatWeights out;
  for (const auto& [name, m] : weights) out[name] = {m.rows(), m.cols(), {m.data(), m.data() + m.size()}};
  return out;
}

/// RMSNorm and its gradient.
struct TinyNorm {
  Matrix unit;
  Vector scale;
  Matrix forward(const Matrix& x, const Matrix& gain) {
    scale = (x.array().square().rowwise().mean() + 1e-5F).rsqrt().matrix();
    unit = scale.asDiagonal() * x;
    return unit * gain.row(0).asDiagonal();
  }
  Matrix backward(const Matrix& out, const Matrix& gain, Matrix& gain_gradient) const {
    gain_gradient = out.cwiseProduct(unit).colwise().sum();
    const Matrix inner = out * gain.row(0).asDiagonal();
    const Vector along = inner.cwiseProduct(unit).rowwise().mean();
    return scale.asDiagonal() * (inner - along.asDiagonal() * unit);
  }
};

/// One step's loss and gradients over a batch of (token, next).
double tiny_gradients(const TinyWeights& w, const TinyShape& s, const std::vector<std::size_t>& token,
                      const std::vector<std::size_t>& next, TinyWeights& g) {
  const auto batch = static_cast<Index>(token.size());
  struct Block {
    TinyNorm norm;
    Matrix in, gate, up, act;
  };
  std::vector<Block> blocks(static_cast<std::size_t>(s.layers));
  const auto name = [](Index l, const char* part) { return "model.layers." + std::to_string(l) + "." + part; };
  Matrix x(batch, s.width);
  for (Index i = 0; i < batch; ++i)
    x.row(i) = w.at("model.embed_tokens.weight").row(static_cast<Index>(token[static_cast<std::size_t>(i)]));
  for (Index l = 0; l < s.layers; ++l) {
    auto& b = blocks[static_cast<std::size_t>(l)];
    b.in = b.norm.forward(x, w.at(name(l, "post_attention_layernorm.weight")));
    b.gate = b.in * w.at(name(l, "mlp.gate_proj.weight")).transpose();
    b.up = b.in * w.at(name(l, "mlp.up_proj.weight")).transpose();
    const Matrix sigmoid = (1 + (-b.gate.array()).exp()).inverse().matrix();
    b.act = b.gate.cwiseProduct(sigmoid);
    x += b.act.cwiseProduct(b.up) * w.at(name(l, "mlp.down_proj.weight")).transpose();
  }
  TinyNorm final_norm;
  const Matrix normed = final_norm.forward(x, w.at("model.norm.weight"));
  Matrix p = normed * w.at("lm_head.weight").transpose();
  double loss = 0;
  for (Index i = 0; i < batch; ++i) {
    p.row(i).array() -= p.row(i).maxCoeff();
    p.row(i) = p.row(i).array().exp();
    p.row(i) /= p.row(i).sum();
    auto& right = p(i, static_cast<Index>(next[static_cast<std::size_t>(i)]));
    loss -= std::log(static_cast<double>(right));
    right -= 1;
  }
  p /= static_cast<float>(batch);
  g["lm_head.weight"] = p.transpose() * normed;
  Matrix dx = final_norm.backward(p * w.at("lm_head.weight"), w.at("model.norm.weight"), g["model.norm.weight"]);
  for (Index l = s.layers - 1; l >= 0; --l) {
    auto& b = blocks[static_cast<std::size_t>(l)];
    const Matrix product = b.act.cwiseProduct(b.up);
    g[name(l, "mlp.down_proj.weight")] = dx.transpose() * product;
    const Matrix dproduct = dx * w.at(name(l, "mlp.down_proj.weight"));
    const Matrix sigmoid = (1 + (-b.gate.array()).exp()).inverse().matrix();
    const Matrix slope =
        (sigmoid.array() * (1 + b.gate.array() * (1 - sigmoid.array()))).matrix();  // derivative of SiLU
    const Matrix dgate = dproduct.cwiseProduct(b.up).cwiseProduct(slope), dup = dproduct.cwiseProduct(b.act);
    g[name(l, "mlp.gate_proj.weight")] = dgate.transpose() * b.in;
    g[name(l, "mlp.up_proj.weight")] = dup.transpose() * b.in;
    const Matrix din = dgate * w.at(name(l, "mlp.gate_proj.weight")) + dup * w.at(name(l, "mlp.up_proj.weight"));
    dx += b.norm.backward(din, w.at(name(l, "post_attention_layernorm.weight")),
                          g[name(l, "post_attention_layernorm.weight")]);
  }
  Matrix embedding = Matrix::Zero(s.vocabulary, s.width);
  for (Index i = 0; i < batch; ++i) embedding.row(static_cast<Index>(token[static_cast<std::size_t>(i)])) += dx.row(i);
  g["model.embed_tokens.weight"] = embedding;
  return loss / static_cast<double>(batch);
}

}  // namespace

FlatRun train_flat(const FlatWeights& start, const TinyShape& s, std::uint64_t data_seed, int steps,
                   const std::vector<int>& keep, double peak) {
  constexpr double kBeta1 = 0.9, kBeta2 = 0.95, kDecay = 0.1, kEpsilon = 1e-8;
  TinyRandom language(11), random(data_seed);  // one language for all runs, another text for each
  std::vector<std::vector<std::size_t>> follows(static_cast<std::size_t>(s.vocabulary));
  for (auto& f : follows)
    for (int k = 0; k < 4; ++k) f.push_back(language.below(static_cast<std::size_t>(s.vocabulary)));
  TinyWeights w;
  for (const auto& [name, m] : start) w[name] = Eigen::Map<const Matrix>(m.values.data(), m.rows, m.columns);
  FlatRun run;
  TinyWeights first, second;
  std::size_t now = 0;
  for (int t = 0; t < steps; ++t) {
    for (const int k : keep)
      if (k == t) run.checkpoints[t] = flat(w);
    std::vector<std::size_t> token, next;
    for (int i = 0; i < 256; ++i) {
      token.push_back(now);
      now =
          random.uniform() < 0.1 ? random.below(static_cast<std::size_t>(s.vocabulary)) : follows[now][random.below(4)];
      next.push_back(now);
    }
    TinyWeights g;
    run.loss.push_back(tiny_gradients(w, s, token, next, g));
    const double progress = static_cast<double>(t) / steps;
    const double rate = peak * std::min(1.0, (t + 1) / 20.0) * (0.1 + 0.45 * (1 + std::cos(3.14159265 * progress)));
    run.learning_rate.push_back(rate);
    for (auto& [name, gradient] : g) {
      auto &m = first[name], &v = second[name], &theta = w[name];
      if (m.size() == 0) m = v = Matrix::Zero(theta.rows(), theta.cols());
      m = static_cast<float>(kBeta1) * m + static_cast<float>(1 - kBeta1) * gradient;
      v = static_cast<float>(kBeta2) * v + static_cast<float>(1 - kBeta2) * gradient.cwiseAbs2();
      const auto c1 = static_cast<float>(1 / (1 - std::pow(kBeta1, t + 1)));
      const auto c2 = static_cast<float>(1 / (1 - std::pow(kBeta2, t + 1)));
      const Matrix step = ((m * c1).array() / ((v * c2).array().sqrt() + static_cast<float>(kEpsilon))).matrix();
      theta -= static_cast<float>(rate) * (step + static_cast<float>(theta.rows() > 1 ? kDecay : 0) * theta);
    }
  }
  run.checkpoints[steps] = flat(w);
  return run;
}

}  // namespace pedigree::weight::testing
