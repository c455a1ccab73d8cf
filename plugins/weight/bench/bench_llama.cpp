// SPDX-License-Identifier: MIT
// A pair of the shape of Llama-3-8B through the installed program: seconds per layer, what 32 layers
// would take, and memory. Two and four layers are written and measured; weights are synthetic, unrelated
// (the longest way through the comparison), in the page cache. The cost of a layer is the difference.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "pedigree/io/convert.hpp"

namespace {
namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kLayers = 32, kFew = 2, kMore = 4;

struct Shape {
  const char* name;
  std::uint64_t rows, columns;
};
constexpr Shape kLayer[] = {
    {"input_layernorm", 4096, 0},     {"self_attn.q_proj", 4096, 4096}, {"self_attn.k_proj", 1024, 4096},
    {"self_attn.v_proj", 1024, 4096}, {"self_attn.o_proj", 4096, 4096}, {"post_attention_layernorm", 4096, 0},
    {"mlp.gate_proj", 14336, 4096},   {"mlp.up_proj", 14336, 4096},     {"mlp.down_proj", 4096, 14336}};

/// 2^24 normal-looking weights; tensors begin at different places of it. `noise` is what descent added.
std::vector<std::uint16_t> pool(std::uint64_t seed, float noise) {
  std::vector<std::uint16_t> out(std::size_t{1} << 24);
  std::uint64_t other = seed + 1000;
  const auto normal = [](std::uint64_t& state) {
    float sum = 0;
    for (int k = 0; k < 3; ++k) {
      state = state * 6364136223846793005ull + 1442695040888963407ull;
      sum += static_cast<float>(state >> 40) * 0x1p-24f - 0.5f;
    }
    return sum;
  };
  for (auto& v : out) v = pedigree::io::float_to_bf16(0.04f * (normal(seed) + noise * normal(other)));
  return out;
}

void write_model(const fs::path& folder, std::uint64_t seed, int layers, float noise = 0) {
  fs::create_directories(folder);
  std::string header = "{";
  std::uint64_t at = 0;
  std::vector<std::uint64_t> sizes;
  const auto add = [&](const std::string& name, std::uint64_t rows, std::uint64_t columns) {
    const std::uint64_t elements = rows * std::max<std::uint64_t>(columns, 1);
    header += "\"" + name + ".weight\":{\"dtype\":\"BF16\",\"shape\":[" + std::to_string(rows) +
              (columns == 0 ? "" : "," + std::to_string(columns)) + "],\"data_offsets\":[" + std::to_string(at) + "," +
              std::to_string(at + 2 * elements) + "]},";
    at += 2 * elements;
    sizes.push_back(elements);
  };
  add("model.embed_tokens", 16384, 4096);
  for (int l = 0; l < layers; ++l)
    for (const auto& s : kLayer) add("model.layers." + std::to_string(l) + "." + s.name, s.rows, s.columns);
  add("model.norm", 4096, 0);
  header.back() = '}';
  std::ofstream out{folder / "model.safetensors", std::ios::binary};
  const std::uint64_t size = header.size();
  out.write(reinterpret_cast<const char*>(&size), 8).write(header.data(), static_cast<std::streamsize>(size));
  const auto weights = pool(seed, noise);
  std::uint64_t start = seed;
  for (auto left : sizes)
    while (left > 0) {
      start = (start * 2862933555777941757ull + 3037000493ull) % (std::uint64_t{1} << 22);
      const auto count = std::min<std::uint64_t>(left, weights.size() - start);
      out.write(reinterpret_cast<const char*>(weights.data() + start), static_cast<std::streamsize>(2 * count));
      left -= count;
    }
}

struct Cost {
  double seconds = -1, mib = 0;
};

/// Seconds and memory of each analyzer, one at a time; empty when the program did not answer.
std::map<std::string, Cost> compare(const std::string& program, const fs::path& a, const fs::path& b) {
  const std::string command = "'" + program + "' compare '" + a.string() + "' '" + b.string() +
                              "' -j 1 --no-cache --format json --progress none 2>/dev/null";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return {};
  std::string text;
  char buffer[65536];
  for (std::size_t got; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) text.append(buffer, got);
  ::pclose(pipe);
  std::map<std::string, Cost> costs;
  const auto report = json::parse(text, nullptr, false);
  if (report.is_discarded()) return {};
  for (const auto& o : report["outcomes"])
    if (o["outcome"] == "ok") costs[o["analyzer"]] = {o["seconds"].get<double>(), o["peak_mib"].get<double>()};
  return costs;
}

json entry(std::string name, double value, std::string unit, json compared_to = nullptr, json ratio = nullptr) {
  return {{"name", std::move(name)},
          {"value", value},
          {"unit", std::move(unit)},
          {"compared_to", std::move(compared_to)},
          {"ratio", std::move(ratio)}};
}

}  // namespace

int main() {
  const char* stage = std::getenv("PEDIGREE_STAGE");
  std::string name = (fs::temp_directory_path() / "pedigree-bench-XXXXXX").string();
  if (stage == nullptr || ::mkdtemp(name.data()) == nullptr) return 1;
  const fs::path folder = name;
  ::setenv("XDG_CACHE_HOME", (folder / "cache").c_str(), 1);
  json out = json::array();
  bool whole = true;
  for (const bool related : {false, true}) {
    std::map<int, std::map<std::string, Cost>> costs;
    for (const int layers : {kFew, kMore}) {
      write_model(folder / "a", 1, layers, related ? 0.3f : 0.0f);
      write_model(folder / "b", related ? 1 : 2, layers);
      costs[layers] = compare(std::string{stage} + "/bin/pedigree", folder / "a", folder / "b");
    }
    for (const char* analyzer : {"weight.identity", "weight.lineage", "weight.self"}) {
      const Cost few = costs[kFew][analyzer], more = costs[kMore][analyzer];
      if (few.seconds < 0 || more.seconds < 0) {
        std::fprintf(stderr, "%s gave no answer on %s: a row is missing\n", analyzer,
                     related ? "a descendant" : "strangers");
        whole = false;
        continue;
      }
      const double each = (more.seconds - few.seconds) / (kMore - kFew);
      const std::string of = std::string{"Llama-3-8B shape, "} + (related ? "descendant, " : "strangers, ") + analyzer;
      out.push_back(entry(of + ", 4 of 32 layers", more.seconds, "s"));
      out.push_back(entry(of + ", per layer", each, "s"));
      out.push_back(entry(of + ", 32 layers (extrapolated)", more.seconds + each * (kLayers - kMore), "s"));
      out.push_back(entry(of + ", largest resident set", more.mib, "MiB", "1 GiB", more.mib / 1024));
    }
  }
  fs::remove_all(folder);
  std::puts(out.dump(2).c_str());
  return whole ? 0 : 1;
}
