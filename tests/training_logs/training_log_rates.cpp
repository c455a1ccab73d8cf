// SPDX-License-Identifier: MIT
// training_log_rates FOLDER...: what training_log.curve says of the logs that train_logs.py wrote, and of forgeries
// made from them. Every honest log that is flagged is named.
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

#include "plugins/training_log/tests/forgeries.hpp"

namespace {

using namespace pedigree;
using training_log::Log;

struct Trained {
  Log log;
  std::string file, run;
  double vocabulary = 0;
  bool warm = false, finite = true, own_mean = false, plain = false;
};

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> out;
  std::istringstream in{line};
  for (std::string cell; std::getline(in, cell, ',');) out.push_back(cell);
  return out;
}

std::vector<Trained> read_folder(const std::filesystem::path& folder) {
  std::vector<Trained> all;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with("index-")) continue;
    std::ifstream in{entry.path()};
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
      const auto c = cells(line);
      if (c.size() < 6) continue;
      Trained t;
      t.file = c[0];
      t.vocabulary = std::stod(c[1]);
      t.warm = c[3] == "1";
      t.finite = c[4] == "1";
      t.run = c[5];
      const auto bytes = training_log::read_file(folder / t.file);
      const auto read = io::read_training_log(t.file, bytes);
      if (!read.ok()) {
        std::printf("unread: %s: %s\n", t.file.c_str(), read.error().text().c_str());
        continue;
      }
      const auto series = training_log::make_series(*read, t.vocabulary, "option");
      t.log = {t.file, series.step, series.loss, t.vocabulary};
      // Material for forgeries: one run in one piece, printed with four decimals or more (a forgery is printed with
      // four, and coarser numbers would give it away by their last digits).
      const bool coarse = t.run.find("half=True") != std::string::npos || t.file.find("olmo") != std::string::npos ||
                          t.file.find("torch_example") != std::string::npos;
      t.plain = t.finite && !coarse && !series.running_mean && series.restarts.empty() && series.loss.size() >= 250;
      all.push_back(std::move(t));
    }
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.file < b.file; });
  return all;
}

/// The checks that speak against the log as its trainer wrote it.
std::string said(const std::filesystem::path& folder, const Trained& t) {
  const auto result = testing::run_analyzer<training_log::Curve>(
      {{"subject",
        {},
        {{"training-log", t.file.substr(t.file.find('-', 5) + 1), training_log::read_file(folder / t.file)}}}},
      "{\"vocabulary\": " + std::to_string(static_cast<int>(t.vocabulary)) + "}");
  std::string out;
  for (const auto& e : result.evidence)
    if (e.log10_lr > 0) out += (out.empty() ? "" : ",") + e.summary_key;
  return out;
}

/// Normal noise of a seeded generator, the same everywhere.
class Noise {
 public:
  explicit Noise(unsigned seed) : random_(seed) {}
  double next() { return std::normal_distribution<double>{}(random_); }

 private:
  std::mt19937_64 random_;
};

void rate(const std::string& name, const std::vector<Trained>& logs,
          const std::function<std::optional<Log>(const Log&)>& forge) {
  std::map<std::string, int> by;
  int found = 0, all = 0;
  for (const auto& t : logs) {
    if (!t.plain) continue;
    const auto forged = forge(t.log);
    if (!forged) continue;
    const auto flags = training_log::flags(training_log::printed(*forged), t.vocabulary);
    ++all;
    found += flags.empty() ? 0 : 1;
    ++by[flags.empty() ? "-" : flags];
  }
  std::printf("%-52s %3d of %3d ", name.c_str(), found, all);
  for (const auto& [key, n] : by) std::printf(" %s:%d", key.c_str(), n);
  std::printf("\n");
  std::fflush(stdout);
}

void false_flags(const std::filesystem::path& folder, const std::vector<Trained>& logs) {
  int all = 0, flagged = 0, warm = 0, warm_found = 0;
  std::map<std::string, int> by;
  for (const auto& t : logs) {
    const auto flags = said(folder, t);
    if (t.warm) {
      ++warm;
      warm_found += flags.find("initial_loss.warm") != std::string::npos ? 1 : 0;
      continue;
    }
    ++all;
    if (flags.empty()) continue;
    ++flagged;
    ++by[flags];
    std::printf("flagged: %s %s\n    %s\n", t.file.c_str(), flags.c_str(), t.run.c_str());
  }
  if (all > 0)
    std::printf("false flags: %d of %d; none more would bound the rate at %.1f %% (95 %%)\n", flagged, all,
                300.0 / all);
  for (const auto& [key, n] : by) std::printf("  %s: %d\n", key.c_str(), n);
  if (warm > 0) std::printf("warm starts found: %d of %d\n", warm_found, warm);
}

