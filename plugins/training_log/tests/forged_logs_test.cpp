// SPDX-License-Identifier: MIT
// Forgeries made from the real logs beside the project, in memory: how many are found, and how often a real log
// is taken for one. The rates are printed; the tests hold what was measured, with room for no regression.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <filesystem>

#include "plugins/training_log/tests/forgeries.hpp"
#include "tests/support/shared_data.hpp"

namespace pedigree::training_log {
namespace {

TEST(ForgedLogs, real_logs_reprinted_are_not_flagged) {
  PEDIGREE_NEEDS_SHARED(shared, testing::shared_folder());
  const auto logs = real_logs(shared / "data/logs");
  ASSERT_GE(logs.size(), 4u);
  EXPECT_EQ(measure("reprinted as they are", logs, [](const Log& l) { return l; }).found, 0);
}

/// Honest logs that the makers did not print but could have: other beginnings, other endings, other intervals.
TEST(ForgedLogs, parts_and_thinned_copies_of_real_logs_are_rarely_flagged) {
  PEDIGREE_NEEDS_SHARED(shared, testing::shared_folder());
  const auto logs = real_logs(shared / "data/logs");
  int flagged = 0, all = 0;
  const auto look = [&](const Log& log, const std::string& what) {
    if (log.step.size() < 60) return;
    ++all;
    // A log that begins late is a warm start to the first check; here the question is whether it is one real run.
    std::string found;
    for (const auto& key : keys(printed(log)))
      if (key.starts_with("continuity") || key.starts_with("noise")) found += " " + key;
    if (found.empty()) return;
    ++flagged;
    std::printf("flagged: %s, %s:%s\n", log.name.c_str(), what.c_str(), found.c_str());
  };
  for (const auto& log : logs) {
    const auto n = log.step.size();
    for (std::size_t i = 0; i < 5; ++i)
      for (std::size_t j = i + 1; j <= 5; ++j)
        look(part(log, n * i / 5, n * j / 5, 1), "fifths " + std::to_string(i) + " to " + std::to_string(j));
    for (const std::size_t every : {2u, 5u, 10u, 50u})
      look(part(log, 0, n, every), "every " + std::to_string(every) + "th");
    for (std::size_t k = 1; k < 10; ++k) look(part(log, 0, n * k / 10, 1), "beginning " + std::to_string(k) + "/10");
  }
  std::printf("parts and thinned copies of %zu real logs: %d of %d flagged\n", logs.size(), flagged, all);
  EXPECT_LE(flagged * 50, all);  // 2 %
}

TEST(ForgedLogs, smoothed_logs_are_found) {
  PEDIGREE_NEEDS_SHARED(shared, testing::shared_folder());
  const auto logs = real_logs(shared / "data/logs");
  for (const double weight : {0.9, 0.7, 0.5, 0.3, 0.1, 0.02}) {
    const auto name = "exponential mean, weight " + std::to_string(weight).substr(0, 4);
    const auto rate = measure(name.c_str(), logs, [weight](Log l) {
      for (std::size_t i = 1; i < l.loss.size(); ++i) l.loss[i] = (1 - weight) * l.loss[i - 1] + weight * l.loss[i];
      return l;
    });
    // Weights above 0.3 look like text that is read in order, and do not count.
    if (weight <= 0.3) {
      EXPECT_GE(rate.share(), 0.9) << weight;
    }
  }
  const auto rate = measure("moving average of 10", logs, [](const Log& l) {
    Log out = l;
    for (std::size_t i = 9; i < l.loss.size(); ++i) {
      out.loss[i] = 0;
      for (std::size_t k = 0; k < 10; ++k) out.loss[i] += l.loss[i - k] / 10;
    }
    return out;
  });
  EXPECT_GE(rate.share(), 0.9);
}

TEST(ForgedLogs, shifted_logs_are_found) {
  PEDIGREE_NEEDS_SHARED(shared, testing::shared_folder());
  const auto logs = real_logs(shared / "data/logs");
  for (const double share : {0.02, 0.05, 0.2, 0.5}) {
    const auto name = "head cut off and renumbered, " + std::to_string(share).substr(0, 4);
    const auto rate = measure(name.c_str(), logs, [share](const Log& l) {
      const auto cut = static_cast<std::ptrdiff_t>(share * static_cast<double>(l.step.size()));
      Log out{l.name, {l.step.begin(), l.step.end() - cut}, {l.loss.begin() + cut, l.loss.end()}, l.vocabulary};
      return out;
    });
    EXPECT_GE(rate.share(), 0.9) << share;
  }
}

TEST(ForgedLogs, spliced_logs_are_found_where_the_levels_differ) {
  PEDIGREE_NEEDS_SHARED(shared, testing::shared_folder());
  const auto logs = real_logs(shared / "data/logs");
  // A run that ended at 30 or 50 % goes on with the end of another, later in its course: the better run's
  // success under the worse run's beginning.
  Rate all;
  for (const double at : {0.3, 0.5, 0.7})
    for (const auto& tail : logs) {
      const auto rate = measure(
          ("joined at " + std::to_string(at).substr(0, 3) + " with the end of " + tail.name.substr(16, 20)).c_str(),
          logs, [&](const Log& head) {
            Log out = head;
            const auto n = head.step.size();
            const auto joint = static_cast<std::size_t>(at * static_cast<double>(n));
            for (std::size_t i = joint; i < n; ++i) {
              // The tail's last points, stretched over what is left by taking the nearest one.
              const double place = 0.85 + 0.15 * static_cast<double>(i - joint) / static_cast<double>(n - joint);
              out.loss[i] = tail.loss[static_cast<std::size_t>(place * static_cast<double>(tail.loss.size() - 1))];
            }
            return out;
          });
      all.found += rate.found;
      all.all += rate.all;
    }
  std::printf("spliced: found %d of %d\n", all.found, all.all);
  EXPECT_GE(all.share(), 0.85);
}

/// What a joint of known size shows: the tail of a real log moved down by so many deviations of its own noise.
TEST(ForgedLogs, joints_are_found_by_size) {
  PEDIGREE_NEEDS_SHARED(shared, testing::shared_folder());
  const auto logs = real_logs(shared / "data/logs");
  for (const double size : {0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0}) {
    Rate all;
    for (const double at : {0.2, 0.5, 0.8}) {
      const auto name = std::to_string(size).substr(0, 3) + " noise deviations at " + std::to_string(at).substr(0, 3);
      const auto rate = measure(name.c_str(), logs, [&](Log l) {
        const double shift = size * own_noise(l);
        for (auto i = static_cast<std::size_t>(at * static_cast<double>(l.loss.size())); i < l.loss.size(); ++i)
          l.loss[i] -= shift;
        return l;
      });
      all.found += rate.found;
      all.all += rate.all;
    }
    std::printf("a joint of %.1f noise deviations: found %d of %d\n", size, all.found, all.all);
    // Windows of 200 points see sqrt(8/200) = 0.2 deviations with a bound of eight errors: 1.6 where the log is long.
    if (size >= 3) {
      EXPECT_GE(all.share(), 0.85) << size;
    }
  }
}

/// Two runs joined at one step, each at its own level: what is found depends on how far they lie apart.
TEST(ForgedLogs, runs_joined_at_the_same_step) {
  PEDIGREE_NEEDS_SHARED(shared, testing::shared_folder());
  const auto logs = real_logs(shared / "data/logs");
  std::map<int, Rate> by_size;  // size in noise deviations, rounded down; 5 and more together
  for (const auto& head : logs)
    for (const auto& tail : logs)
      for (const double at : {0.2, 0.5, 0.8}) {
        if (head.name == tail.name) continue;
        const auto n = std::min(head.loss.size(), tail.loss.size());
        const auto joint = static_cast<std::size_t>(at * static_cast<double>(n));
        Log joined = part(tail, 0, n, 1);
        std::copy(head.loss.begin(), head.loss.begin() + static_cast<std::ptrdiff_t>(joint), joined.loss.begin());
        const auto level = [&](const std::vector<double>& loss, std::size_t from) {
          return median({loss.begin() + static_cast<std::ptrdiff_t>(from),
                         loss.begin() + static_cast<std::ptrdiff_t>(from + 50)});
        };
        const double apart = std::abs(level(head.loss, joint) - level(tail.loss, joint));
        const double noise = std::sqrt((own_noise(head) * own_noise(head) + own_noise(tail) * own_noise(tail)) / 2);
        auto& rate = by_size[std::min(5, static_cast<int>(apart / noise))];
        ++rate.all;
        rate.found += flags(printed(joined)).empty() ? 0 : 1;
      }
  for (const auto& [size, rate] : by_size)
    std::printf("two runs %d%s noise deviations apart: found %d of %d\n", size, size == 5 ? " or more" : " to one more",
                rate.found, rate.all);
  EXPECT_GE(by_size[3].share(), 0.8);
  EXPECT_GE(by_size[5].share(), 0.9);
}

TEST(ForgedLogs, copied_stretches_are_found) {
  PEDIGREE_NEEDS_SHARED(shared, testing::shared_folder());
  const auto logs = real_logs(shared / "data/logs");
  const auto rate = measure("a tenth repeated elsewhere", logs, [](Log l) {
    const auto n = l.loss.size(), length = n / 10;
    for (std::size_t i = 0; i < length; ++i) l.loss[n * 8 / 10 + i] = l.loss[n * 6 / 10 + i];
    return l;
  });
  EXPECT_GE(rate.share(), 0.9);
}

TEST(ForgedLogs, a_drawn_curve_is_found_by_having_no_noise_or_the_wrong_noise_at_the_start) {
  PEDIGREE_NEEDS_SHARED(shared, testing::shared_folder());
  const auto logs = real_logs(shared / "data/logs");
  using Formula = double (*)(double step, double last);
  constexpr std::array<std::pair<const char*, Formula>, 4> kFormulas{{
      {"power law", [](double s, double) { return 3.0 + 7.8 * std::pow(1.0 + s / 30.0, -0.6); }},
      {"two exponentials",
       [](double s, double last) {
         return 3.2 + 5 * std::exp(-s / (0.004 * last)) + 2.6 * std::exp(-s / (0.2 * last));
       }},
      {"stretched exponential",
       [](double s, double last) { return 3.1 + 7.7 * std::exp(-std::pow(60 * s / last, 0.4)); }},
      {"power law with a warm-up and a decay",
       [](double s, double last) {
         const double decay = std::max(0.0, s / last - 0.8) / 0.2;
         return 3.0 + 7.8 * std::pow(1.0 + std::max(0.0, s - 100) / 30.0, -0.4) - 0.12 * decay * decay;
       }},
  }};
  for (const auto& [name, formula] : kFormulas) {
    const auto drawn = [formula](double noise) {
      return [formula, noise](Log l) {
        InventedNoise random{1};
        const double deviation = noise * own_noise(l);
        for (std::size_t i = 0; i < l.loss.size(); ++i)
          l.loss[i] = formula(static_cast<double>(i), static_cast<double>(l.loss.size())) + deviation * random.next();
        return l;
      };
    };
    EXPECT_GE(measure((std::string{name} + ", no noise").c_str(), logs, drawn(0)).share(), 0.9);
    const auto rate = measure((std::string{name} + ", the log's own noise invented").c_str(), logs, drawn(1));
    // Found where the drawn warm-up stays near ln V for long enough to show its noise. A formula that leaves at once is
    // not: small models trained for real follow one as closely (tests/training_logs).
    if (formula == kFormulas[3].second) {
      EXPECT_GE(rate.share(), 0.8) << name;
    }
  }
}

TEST(RealLogs, false_flags_over_all_real_logs_and_the_zoo) {
  PEDIGREE_NEEDS_SHARED(shared, testing::shared_folder());
  PEDIGREE_NEEDS_SHARED(unpacked, testing::unpacked_folder());
  int logs = 0, flagged = 0;
  const auto look = [&](const std::string& name, const testing::RunResult& result) {
    if (result.find("training_log.continuity") == nullptr && result.find("training_log.noise") == nullptr) return;
    ++logs;
    for (const auto& e : result.evidence)
      if (e.log10_lr > 0 && (e.signal == "training_log.continuity" || e.signal == "training_log.noise")) {
        ++flagged;
        std::printf("flagged: %s %s\n", name.c_str(), e.summary_key.c_str());
        break;
      }
  };
  for (const auto& entry : fs::directory_iterator(shared / "data/logs"))
    look(entry.path().filename().string(),
         testing::run_analyzer<Curve>(
             {{"subject", {}, {{"training-log", entry.path().filename().string(), read_file(entry.path())}}}}));
  for (const auto& entry : fs::directory_iterator(unpacked / "zoo/models"))
    look(entry.path().filename().string(), testing::run_analyzer<Curve>({{"subject", entry.path(), {}}}));
  std::printf("false flags of splicing, smoothing or fabrication: %d of %d real logs\n", flagged, logs);
  EXPECT_GE(logs, 25);
  EXPECT_LE(flagged * 50, logs);
}

}  // namespace
}  // namespace pedigree::training_log
