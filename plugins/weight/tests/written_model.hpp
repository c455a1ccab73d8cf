// SPDX-License-Identifier: MIT
// Small written models for tests through the plugin boundary.
#pragma once

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/weight/analyzers.hpp"
#include "tests/support/run_analyzer.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tensor_files.hpp"

namespace pedigree::weight::testing {
using nlohmann::json;
using pedigree::testing::RunResult;
using pedigree::testing::StoredTensor;
using pedigree::testing::TemporaryFolder;

inline constexpr std::uint64_t kInner = 160, kVocabulary = 300;

struct Tensor {
  std::vector<std::uint64_t> shape;
  std::vector<float> values;
};
using Model = std::map<std::string, Tensor>;

struct Shape {
  std::uint64_t hidden = 64;
  std::size_t layers = 3;
  bool gated = true;
};

/// Gaussian weights with a few learned directions on top, as training leaves them.
inline Model trained(unsigned seed, Shape shape = {}) {
  std::mt19937 random{seed};
  std::normal_distribution<float> normal;
  Model model;
  const auto add = [&](const std::string& name, std::uint64_t rows, std::uint64_t columns) {
    Tensor t{{rows, columns}, std::vector<float>(rows * columns)};
    for (float& v : t.values) v = 0.02f * normal(random);
    for (int direction = 0; direction < 4; ++direction) {
      std::vector<float> left(rows), right(columns);
      for (float& v : left) v = normal(random);
      for (float& v : right) v = normal(random);
      for (std::uint64_t i = 0; i < rows; ++i)
        for (std::uint64_t j = 0; j < columns; ++j) t.values[i * columns + j] += 0.01f * left[i] * right[j];
    }
    model[name] = std::move(t);
  };
  add("model.embed_tokens.weight", kVocabulary, shape.hidden);
  for (std::size_t l = 0; l < shape.layers; ++l) {
    const std::string at = "model.layers." + std::to_string(l) + ".";
    for (const char* name : {"q_proj", "k_proj", "v_proj", "o_proj"})
      add(at + "self_attn." + name + ".weight", shape.hidden, shape.hidden);
    if (shape.gated) add(at + "mlp.gate_proj.weight", kInner, shape.hidden);
    add(at + "mlp.up_proj.weight", kInner, shape.hidden);
    add(at + "mlp.down_proj.weight", shape.hidden, kInner);
  }
  return model;
}

inline void take(Model& to, const Model& from, std::string_view part) {
  for (const auto& [name, tensor] : from)
    if (name.find(part) != std::string::npos) to[name] = tensor;
}

inline void drop(Model& model, std::string_view part) {
  std::erase_if(model, [&](const auto& entry) { return entry.first.find(part) != std::string::npos; });
}

inline std::string config(std::uint64_t hidden) {
  return json{{"model_type", "llama"},  {"hidden_size", hidden},    {"num_attention_heads", 4},
              {"head_dim", hidden / 4}, {"num_key_value_heads", 4}, {"intermediate_size", kInner}}
      .dump();
}

inline std::string file_of(const Model& model, bool bf16 = false) {
  std::vector<StoredTensor> tensors;
  for (const auto& [name, t] : model)
    tensors.push_back(bf16 ? pedigree::testing::bf16_tensor(name, t.shape, t.values)
                           : pedigree::testing::f32_tensor(name, t.shape, t.values));
  return pedigree::testing::safetensors_file(tensors);
}

inline RunResult compare(const Model& subject, const Model& reference, bool bf16 = false) {
  TemporaryFolder a, b;
  a.write("model.safetensors", file_of(subject, bf16));
  a.write("config.json", config(subject.at("model.embed_tokens.weight").shape[1]));
  b.write("model.safetensors", file_of(reference));
  b.write("config.json", config(reference.at("model.embed_tokens.weight").shape[1]));
  return pedigree::testing::run_analyzer<Lineage>({{"subject", a.path()}, {"reference", b.path()}});
}

inline const Evidence& of(const RunResult& run, std::string_view signal) {
  const Evidence* e = run.find(signal);
  if (e == nullptr) throw std::runtime_error("no " + std::string(signal) + ": " + run.error);
  return *e;
}

}  // namespace pedigree::weight::testing