void forgeries(const std::vector<Trained>& logs) {
  for (const double weight : {0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02})
    rate("exponential mean, weight of the new value " + std::to_string(weight).substr(0, 4), logs, [&](Log l) {
      for (std::size_t i = 1; i < l.loss.size(); ++i) l.loss[i] = (1 - weight) * l.loss[i - 1] + weight * l.loss[i];
      return std::optional{l};
    });
  for (const std::size_t w : {2u, 3u, 5u, 10u, 50u})
    rate("moving average of " + std::to_string(w), logs, [&](Log l) {
      const auto raw = l.loss;
      for (std::size_t i = w - 1; i < raw.size(); ++i) {
        l.loss[i] = 0;
        for (std::size_t k = 0; k < w; ++k) l.loss[i] += raw[i - k] / static_cast<double>(w);
      }
      return std::optional{l};
    });
  for (const double share : {0.02, 0.05, 0.2, 0.5})
    rate("head cut off and renumbered, " + std::to_string(share).substr(0, 4), logs, [&](const Log& l) {
      const auto cut = static_cast<std::ptrdiff_t>(share * static_cast<double>(l.step.size()));
      return std::optional{
          Log{l.name, {l.step.begin(), l.step.end() - cut}, {l.loss.begin() + cut, l.loss.end()}, l.vocabulary}};
    });
  for (const double size : {1.0, 1.5, 2.0, 3.0, 5.0})
    for (const double at : {0.15, 0.5, 0.85})
      rate("tail moved by " + std::to_string(size).substr(0, 3) + " deviations at " + std::to_string(at).substr(0, 4),
           logs, [&](Log l) {
             const double shift = size * training_log::own_noise(l);
             for (auto i = static_cast<std::size_t>(at * static_cast<double>(l.loss.size())); i < l.loss.size(); ++i)
               l.loss[i] -= shift;
             return std::optional{l};
           });
  rate("a tenth copied elsewhere", logs, [](Log l) {
    const auto n = l.loss.size(), length = n / 10;
    for (std::size_t i = 0; i < length; ++i) l.loss[n * 8 / 10 + i] = l.loss[n * 6 / 10 + i];
    return std::optional{l};
  });
  // Drawn curves with the range, the length and the noise of a real run.
  using Formula = double (*)(double share);
  const std::pair<const char*, Formula> formulas[] = {
      {"power law", [](double x) { return std::pow(1 + 200 * x, -0.5); }},
      {"two exponentials", [](double x) { return 0.7 * std::exp(-60 * x) + 0.3 * std::exp(-5 * x); }},
      {"power law with warm-up and decay", [](double x) {
         const double warm = x * std::min(1.0, x / 0.02);
         return std::pow(1 + 200 * warm, -0.5) - 0.05 * std::max(0.0, x - 0.8) / 0.2;
       }}};
  for (const auto& [name, formula] : formulas)
    for (const double noise : {0.0, 0.1, 1.0})
      rate(std::string{"drawn: "} + name + ", noise times " + std::to_string(noise).substr(0, 3), logs, [&](Log l) {
        Noise random{static_cast<unsigned>(l.loss.size())};
        const double deviation = noise * training_log::own_noise(l), n = static_cast<double>(l.loss.size());
        const double low = training_log::median({l.loss.end() - 50, l.loss.end()}), high = std::log(l.vocabulary);
        for (std::size_t i = 0; i < l.loss.size(); ++i)
          l.loss[i] = low + (high - low) * formula(static_cast<double>(i) / n) + deviation * random.next();
        return std::optional{l};
      });
}

/// The end of another run of the same vocabulary behind this one's beginning.
void splices(const std::vector<Trained>& logs) {
  std::map<std::string, std::pair<int, int>> by_size;
  for (std::size_t i = 0; i < logs.size(); ++i) {
    if (!logs[i].plain) continue;
    for (std::size_t k = i + 1, partners = 0; k < logs.size() && partners < 3; ++k) {
      if (!logs[k].plain || logs[k].vocabulary != logs[i].vocabulary) continue;
      ++partners;
      const auto &head = logs[i].log, &tail = logs[k].log;
      const auto n = std::min(head.loss.size(), tail.loss.size());
      const auto joint =
          static_cast<std::size_t>((0.25 + 0.25 * static_cast<double>(partners - 1)) * static_cast<double>(n));
      Log joined = training_log::part(tail, 0, n, 1);
      std::copy(head.loss.begin(), head.loss.begin() + static_cast<std::ptrdiff_t>(joint), joined.loss.begin());
      const auto level = [&](const Log& l) {
        const auto from = l.loss.begin() + static_cast<std::ptrdiff_t>(joint) - 20;
        return training_log::median({from, from + 40});
      };
      const double a = training_log::own_noise(head), b = training_log::own_noise(tail);
      const double apart = std::abs(level(head) - level(tail)) / std::sqrt((a * a + b * b) / 2);
      const auto flags = training_log::flags(training_log::printed(joined), logs[i].vocabulary);
      auto& [found, all] = by_size[apart < 1   ? "0 to 1"
                                   : apart < 2 ? "1 to 2"
                                   : apart < 3 ? "2 to 3"
                                   : apart < 5 ? "3 to 5"
                                               : "5 or more"];
      ++all;
      found += flags.empty() ? 0 : 1;
    }
  }
  for (const auto& [size, n] : by_size)
    std::printf("two runs joined, %s deviations apart: %d of %d\n", size.c_str(), n.first, n.second);
}

}  // namespace

int main(int count, char** names) {
  for (int i = 1; i < count; ++i) {
    if (std::string{names[i]} == "--honest") continue;
    const auto logs = read_folder(names[i]);
    std::printf("== %s: %zu logs\n", names[i], logs.size());
    false_flags(names[i], logs);
    if (std::string{names[1]} == "--honest" || (!logs.empty() && logs.front().warm)) continue;
    forgeries(logs);
    splices(logs);
  }
  return count < 2 ? 2 : 0;
}
