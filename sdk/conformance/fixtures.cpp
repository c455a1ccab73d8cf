// SPDX-License-Identifier: MIT
#include "sdk/conformance/fixtures.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <utility>

namespace pedigree::conformance {
namespace {
using nlohmann::json;
using Random = std::mt19937_64;

constexpr int kLayers = 2, kMerges = 120, kPrompts = 40;

struct Shape {
  int hidden, inner, heads;
};

/// std distributions differ between libraries; these do not.
double uniform(Random& random) { return static_cast<double>(random() >> 11) * 0x1.0p-53; }
std::size_t below(Random& random, std::size_t limit) { return static_cast<std::size_t>(random() % limit); }
float normal(Random& random) {  // Box and Muller 1958
  const double radius = std::sqrt(-2 * std::log(1 - uniform(random)));
  return static_cast<float>(radius * std::cos(6.283185307179586 * uniform(random)));
}

Shape shape_of(std::uint64_t seed) {
  const int heads = 4 + 2 * static_cast<int>(seed % 3);
  return {heads * 16, heads * 40, heads};
}

std::string config(std::uint64_t seed, int vocabulary) {
  const auto shape = shape_of(seed);
  const json document{{"architectures", {"LlamaForCausalLM"}},
                      {"model_type", "llama"},
                      {"hidden_size", shape.hidden},
                      {"intermediate_size", shape.inner},
                      {"num_attention_heads", shape.heads},
                      {"num_key_value_heads", shape.heads / 2},
                      {"num_hidden_layers", kLayers},
                      {"vocab_size", vocabulary},
                      {"rms_norm_eps", seed % 2 == 0 ? 1e-5 : 1e-6},
                      {"rope_theta", 10000.0 + 500.0 * static_cast<double>(seed % 7)},
                      {"max_position_embeddings", 2048},
                      {"hidden_act", "silu"},
                      {"tie_word_embeddings", false},
                      {"torch_dtype", "float32"}};
  return document.dump(2);
}

/// GPT-2's printable stand-in for a byte (Radford et al. 2019, encoder.py, bytes_to_unicode), as UTF-8.
std::string stand_in(int byte) {
  const auto printable = [](int b) { return (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || (b >= 174); };
  int code = byte;
  if (!printable(byte)) {
    code = 256;
    for (int b = 0; b < byte; ++b) code += printable(b) ? 0 : 1;
  }
  if (code < 0x80) return {static_cast<char>(code)};
  return {static_cast<char>(0xC0 | (code >> 6)), static_cast<char>(0x80 | (code & 0x3F))};
}

struct Tokenizer {
  std::string text;
  int size;
};

Tokenizer tokenizer(std::uint64_t seed) {
  Random random{seed * 7919 + 1};
  json vocabulary = json::object(), merges = json::array();
  std::vector<std::string> letters;
  int next = 0;
  for (int byte = 0; byte < 256; ++byte) vocabulary[stand_in(byte)] = next++;
  for (char c = 'a'; c <= 'z'; ++c) letters.emplace_back(1, c);
  while (static_cast<int>(merges.size()) < kMerges) {
    const std::string left = letters[below(random, letters.size())], right = letters[below(random, letters.size())];
    if (vocabulary.contains(left + right) || left.size() + right.size() > 12) continue;
    vocabulary[left + right] = next++;
    merges.push_back(left + " " + right);
    letters.push_back(left + right);
  }
  const json end{{"id", next++},       {"content", "<|end" + std::to_string(seed) + "|>"},
                 {"special", true},    {"single_word", false},
                 {"lstrip", false},    {"rstrip", false},
                 {"normalized", false}};
  const json document{{"version", "1.0"},
                      {"added_tokens", {end}},
                      {"normalizer", nullptr},
                      {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", true}}},
                      {"decoder", {{"type", "ByteLevel"}}},
                      {"model", {{"type", "BPE"}, {"vocab", vocabulary}, {"merges", merges}}}};
  return {document.dump(), next};
}

using Tensor = std::pair<std::string, std::vector<int>>;

std::vector<Tensor> tensors_of(const Shape& shape, int vocabulary) {
  std::vector<Tensor> tensors{{"model.embed_tokens.weight", {vocabulary, shape.hidden}}};
  for (int i = 0; i < kLayers; ++i) {
    const std::string layer = "model.layers." + std::to_string(i) + ".";
    for (const char* name : {"q_proj", "o_proj"})
      tensors.push_back({layer + "self_attn." + name + ".weight", {shape.hidden, shape.hidden}});
    for (const char* name : {"k_proj", "v_proj"})
      tensors.push_back({layer + "self_attn." + name + ".weight", {shape.hidden / 2, shape.hidden}});
    for (const char* name : {"gate_proj", "up_proj"})
      tensors.push_back({layer + "mlp." + name + ".weight", {shape.inner, shape.hidden}});
    tensors.push_back({layer + "mlp.down_proj.weight", {shape.hidden, shape.inner}});
    tensors.push_back({layer + "input_layernorm.weight", {shape.hidden}});
    tensors.push_back({layer + "post_attention_layernorm.weight", {shape.hidden}});
  }
  tensors.push_back({"model.norm.weight", {shape.hidden}});
  tensors.push_back({"lm_head.weight", {vocabulary, shape.hidden}});
  return tensors;
}

std::string with_length(const std::string& header, const std::string& data = {}) {
  std::uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + data;
}

std::string weights(std::uint64_t seed, int vocabulary, float poison = 0) {
  Random random{seed * 104729 + 3};
  json header = json::object();
  std::string data;
  for (const auto& [name, shape] : tensors_of(shape_of(seed), vocabulary)) {
    const std::size_t begin = data.size();
    std::size_t count = 1;
    for (const int side : shape) count *= static_cast<std::size_t>(side);
    for (std::size_t i = 0; i < count; ++i) {
      float value = shape.size() == 1 ? 1 + 0.1f * normal(random) : 0.02f * normal(random);
      if (poison != 0 && i % 5 == 0) value = poison;
      data.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    header[name] = {{"dtype", "F32"}, {"shape", shape}, {"data_offsets", {begin, data.size()}}};
  }
  return with_length(header.dump(), data);
}

std::string answers(std::uint64_t seed) {
  constexpr std::array kWords{"river", "stone", "because", "model", "winter", "seven",  "quiet", "answer",
                              "light", "under", "never",   "paper", "garden", "number", "walk",  "morning"};
  Random random{seed * 31 + 7};
  std::string lines;
  for (int i = 0; i < kPrompts; ++i) {
    std::string response;
    for (std::size_t n = 12 + below(random, 20); n > 0; --n)
      (response += response.empty() ? "" : " ") += kWords[below(random, kWords.size())];
    lines += json{{"prompt_id", "p" + std::to_string(i)},
                  {"prompt", "Tell me about subject " + std::to_string(i) + "."},
                  {"response", response + "."}}
                 .dump() +
             "\n";
  }
  return lines;
}

std::string training_log(std::uint64_t seed) {
  Random random{seed * 17 + 5};
  json history = json::array();
  for (int step = 1; step <= 200; ++step)
    history.push_back({{"step", step * 10},
                       {"epoch", step / 200.0},
                       {"loss", 2.2 + 3.7 * std::exp(-step / 25.0) + 0.05 * static_cast<double>(normal(random))},
                       {"learning_rate", 3e-4 * std::min(1.0, step / 10.0)},
                       {"grad_norm", 1 + 0.3 * uniform(random)}});
  return json{{"global_step", 2000}, {"epoch", 1.0}, {"max_steps", 2000}, {"log_history", history}}.dump();
}

std::string deep(std::size_t levels) { return "{\"a\":" + std::string(levels, '[') + std::string(levels, ']') + "}"; }

}  // namespace

Model small_model(const std::string& id, std::uint64_t seed) {
  const auto vocabulary = tokenizer(seed);
  return {id,
          {{"config", "config.json", config(seed, vocabulary.size)},
           {"tokenizer", "tokenizer.json", vocabulary.text},
           {"weights", "model.safetensors", weights(seed, vocabulary.size)},
           {"responses", "responses.jsonl", answers(seed)},
           {"training-log", "trainer_state.json", training_log(seed)}}};
}

std::vector<BrokenFile> broken_files(std::uint64_t seed) {
  const auto good = small_model("good", seed);
  std::vector<BrokenFile> broken;
  for (const auto& file : good.files) {
    const auto bent = [&](const std::string& what, std::string bytes) {
      broken.push_back({what + " " + file.name, {file.role, file.name, std::move(bytes)}});
    };
    bent("empty", "");
    bent("halved", file.bytes.substr(0, file.bytes.size() / 2));
    bent("one byte of", file.bytes.substr(0, 1));
    bent("zeroed", std::string(4096, '\0'));
    bent("saved web page as", "<!DOCTYPE html><html><body>404</body></html>");
    bent("LFS pointer as", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");
    bent("deep JSON as", deep(100'000));
    bent("invalid UTF-8 in", "{\"model_type\": \"\xFF\xFE\", \"prompt\": \"\xC3\"}");
  }
  constexpr auto kName = "model.safetensors";
  const auto weight_file = [&](const std::string& what, std::string bytes) {
    broken.push_back({what, {"weights", kName, std::move(bytes)}});
  };
  weight_file("a header length of 2^63", std::string("\0\0\0\0\0\0\0\x80{}", 10));
  weight_file("offsets that overlap", with_length(R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},)"
                                                  R"("b":{"dtype":"F32","shape":[4],"data_offsets":[8,24]}})",
                                                  std::string(24, '\1')));
  weight_file("offsets beyond the end",
              with_length(R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,9007199254740992]}})"));
  weight_file("a shape whose product overflows",
              with_length(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296,4],"data_offsets":[0,0]}})"));
  weight_file("NaN weights", weights(seed, 377, std::numeric_limits<float>::quiet_NaN()));
  weight_file("infinite weights", weights(seed, 377, std::numeric_limits<float>::infinity()));
  weight_file("no tensors", with_length("{}"));
  broken.push_back(
      {"a vocabulary of one token",
       {"tokenizer", "tokenizer.json", R"({"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"added_tokens":[]})"}});
  broken.push_back({"token ids of 2^62",
                    {"tokenizer", "tokenizer.json",
                     R"({"model":{"type":"BPE","vocab":{"a":4611686018427387904},"merges":[]},"added_tokens":[]})"}});
  broken.push_back(
      {"absurd numbers in the config",
       {"config", "config.json",
        R"({"model_type":"llama","hidden_size":-1,"num_attention_heads":0,"num_hidden_layers":9223372036854775807,"vocab_size":1e300})"}});
  broken.push_back({"a list as config", {"config", "config.json", "[1,2,3]"}});
  broken.push_back(
      {"responses without text", {"responses", "responses.jsonl", "{\"prompt\":\"a\",\"response\":\"\"}\n{}\n[]\n"}});
  broken.push_back(
      {"a log of one step",
       {"training-log", "trainer_state.json", R"({"global_step":1,"log_history":[{"step":1,"loss":1e308}]})"}});
  return broken;
}

}  // namespace pedigree::conformance
