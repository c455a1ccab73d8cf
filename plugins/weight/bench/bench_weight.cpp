// SPDX-License-Identifier: MIT
// Reading weights: the streaming pass against a bare pread-and-sum, SHA-256 against OpenSSL, the pass
// against NumPy, cost over size, memory. Files are written to a temporary folder and stay in the page
// cache; PEDIGREE_BENCH_GB sets the largest size of both models together (default 8).
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "pedigree/io/artifact_role.hpp"
#include "pedigree/io/convert.hpp"
#include "pedigree/io/digest.hpp"
#include "plugins/weight/identity/stream_pairs.hpp"
#include "plugins/weight/parallel.hpp"

namespace {
namespace fs = std::filesystem;
using namespace pedigree;
using nlohmann::json;

constexpr std::uint64_t kShard = std::uint64_t{512} << 20;  // bytes of tensors in one file
constexpr std::uint64_t kTensor = std::uint64_t{64} << 20;
constexpr unsigned kThreads = 2;
constexpr int kRuns = 7;

template <class Work>
double seconds(Work&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}
double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v[v.size() / 2];
}

/// Normal-looking weights: 2^20 of them, repeated with an offset, so that a file costs no time to make.
std::vector<std::byte> pattern(io::Dtype dtype, std::uint64_t seed) {
  std::vector<std::byte> out;
  for (std::size_t i = 0; i < (std::size_t{1} << 20); ++i) {
    float sum = 0;
    for (int k = 0; k < 4; ++k) {
      seed = seed * 6364136223846793005ull + 1442695040888963407ull;
      sum += static_cast<float>(seed >> 40) * 0x1p-24f - 0.5f;
    }
    const auto put = [&](auto v) {
      const auto* p = reinterpret_cast<const std::byte*>(&v);
      out.insert(out.end(), p, p + sizeof v);
    };
    if (dtype == io::Dtype::kBF16)
      put(io::float_to_bf16(0.02f * sum));
    else
      put(0.02f * sum);
  }
  return out;
}

void write_shard(const fs::path& path, io::Dtype dtype, std::uint64_t seed, int number) {
  const auto facts = io::dtype_facts(dtype);
  std::string header = "{";
  for (std::uint64_t at = 0; at < kShard; at += kTensor)
    header += "\"model.layers." + std::to_string(static_cast<std::uint64_t>(number) * kShard / kTensor + at / kTensor) +
              ".mlp.up_proj.weight\":{\"dtype\":\"" + std::string{facts.name} + "\",\"shape\":[" +
              std::to_string(kTensor / facts.block_bytes / 4096) + ",4096],\"data_offsets\":[" + std::to_string(at) +
              "," + std::to_string(at + kTensor) + "]},";
  header.back() = '}';
  std::ofstream out{path, std::ios::binary};
  const std::uint64_t size = header.size();
  out.write(reinterpret_cast<const char*>(&size), 8).write(header.data(), static_cast<std::streamsize>(size));
  const auto block = pattern(dtype, seed);
  for (std::uint64_t at = 0; at < kShard; at += block.size())
    out.write(reinterpret_cast<const char*>(block.data()), static_cast<std::streamsize>(block.size()));
}

/// A model of `shards` files; descriptors stay open for the program's life.
struct BenchModel {
  std::vector<std::string> names;
  std::vector<Artifact> artifacts;
  BenchModel(const fs::path& folder, std::size_t shards) {
    names.reserve(shards);
    for (std::size_t i = 0; i < shards; ++i) {
      names.push_back(std::to_string(i) + ".safetensors");
      Artifact a;
      a.model = "m";
      a.role = io::role::kWeights;
      a.name = names.back();
      a.fd = ::open((folder / names.back()).c_str(), O_RDONLY | O_CLOEXEC);
      artifacts.push_back(a);
    }
  }
  weight::ModelTensors tensors() const { return *weight::ModelTensors::open("m", artifacts); }
};

/// Adds up a buffer as fast as this machine can, so that the pages are really touched.
#if defined(__x86_64__)
[[gnu::target("avx2"), gnu::optimize("O3")]]
#endif
std::uint64_t
sum_words(const std::uint64_t* words, std::size_t count) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += words[i];
  return sum;
}

/// The floor: every byte of both models through pread into a warm buffer, and added up.
std::uint64_t scan(const BenchModel& a, const BenchModel& b, std::size_t buffer_bytes) {
  std::vector<const Artifact*> files;
  for (const auto* m : {&a, &b})
    for (const auto& f : m->artifacts) files.push_back(&f);
  std::vector<std::uint64_t> sums(kThreads, 0);
  weight::parallel_for(kThreads, kThreads, [&](std::size_t thread) {
    std::vector<std::uint64_t> buffer(buffer_bytes / 8);
    for (const auto* file : files) {
      for (auto at = static_cast<off_t>(thread * buffer_bytes);; at += static_cast<off_t>(kThreads * buffer_bytes)) {
        const auto got = ::pread(file->fd, buffer.data(), buffer_bytes, at);
        if (got <= 0) break;
        sums[thread] += sum_words(buffer.data(), static_cast<std::size_t>(got) / 8);
      }
    }
  });
  return sums[0] + sums[1];
}

