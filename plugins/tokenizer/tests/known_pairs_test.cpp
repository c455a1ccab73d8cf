// SPDX-License-Identifier: MIT
// The deciding statistic over every labelled pair, and over all pairs of files: related and unrelated
// pairs must lie at least a factor of ten apart. Run with --gtest_filter=KnownPairs.* to read the table.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>

#include "plugins/tokenizer/tests/founders.hpp"
#include "plugins/tokenizer/tests/tokenizer_files.hpp"

namespace pedigree::tokenizer {
namespace {
using testing::kFounders;
using testing::Profiled;
namespace fs = std::filesystem;

struct LabelledPair {
  std::string a, b, label;
};

/// Columns of a CSV line; double quotes protect commas.
std::vector<std::string> columns_of(const std::string& line) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      out.emplace_back();
    else
      out.back() += c;
  }
  return out;
}

std::vector<LabelledPair> labelled_pairs(const fs::path& csv) {
  std::vector<LabelledPair> out;
  std::istringstream lines(testing::read_file(csv));
  for (std::string line; std::getline(lines, line);) {
    const auto columns = columns_of(line);
    if (columns.size() > 4 && columns[0] == "tokenizer") out.push_back({columns[1], columns[2], columns[3]});
  }
  return out;
}

class Files {
 public:
  explicit Files(fs::path folder) : folder_(std::move(folder)) {}
  const Profiled& at(const std::string& name) {
    auto& slot = files_[name];
    if (!slot) slot = std::make_unique<Profiled>(folder_ / name);
    return *slot;
  }

 private:
  fs::path folder_;
  std::map<std::string, std::unique_ptr<Profiled>> files_;
};

TEST(KnownPairs, are_labelled_right_and_separate_by_a_factor_of_ten) {
  PEDIGREE_NEEDS_SHARED(shared, ::pedigree::testing::shared_folder());
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  Files files{folder};
  double lowest_related = 1, highest_independent = 0;
  std::size_t related = 0, independent = 0;
  for (const auto& pair : labelled_pairs(shared / "data/known_pairs.csv")) {
    const auto& reference = files.at(pair.a);
    const auto& subject = files.at(pair.b);
    ASSERT_TRUE(subject.profile && reference.profile) << pair.a << " " << pair.b;
    const auto r = relate(*subject.profile, *reference.profile);
    std::printf("%-12s score %.4f  remainder %.4f  %-12s %s | %s\n", pair.label.c_str(), r.score(),
                order_score(r.remainder), std::string{name_of(r.kinship)}.c_str(), pair.a.c_str(), pair.b.c_str());
    if (pair.label == "independent") {
      ++independent;
      highest_independent = std::max(highest_independent, r.score());
      EXPECT_EQ(r.kinship, Kinship::kIndependent) << pair.a << " " << pair.b;
      EXPECT_LT(log10_likelihood_ratio(r), 0) << pair.a << " " << pair.b;
    } else {
      ++related;
      lowest_related = std::min(lowest_related, r.score());
      EXPECT_NE(r.kinship, Kinship::kIndependent) << pair.a << " " << pair.b;
      EXPECT_NE(r.kinship, Kinship::kUnclear) << pair.a << " " << pair.b;
      EXPECT_GE(log10_likelihood_ratio(r), 0) << pair.a << " " << pair.b;
      if (pair.label == "same") {
        EXPECT_EQ(r.kinship, Kinship::kIdentical) << pair.a << " " << pair.b;
      }
    }
    EXPECT_LE(std::abs(log10_likelihood_ratio(r)), 0.5);  // the cap of methods.md section 5.3
  }
  std::printf("lowest related %.4f, highest independent %.4f, margin %.1f\n", lowest_related, highest_independent,
              lowest_related / highest_independent);
  ASSERT_GE(related, 25u);
  ASSERT_GE(independent, 15u);
  EXPECT_GE(lowest_related, 10 * highest_independent);
}

TEST(KnownPairs, no_pair_of_founders_comes_near_the_threshold) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  Files files{folder};
  double highest = 0;
  std::string where;
  std::size_t pairs = 0;
  for (const char* a : kFounders)
    for (const char* b : kFounders) {
      if (std::string_view{a} >= b) continue;
      ++pairs;
      const auto r = relate(*files.at(a).profile, *files.at(b).profile);
      if (r.score() > highest) {
        highest = r.score();
        where = std::string{a} + " | " + b;
      }
      EXPECT_EQ(r.kinship, Kinship::kIndependent) << a << " " << b;
    }
  std::printf("%zu pairs of founders, highest score %.4f: %s\n", pairs, highest, where.c_str());
  EXPECT_EQ(pairs, std::size(kFounders) * (std::size(kFounders) - 1) / 2);
  EXPECT_LT(highest, 0.2 * kRelatedScore);
}

TEST(KnownPairs, no_founder_is_given_an_ancestor_but_itself) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  Files files{folder};
  for (const char* name : kFounders) {
    const auto& ancestry = files.at(name).profile->ancestry;
    EXPECT_LE(ancestry.accepted.size(), 1u) << name;
    if (ancestry.closest() != nullptr) {
      EXPECT_TRUE(ancestry.closest()->same) << name;
    }
  }
}

}  // namespace
}  // namespace pedigree::tokenizer
