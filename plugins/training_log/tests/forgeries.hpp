// SPDX-License-Identifier: MIT
// Real logs beside the project as a forger's material, and what the analyzer says of what is made of them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "pedigree/io/training_log.hpp"
#include "plugins/training_log/curve.hpp"
#include "plugins/training_log/series.hpp"
#include "tests/support/run_analyzer.hpp"

namespace pedigree::training_log {

namespace fs = std::filesystem;

struct Log {
  std::string name;
  std::vector<double> step, loss;
  double vocabulary = 0;
};

inline std::string read_file(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// The real from-scratch logs that print a loss every few steps: what a forger would start from.
inline std::vector<Log> real_logs(const fs::path& folder) {
  std::vector<Log> logs;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with("modded-nanogpt")) continue;
    const auto read = io::read_training_log(name, read_file(entry.path()));
    if (!read.ok()) continue;
    const auto series = make_series(*read, 50257.0, "option");
    if (series.step.size() >= 400 && !series.evaluation) logs.push_back({name, series.step, series.loss, 50257});
  }
  std::sort(logs.begin(), logs.end(), [](const Log& a, const Log& b) { return a.name < b.name; });
  return logs;
}

inline std::string printed(const Log& log) {
  std::string text;
  char line[80];
  for (std::size_t i = 0; i < log.step.size(); ++i) {
    std::snprintf(line, sizeof line, "iter %.0f: loss %.4f\n", log.step[i], log.loss[i]);
    text += line;
  }
  return text;
}

/// Every `every`-th point from `from` up to `to`, its steps counted from the first.
inline Log part(const Log& log, std::size_t from, std::size_t to, std::size_t every) {
  Log out{log.name, {}, {}, log.vocabulary};
  for (std::size_t i = from; i < to; i += every) {
    out.step.push_back(log.step[i] - log.step[from]);
    out.loss.push_back(log.loss[i]);
  }
  return out;
}

/// The deviation of one point, from differences of the later half.
inline double own_noise(const Log& log) {
  std::vector<double> differences;
  for (std::size_t i = log.loss.size() / 2 + 1; i < log.loss.size(); ++i)
    differences.push_back(log.loss[i] - log.loss[i - 1]);
  return robust_deviation(differences) / std::sqrt(2.0);
}

/// Normal noise as a forger invents it: twelve uniform numbers added up.
class InventedNoise {
 public:
  explicit InventedNoise(std::uint64_t seed) : state_(seed) {}
  double next() {
    double sum = 0;
    for (int k = 0; k < 12; ++k) {
      state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
      sum += static_cast<double>(state_ >> 40) / 16777216.0 - 0.5;
    }
    return sum;
  }

 private:
  std::uint64_t state_;
};

/// The checks that speak against a log.
inline std::vector<std::string> keys(const std::string& text, double vocabulary = 50257) {
  const auto result =
      testing::run_analyzer<Curve>({{"subject", {}, {{"training-log", "train.log", text}}}},
                                   "{\"vocabulary\": " + std::to_string(static_cast<int>(vocabulary)) + "}");
  std::vector<std::string> out;
  for (const auto& e : result.evidence)
    if (e.log10_lr > 0) out.push_back(e.summary_key);
  return out;
}

/// The same, comma-separated; empty when none does.
inline std::string flags(const std::string& text, double vocabulary = 50257) {
  std::string out;
  for (const auto& key : keys(text, vocabulary)) out += (out.empty() ? "" : ",") + key;
  return out;
}

struct Rate {
  int found = 0, all = 0;
  double share() const { return all == 0 ? 0 : static_cast<double>(found) / all; }
};

inline Rate measure(const char* name, const std::vector<Log>& logs, const std::function<Log(const Log&)>& forge) {
  Rate rate;
  std::map<std::string, int> by;
  for (const auto& log : logs) {
    const auto found = flags(printed(forge(log)));
    ++rate.all;
    rate.found += found.empty() ? 0 : 1;
    ++by[found.empty() ? "none" : found];
  }
  std::string detail;
  for (const auto& [key, n] : by) detail += "  " + key + " " + std::to_string(n);
  std::printf("%-44s found %d of %d:%s\n", name, rate.found, rate.all, detail.c_str());
  return rate;
}

}  // namespace pedigree::training_log