double pass_seconds(const weight::ModelTensors& a, const weight::ModelTensors& b, weight::PairSums* total = nullptr) {
  const auto pairing = weight::pair_tensors(a, b);
  weight::PassResult result;
  const double spent = seconds([&] {
    result = weight::stream_pairs(a, b, pairing.pairs, kThreads, [](std::uint64_t, std::uint64_t) { return true; });
  });
  if (total != nullptr)
    for (const auto& s : result.sums) *total += s;
  return spent;
}

json entry(std::string name, double value, std::string unit, json compared_to = nullptr, json ratio = nullptr) {
  return {{"name", std::move(name)},
          {"value", value},
          {"unit", std::move(unit)},
          {"compared_to", std::move(compared_to)},
          {"ratio", std::move(ratio)}};
}

void bench_stream(json& out, const std::string& type, const BenchModel& a, const BenchModel& b) {
  const auto left = a.tensors(), right = b.tensors();
  const double gigabytes = static_cast<double>(left.store.total_bytes() + right.store.total_bytes()) / 1e9;
  std::uint64_t keep = 0;
  keep += scan(a, b, std::size_t{1} << 20);
  pass_seconds(left, right);
  std::vector<double> rate, ratio;
  for (int i = 0; i < kRuns; ++i) {
    const double floor = std::min(seconds([&] { keep += scan(a, b, std::size_t{1} << 20); }),
                                  seconds([&] { keep += scan(a, b, std::size_t{4} << 20); }));
    const double pass = std::min(pass_seconds(left, right), pass_seconds(left, right));  // as many tries as the floor
    rate.push_back(gigabytes / pass);
    ratio.push_back(floor / pass);
  }
  out.push_back(
      entry("streaming pass over two " + type + " models, 2 threads", median(rate), "GB/s",
            "pread and sum of the same files, 2 threads (faster of 1 and 4 MiB)" + std::string{keep == 0 ? " " : ""},
            median(ratio)));
}

/// Largest resident set of a process that does nothing but one pass, less what this one has already.
double peak_mib(const fs::path& a, const fs::path& b, std::size_t shards) {
  const pid_t child = ::fork();
  if (child == 0) {
    const BenchModel left{a, shards}, right{b, shards};
    pass_seconds(left.tensors(), right.tensors());
    ::_exit(0);
  }
  int status = 0;
  rusage usage{};
  if (child < 0 || ::wait4(child, &status, 0, &usage) < 0) return -1;
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void bench_sizes(json& out, const fs::path& a, const fs::path& b, std::size_t most) {
  std::vector<std::size_t> shards;
  for (std::size_t n = 1; n <= most; n *= 2) shards.push_back(n);
  std::vector<std::vector<double>> spent(shards.size());
  for (int i = 0; i < 5; ++i) {
    for (std::size_t k = 0; k < shards.size(); ++k) {
      const BenchModel left{a, shards[k]}, right{b, shards[k]};
      spent[k].push_back(pass_seconds(left.tensors(), right.tensors()));
      for (const auto* m : {&left, &right})
        for (const auto& f : m->artifacts) ::close(f.fd);
    }
  }
  for (std::size_t k = 0; k < shards.size(); ++k) {
    std::vector<double> relative;
    for (std::size_t i = 0; i < spent[k].size(); ++i)
      relative.push_back(spent[k][i] / spent[0][i] / static_cast<double>(shards[k]));
    const std::string size = std::to_string(2 * shards[k] * kShard >> 30) + " GiB";
    out.push_back(
        entry("pass over " + size, median(spent[k]), "s", "cost per byte at the smallest size", median(relative)));
    const double peak = peak_mib(a, b, shards[k]);
    out.push_back(entry("largest resident set, pass over " + size, peak, "MiB", "1 GiB", peak / 1024));
  }
}

void bench_sha256(json& out, const BenchModel& model) {
  std::vector<std::byte> buffer(std::size_t{64} << 20, std::byte{7});
  std::vector<double> rate, ratio, file_ratio;
  const auto tensors = model.tensors();
  const auto& tensor = tensors.tensors()[0];
  for (int i = 0; i < kRuns; ++i) {
    unsigned char digest[32];
    unsigned length = 0;
    const double openssl =
        seconds([&] { EVP_Digest(buffer.data(), buffer.size(), digest, &length, EVP_sha256(), nullptr); });
    const double ours = seconds([&] {
      io::Sha256Stream stream;
      for (std::size_t at = 0; at < buffer.size(); at += std::size_t{1} << 20)
        stream.update(std::span{buffer}.subspan(at, std::size_t{1} << 20));
      stream.finish();
    });
    const double file = seconds([&] { static_cast<void>(io::sha256_of_tensor(tensors.store, tensor).ok()); });
    rate.push_back(static_cast<double>(buffer.size()) / 1e9 / ours);
    ratio.push_back(openssl / ours);
    file_ratio.push_back(openssl / file);
  }
  out.push_back(
      entry("SHA-256 of memory", median(rate), "GB/s", "OpenSSL EVP_Digest on the same bytes", median(ratio)));
  out.push_back(entry("SHA-256 of a tensor in a file", median(file_ratio) * median(rate) / median(ratio), "GB/s",
                      "OpenSSL EVP_Digest on as many bytes in memory", median(file_ratio)));
}

/// The usual recipe, one tensor after the other; prints seconds.
constexpr const char* kNumpy = R"(
import json, struct, sys, time
import numpy as np
def tensors(path):
    with open(path, 'rb') as f:
        n = struct.unpack('<Q', f.read(8))[0]
        header = json.loads(f.read(n))
    data = np.memmap(path, dtype=np.uint8, mode='r', offset=8 + n)
    return {k: data[v['data_offsets'][0]:v['data_offsets'][1]].view(np.uint16) for k, v in header.items()}
a, b = tensors(sys.argv[1]), tensors(sys.argv[2])
start = time.perf_counter()
for name in a:
    x = (a[name].astype(np.uint32) << 16).view(np.float32)
    y = (b[name].astype(np.uint32) << 16).view(np.float32)
    c = float(x @ y) / float(np.linalg.norm(x)) / float(np.linalg.norm(y))
print(time.perf_counter() - start)
)";

