// SPDX-License-Identifier: MIT
// All real configurations beside the project are read, and the likelihood ratios hold on labelled pairs.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "plugins/architecture/tests/support.hpp"

namespace pedigree::architecture {
namespace {
namespace fs = std::filesystem;
namespace fact = io::fact;

std::vector<fs::path> all_configs(const fs::path& shared) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(shared / "data" / "configs"))
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

TEST(real_configs, every_one_is_read_without_a_refused_value) {
  PEDIGREE_NEEDS_SHARED(shared, testing::shared_folder());
  std::size_t decoders = 0;
  for (const auto& file : all_configs(shared)) {
    const auto config = io::read_config(read_text(file), file.filename().string());
    ASSERT_TRUE(config.ok()) << config.error().text();
    for (const auto& p : config->problems) ADD_FAILURE() << file.filename() << " " << p.path << ": " << p.message;
    const auto* decoder = config->find("text_decoder");
    if (decoder == nullptr) continue;
    ++decoders;
    for (auto key : {fact::kHiddenSize, fact::kLayers, fact::kHeads})
      EXPECT_TRUE(decoder->integer(key)) << file.filename() << " lacks " << key;
  }
  EXPECT_GE(decoders, 355u);
}

/// The shape alone under two old and new names of one model.
TEST(real_configs, phi_2_is_the_same_under_its_old_key_names) {
  PEDIGREE_NEEDS_SHARED(shared, testing::shared_folder());
  const auto folder = shared / "data" / "configs";
  const auto result = run({config_model("old", read_text(folder / "microsoft__phi-2_mixformer.json")),
                           config_model("new", read_text(folder / "microsoft__phi-2.json"))});
  EXPECT_EQ(result.find(signal::kCoreMatch, "new")->value, 5);
}

TEST(real_configs, molmo_counts_its_feed_forward_twice_and_is_still_seen_as_qwen2) {
  PEDIGREE_NEEDS_SHARED(shared, testing::shared_folder());
  const auto folder = shared / "data" / "configs";
  const auto result = run({config_model("molmo", read_text(folder / "allenai__Molmo-7B-D-0924_nf4.json")),
                           config_model("qwen2", read_text(folder / "Qwen__Qwen1.5-or-2-7b.json"))});
  // molmo is no class with known defaults, so its activation stays unknown: 4 of 4 comparable.
  EXPECT_EQ(result.find(signal::kCoreMatch, "qwen2")->value, 4);
  EXPECT_EQ(mark_of(*result.find(signal::kCoreMatch, "qwen2"), "intermediate_size"), "equal");
}

struct Pair {
  std::string a, b, label;
};

std::vector<Pair> labelled_pairs(const fs::path& shared) {
  std::istringstream lines(read_text(shared / "data" / "known_pairs.csv"));
  std::vector<Pair> pairs;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("config,")) continue;
    std::istringstream fields(line);
    std::string kind;
    Pair pair;
    std::getline(fields, kind, ',');
    std::getline(fields, pair.a, ',');
    std::getline(fields, pair.b, ',');
    std::getline(fields, pair.label, ',');
    pairs.push_back(pair);
  }
  return pairs;
}

/// The strongest speaking signal of the comparison, as the weighing takes it within a family.
double strongest(const testing::RunResult& result) {
  double most = 0;
  for (const auto& e : result.evidence)
    if (e.component == "text_decoder" && std::abs(e.log10_lr) > std::abs(most)) most = e.log10_lr;
  return most;
}

// The files only, no card: what the shape is worth. Written to the log for docs/analyzers/architecture.md.
TEST(real_configs, on_labelled_pairs_no_independent_one_is_pushed_beyond_a_factor_of_two) {
  PEDIGREE_NEEDS_SHARED(shared, testing::shared_folder());
  std::map<std::string, std::vector<double>> by_label;
  for (const auto& pair : labelled_pairs(shared)) {
    const auto folder = shared / "data" / "configs";
    const auto result = run(
        {config_model("subject", read_text(folder / pair.b)), config_model("reference", read_text(folder / pair.a))});
    ASSERT_EQ(result.status, PEDIGREE_OK) << pair.a << pair.b;
    const auto lr = strongest(result);
    by_label[pair.label].push_back(lr);
    EXPECT_LE(std::abs(lr), 0.3 + 1e-12);
    if (pair.label == "derived") {
      EXPECT_GE(lr, 0) << pair.b << " is derived; nothing in its shape may speak against it";
    }
  }
  ASSERT_EQ(by_label["derived"].size(), 14u);
  for (const auto& [label, values] : by_label) {
    std::string text;
    for (double v : values) text += " " + std::to_string(v).substr(0, 5);
    RecordProperty(label, text);
  }
}

}  // namespace
}  // namespace pedigree::architecture
