// SPDX-License-Identifier: MIT
// Matching hidden units: its rate against OpenBLAS' sgemm, its time and its strength against the usual
// recipe in SciPy. OpenBLAS is looked for when the program runs, so that nothing here depends on it;
// without it, or without SciPy, an entry stands alone.
#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "plugins/weight/compare/layer_matching.hpp"
#include "plugins/weight/parallel.hpp"
#include "plugins/weight/statistics/unit_match.hpp"

namespace {
namespace fs = std::filesystem;
using namespace pedigree::weight;
using nlohmann::json;

constexpr int kRuns = 5;

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

json entry(std::string name, double value, std::string unit, json compared_to = nullptr, json ratio = nullptr) {
  return {{"name", std::move(name)},
          {"value", value},
          {"unit", std::move(unit)},
          {"compared_to", std::move(compared_to)},
          {"ratio", std::move(ratio)}};
}

Matrix normal_rows(Index rows, Index columns, std::uint64_t seed) {
  Matrix m(rows, columns);
  Random random(seed);
  for (Index i = 0; i < m.size(); ++i) m.data()[i] = static_cast<float>(random.normal());
  return m;
}

UnitParts block_of(Index units, Index hidden, std::uint64_t seed) {
  UnitParts parts{normal_rows(units, hidden, seed), normal_rows(units, hidden, seed + 1),
                  normal_rows(units, hidden, seed + 2)};
  parts.prepare();
  return parts;
}

/// OpenBLAS as it is found on this machine; the kernel it chose says its name.
struct OpenBlas {
  using Sgemm = void (*)(int, int, int, int, int, int, float, const float*, int, const float*, int, float, float*, int);
  Sgemm sgemm = nullptr;
  void (*threads)(int) = nullptr;
  std::string core;

  OpenBlas() {
    void* library = ::dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return;
    sgemm = reinterpret_cast<Sgemm>(::dlsym(library, "cblas_sgemm"));
    threads = reinterpret_cast<void (*)(int)>(::dlsym(library, "openblas_set_num_threads"));
    const auto name = reinterpret_cast<char* (*)()>(::dlsym(library, "openblas_get_corename"));
    if (name != nullptr) core = name();
    if (threads == nullptr) sgemm = nullptr;
  }
};

/// The product whose largest entries are looked for, three times, and nothing else.
void bench_against_sgemm(json& out, const OpenBlas& blas, Index units, Index hidden, unsigned workers) {
  // One block pair per worker, as match_layers gives them out.
  std::vector<UnitParts> left, right;
  for (unsigned t = 0; t < workers; ++t) {
    left.push_back(block_of(units, hidden, 10 * t + 1));
    right.push_back(block_of(units, hidden, 10 * t + 5));
  }
  std::vector<Matrix> product(1, Matrix::Zero(units, units));
  const double flop = 6.0 * static_cast<double>(units) * static_cast<double>(units) * static_cast<double>(hidden) *
                      static_cast<double>(workers);
  std::size_t keep = 0;
  const auto ours = [&] {
    std::vector<std::size_t> matched(workers);
    parallel_for(workers, workers, [&](std::size_t t) { matched[t] = match_units(left[t], right[t]).matched(); });
    for (const auto m : matched) keep += m;
  };
  const auto theirs = [&] {
    const auto n = static_cast<int>(units), d = static_cast<int>(hidden);
    for (unsigned t = 0; t < workers; ++t)
      for (auto part : {&UnitParts::gate, &UnitParts::up, &UnitParts::down})
        blas.sgemm(101, 111, 112, n, n, d, 1.0F, (left[t].*part).data(), d, (right[t].*part).data(), d, 0.0F,
                   product[0].data(), n);
  };
  if (blas.sgemm != nullptr) blas.threads(static_cast<int>(workers));
  std::vector<double> rate, ratio;
  for (int i = -1; i < kRuns; ++i) {
    const double spent = seconds(ours);
    const double peer = blas.sgemm != nullptr ? seconds(theirs) : 0;
    if (i < 0) continue;  // warm buffers and clocks
    rate.push_back(flop / spent / 1e9);
    ratio.push_back(peer / spent);
  }
  const bool there = blas.sgemm != nullptr;
  out.push_back(entry("matching " + std::to_string(units) + " units of width " + std::to_string(hidden) + ", " +
                          std::to_string(workers) + (workers == 1 ? " thread" : " threads") + (keep == 0 ? " " : ""),
                      median(rate), "GFLOP/s",
                      there ? json("OpenBLAS sgemm (" + blas.core + ") of the same sizes") : json(nullptr),
                      there ? json(median(ratio)) : json(nullptr)));
}

/// The usual recipe on gate rows: cosines, linear assignment, Spearman over the assigned indices.
constexpr const char* kScipy = R"(
import sys, time
import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.stats import spearmanr
h, d = int(sys.argv[2]), int(sys.argv[3])
data = np.fromfile(sys.argv[1], dtype=np.float32).reshape(6, h, d)
start = time.perf_counter()
total = np.zeros((h, h), dtype=np.float32)
for a, b in zip(data[:3], data[3:]):
    total += (a / np.linalg.norm(a, axis=1, keepdims=True)) @ (b / np.linalg.norm(b, axis=1, keepdims=True)).T
rows, columns = linear_sum_assignment(-total)
p = spearmanr(rows, columns).pvalue
spent = time.perf_counter() - start
print(spent, np.log10(max(p, 1e-320)))
)";

