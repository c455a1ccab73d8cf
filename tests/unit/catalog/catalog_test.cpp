// SPDX-License-Identifier: MIT
#include "framework/catalog/catalog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/artifact/temporary_tree.hpp"

namespace pedigree::catalog {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::TemporaryTree;

std::string card(const std::string& id, const std::string& extra = "") {
  return R"({"schema": "pedigree/card/v1", "id": ")" + id + R"(", "family": "F", "kind": "dense", "groups": ["g"])" +
         extra + "}";
}

TEST(Catalog, finds_models_by_id_alias_and_without_regard_to_case) {
  const TemporaryTree tree;
  tree.write("a.json", card("Org/Alpha", R"(, "aliases": ["alpha"])"));
  tree.write("b.json", card("Org/Beta"));
  const auto catalog = Catalog::load(tree.root());
  EXPECT_TRUE(catalog.problems().empty());
  ASSERT_NE(catalog.find("Org/Alpha"), nullptr);
  EXPECT_EQ(catalog.find("alpha"), catalog.find("Org/Alpha"));
  EXPECT_EQ(catalog.find("org/alpha"), catalog.find("Org/Alpha"));
  EXPECT_EQ(catalog.find("Org/Gamma"), nullptr);
}

TEST(Catalog, groups_are_in_order_of_id_and_all_is_everything) {
  const TemporaryTree tree;
  tree.write("1.json", card("z/z"));
  tree.write("2.json", card("a/a"));
  const auto catalog = Catalog::load(tree.root());
  ASSERT_EQ(catalog.group("g").size(), 2u);
  EXPECT_EQ(catalog.group("g")[0]->id, "a/a");
  EXPECT_EQ(catalog.group("all").size(), 2u);
  EXPECT_TRUE(catalog.group("none").empty());
  EXPECT_THAT(catalog.group_names(), ElementsAre("all", "g"));
}

TEST(Catalog, leaves_out_broken_cards_and_says_which) {
  const TemporaryTree tree;
  tree.write("bad.json", "{");
  tree.write("deep.json", std::string(100'000, '['));
  tree.write("other.json", R"({"schema": "something/else"})");
  tree.write("taken.json", card("a/a"));
  tree.write("good.json", card("a/a"));
  const auto catalog = Catalog::load(tree.root());
  EXPECT_EQ(catalog.cards().size(), 1u);
  EXPECT_EQ(catalog.problems().size(), 4u);
  for (const auto& problem : catalog.problems()) EXPECT_FALSE(problem.file.empty());
}

TEST(Catalog, suggests_near_names_by_the_part_people_remember) {
  const TemporaryTree tree;
  tree.write("a.json", card("upstage/Solar-Open-100B"));
  const auto catalog = Catalog::load(tree.root());
  EXPECT_EQ(catalog.suggestion("upstage/Solar-Open-10B"), "upstage/Solar-Open-100B");
  EXPECT_EQ(catalog.suggestion("someone/solar-open-100b"), "upstage/Solar-Open-100B");
  EXPECT_EQ(catalog.suggestion("entirely/different"), "");
}

TEST(Catalog, artifacts_of_a_card_are_named_as_facts) {
  const TemporaryTree tree;
  tree.write("a.json", card("o/n", R"(, "config": {"hidden_size": 4}, "tokenizer": {})"));
  const auto catalog = Catalog::load(tree.root());
  const auto facts = artifacts_of(*catalog.find("o/n"));
  ASSERT_EQ(facts.size(), 2u) << "an empty tokenizer object is no fact";
  EXPECT_EQ(facts[0].role, "config");
  EXPECT_EQ(facts[0].name, "catalog:o/n/config.json");
  EXPECT_EQ(facts[0].bytes, R"({"hidden_size":4})");
  EXPECT_EQ(facts[1].role, "catalog-card");
}

TEST(Catalog, missing_folder_is_an_empty_catalog_with_a_problem) {
  const auto catalog = Catalog::load("/nonexistent/catalog");
  EXPECT_TRUE(catalog.cards().empty());
  EXPECT_EQ(catalog.problems().size(), 1u);
}

TEST(ShippedCatalog, loads_without_problems_and_holds_what_the_pipelines_name) {
  const auto catalog = Catalog::load(std::string{PEDIGREE_SOURCE_DIR} + "/pipelines/catalog");
  EXPECT_TRUE(catalog.problems().empty());
  EXPECT_GE(catalog.cards().size(), 150u);
  for (const char* id : {"upstage/Solar-Open-100B", "skt/A.X-K1", "moonshotai/Kimi-K2-Base", "deepseek-ai/DeepSeek-V3",
                         "Qwen/Qwen2.5-72B", "zai-org/GLM-4.5-Air", "PrimeIntellect/INTELLECT-3"})
    EXPECT_NE(catalog.find(id), nullptr) << id;
  EXPECT_THAT(catalog.group_names(), Contains("well-known-bases"));
}

}  // namespace
}  // namespace pedigree::catalog