double numpy_seconds(const fs::path& script, const fs::path& a, const fs::path& b) {
  std::FILE* pipe = ::popen(
      ("/usr/bin/python3 '" + script.string() + "' '" + a.string() + "' '" + b.string() + "' 2>/dev/null").c_str(),
      "r");
  if (pipe == nullptr) return -1;
  double spent = -1;
  const int read = std::fscanf(pipe, "%lf", &spent);
  return ::pclose(pipe) == 0 && read == 1 ? spent : -1;
}

void bench_numpy(json& out, const fs::path& folder) {
  const auto script = folder / "cosine.py";
  std::ofstream{script} << kNumpy;
  const auto a = folder / "a" / "0.safetensors", b = folder / "b" / "0.safetensors";
  const BenchModel left{folder / "a", 1}, right{folder / "b", 1};
  const auto x = left.tensors(), y = right.tensors();
  std::vector<double> ours, ratio;
  for (int i = 0; i < 5; ++i) {
    ours.push_back(pass_seconds(x, y));
    const double theirs = numpy_seconds(script, a, b);
    if (theirs > 0) ratio.push_back(theirs / ours.back());
  }
  const bool there = ratio.size() == 5;
  out.push_back(entry("all simple measures of 1 GiB of BF16", median(ours), "s",
                      there ? json("NumPy cosine of the same tensors (times faster)") : json(nullptr),
                      there ? json(median(ratio)) : json(nullptr)));
}

}  // namespace

int main() {
  std::string name = (fs::temp_directory_path() / "pedigree-bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) return 1;
  const fs::path folder = name;
  const char* setting = std::getenv("PEDIGREE_BENCH_GB");
  const std::size_t most = static_cast<std::size_t>(std::max(setting == nullptr ? 8 : std::atoi(setting), 1));
  for (const char* model : {"a", "b", "c", "d"}) {
    fs::create_directories(folder / model);
    const bool bf16 = model[0] <= 'b';
    for (std::size_t i = 0; i < (bf16 ? most : 2u); ++i)
      write_shard(folder / model / (std::to_string(i) + ".safetensors"), bf16 ? io::Dtype::kBF16 : io::Dtype::kF32,
                  static_cast<std::uint64_t>(model[0]), static_cast<int>(i));
  }
  json out = json::array();
  {
    const BenchModel a{folder / "a", std::min<std::size_t>(most, 4)}, b{folder / "b", std::min<std::size_t>(most, 4)};
    const BenchModel c{folder / "c", 2}, d{folder / "d", 2};
    bench_stream(out, "BF16", a, b);
    bench_stream(out, "F32", c, d);
    bench_sha256(out, a);
  }
  bench_sizes(out, folder / "a", folder / "b", most);
  bench_numpy(out, folder);
  fs::remove_all(folder);
  std::puts(out.dump(2).c_str());
}