struct Recipe {
  double spent = -1, log10_p = 0;
};

Recipe scipy(const fs::path& script, const fs::path& data, Index units, Index hidden) {
  const std::string command = "/usr/bin/python3 '" + script.string() + "' '" + data.string() + "' " +
                              std::to_string(units) + " " + std::to_string(hidden) + " 2>/dev/null";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  Recipe out;
  if (pipe == nullptr) return out;
  const int read = std::fscanf(pipe, "%lf %lf", &out.spent, &out.log10_p);
  if (::pclose(pipe) != 0 || read != 2) out.spent = -1;
  return out;
}

UnitParts spread(const UnitParts& all, Index units) {
  const auto picked = spread_indices(static_cast<std::uint64_t>(all.units()), static_cast<std::uint64_t>(units));
  UnitParts out;
  for (auto part : {&UnitParts::gate, &UnitParts::up, &UnitParts::down}) {
    (out.*part).resize(static_cast<Index>(picked.size()), (all.*part).cols());
    for (std::size_t i = 0; i < picked.size(); ++i)
      (out.*part).row(static_cast<Index>(i)) = (all.*part).row(static_cast<Index>(picked[i]));
  }
  return out;
}

/// Time and strength on one pair of layers whose rows correlate by `rho`: descent under noise. The
/// recipe takes all units, the match `sampled` of them, as the program does for large models. The
/// recipe is run `peer_runs` times: it is slow where it is worth measuring.
void bench_against_scipy(json& out, const fs::path& folder, Index units, Index hidden, double rho, Index sampled,
                         int peer_runs = kRuns) {
  UnitParts a{normal_rows(units, hidden, 1), normal_rows(units, hidden, 2), normal_rows(units, hidden, 3)};
  UnitParts b{normal_rows(units, hidden, 4), normal_rows(units, hidden, 5), normal_rows(units, hidden, 6)};
  const auto mix = static_cast<float>(rho), rest = static_cast<float>(std::sqrt(1 - rho * rho));
  for (auto part : {&UnitParts::gate, &UnitParts::up, &UnitParts::down}) b.*part = mix * (a.*part) + rest * (b.*part);
  const fs::path script = folder / "recipe.py", data = folder / "rows.bin";
  std::ofstream{script} << kScipy;
  {
    std::ofstream file{data, std::ios::binary};
    for (const auto* parts : {&a, &b})
      for (auto part : {&UnitParts::gate, &UnitParts::up, &UnitParts::down})
        file.write(reinterpret_cast<const char*>((parts->*part).data()),
                   static_cast<std::streamsize>((parts->*part).size()) * 4);
  }
  std::vector<double> ours, ratio;
  Recipe theirs;
  double log10_p = 0;
  for (int i = 0; i < kRuns; ++i) {
    ours.push_back(seconds([&] {
      UnitParts x = spread(a, sampled), y = spread(b, sampled);
      x.prepare();
      y.prepare();
      log10_p = exact_p(match_units(x, y)).best(true);
    }));
    if (i < peer_runs) theirs = scipy(script, data, units, hidden);
    if (theirs.spent > 0) ratio.push_back(theirs.spent / ours.back());
  }
  const bool there = ratio.size() == kRuns;
  char size[96];
  std::snprintf(size, sizeof size, "%td of %td units of width %td, row correlation %.2g", sampled, units, hidden, rho);
  out.push_back(
      entry(std::string{"matching and its p, "} + size, median(ours), "s",
            there ? json("SciPy cosines, linear assignment and Spearman on all rows (times faster)") : json(nullptr),
            there ? json(median(ratio)) : json(nullptr)));
  out.push_back(entry(std::string{"detection, "} + size, log10_p, "log10 p"));
  if (there) out.push_back(entry(std::string{"detection by SciPy's recipe, "} + size, theirs.log10_p, "log10 p"));
}

}  // namespace

int main() {
  std::string name = (fs::temp_directory_path() / "pedigree-bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) return 1;
  const OpenBlas blas;
  json out = json::array();
  bench_against_sgemm(out, blas, 2048, 512, 1);
  bench_against_sgemm(out, blas, 2048, 4096, 1);
  bench_against_sgemm(out, blas, 2048, 4096, 2);
  bench_against_scipy(out, name, 1536, 512, 0.05, 1536);
  bench_against_scipy(out, name, 1536, 512, 0, 1536);  // strangers: most pairs of a catalog are
  bench_against_scipy(out, name, 4096, 1024, 0.1, 4096);
  bench_against_scipy(out, name, 4096, 1024, 0.1, 597);      // what 32 layers of this width leave room for
  bench_against_scipy(out, name, 14336, 4096, 0.1, 149, 1);  // a layer of Llama-3-8B, sampled as there
  fs::remove_all(name);
  std::puts(out.dump(2).c_str());
}
