// SPDX-License-Identifier: MIT
// What the likelihood ratios are worth, counted over the shipped catalog: pairs of declared descent against pairs
// of bases from different makers. The counts are quoted in docs/analyzers/architecture.md.
#include <gtest/gtest.h>

#include <map>

#include "plugins/architecture/tests/support.hpp"

namespace pedigree::architecture {
namespace {
namespace fs = std::filesystem;

std::map<std::string, nlohmann::json> all_cards() {
  std::map<std::string, nlohmann::json> cards;
  for (const auto& entry : fs::directory_iterator(testing::source_path("pipelines/catalog")))
    if (entry.path().extension() == ".json") {
      auto card = nlohmann::json::parse(read_text(entry.path()));
      const auto id = card["id"].get<std::string>();
      cards.emplace(id, std::move(card));
    }
  return cards;
}

/// All pairs take half a minute; every third subject meets all references here. The documented
/// counts are those of all subjects.
#ifdef PEDIGREE_SANITIZED
constexpr std::size_t kEveryNthSubject = 30;
#else
constexpr std::size_t kEveryNthSubject = 3;
#endif

/// The card's shape alone: no lineage, no dates, so that only the configuration speaks.
testing::Model shape_model(const nlohmann::json& card) { return config_model(card["id"], card["config"].dump()); }

struct Counts {
  int pairs = 0, all_five = 0, three_or_four = 0, obstacles = 0, above_a_fifth = 0;
  double most = 0, least = 0;
};

void count(const testing::RunResult& result, const std::string& reference, Counts& counts) {
  const auto* core = find(result, signal::kCoreMatch, reference, "text_decoder");
  if (core == nullptr) return;
  ++counts.pairs;
  counts.all_five += core->value == 5 ? 1 : 0;
  counts.three_or_four += core->value == 3 || core->value == 4 ? 1 : 0;
  counts.above_a_fifth += core->log10_lr > 0.2 ? 1 : 0;
  counts.most = std::max(counts.most, core->log10_lr);
  const auto* obstacle = result.find(signal::kImpossibleDerivation, reference);
  counts.obstacles += obstacle != nullptr ? 1 : 0;
  if (obstacle != nullptr) counts.least = std::min(counts.least, obstacle->log10_lr);
}

std::string text(const Counts& c) {
  return std::to_string(c.pairs) + " pairs, 5/5 " + std::to_string(c.all_five) + ", 3-4/5 " +
         std::to_string(c.three_or_four) + ", obstacles " + std::to_string(c.obstacles) + ", above 0.2 " +
         std::to_string(c.above_a_fifth);
}

TEST(calibration, no_declared_descendant_meets_an_obstacle_in_its_shape) {
  const auto cards = all_cards();
  Counts counts;
  for (const auto& [id, card] : cards) {
    for (const auto& parent : card["lineage"]["parents"]) {
      const auto component = parent["component"].get<std::string>();
      const auto found = cards.find(parent["id"]);
      if (found == cards.end() || (component != "model" && component != "text_decoder")) continue;
      const auto before = counts.obstacles;
      count(run({shape_model(card), shape_model(found->second)}), found->first, counts);
      EXPECT_EQ(counts.obstacles, before) << id << " from " << found->first;
    }
  }
  RecordProperty("derived", text(counts));
  std::cout << "derived: " << text(counts) << "\n";
  EXPECT_GE(counts.pairs, 140);
  // Most descendants keep the shape; the others (pruned, up-scaled, upcycled) are why a different
  // shape must not count for independence.
  EXPECT_GE(counts.all_five, counts.pairs * 8 / 10);
}

TEST(calibration, independent_bases_agree_often_enough_that_equality_proves_nothing) {
  const auto cards = all_cards();
  std::vector<const nlohmann::json*> bases;
  for (const auto& [id, card] : cards)
    if (card["lineage"]["declared"] == "base" &&
        card["provenance"]["lineage"].get<std::string>().find("not checked") == std::string::npos)
      bases.push_back(&card);
  Counts counts, same_size;
  for (std::size_t i = 0; i < bases.size(); i += kEveryNthSubject) {
    const auto* subject = bases[i];
    std::vector<testing::Model> models{shape_model(*subject)};
    std::vector<const nlohmann::json*> references;
    for (const auto* reference : bases) {
      if ((*reference)["organisation"] == (*subject)["organisation"]) continue;
      models.push_back(shape_model(*reference));
      references.push_back(reference);
    }
    const auto result = run(models);
    for (const auto* reference : references) {
      const auto id = (*reference)["id"].get<std::string>();
      count(result, id, counts);
      const auto a = (*subject)["parameters"];
      const auto b = (*reference)["parameters"];
      // The pairs somebody would accuse: a dense model of the same size.
      const bool dense = (*subject)["kind"] == "dense" && (*reference)["kind"] == "dense";
      if (!dense || !a.is_number() || !b.is_number()) continue;
      const double ratio = a.get<double>() / b.get<double>();
      if (ratio > 0.85 && ratio < 1.18) count(result, id, same_size);
    }
  }
  RecordProperty("independent", text(counts));
  std::cout << "independent: " << text(counts) << "\nindependent, dense, same size: " << text(same_size) << "\n";
  EXPECT_GE(counts.pairs, 1000);
  EXPECT_LE(counts.most, 0.3 + 1e-12);
  EXPECT_GE(counts.least, -0.3 - 1e-12);
  // The highest grade is rare among independent pairs: A.X-K1 and Kimi-K2, both ways and for the
  // base, the instruct model not being a base.
  EXPECT_LE(counts.above_a_fifth, 4);
}

}  // namespace
}  // namespace pedigree::architecture
