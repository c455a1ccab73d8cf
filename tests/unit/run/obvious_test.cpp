// SPDX-License-Identifier: MIT
#include "framework/run/obvious.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pedigree/io/artifact_role.hpp"
#include "tests/unit/artifact/temporary_tree.hpp"

namespace pedigree::run {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::TemporaryTree;

constexpr const char* kShape = R"("hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32,
  "intermediate_size": 14336, "hidden_act": "silu")";

/// A card of one shape; `parent` empty: it declares none.
std::string card(const std::string& id, const std::string& released, const std::string& parent = "",
                 const std::string& layers = "32", const std::string& type = "llama") {
  std::string shape = kShape;
  shape.replace(shape.find("_layers\": 32") + 10, 2, layers);
  return R"({"schema": "pedigree/card/v1", "id": ")" + id + R"(", "family": "F", "kind": "dense", "groups": [],
    "released": ")" +
         released + R"(", "config": {"model_type": ")" + type + R"(", )" + shape + R"(}, "lineage": {"declared": "x",
    "parents": [)" +
         (parent.empty() ? "" : R"({"id": ")" + parent + R"(", "component": "model"})") + "]}}";
}

artifact::ResolvedModel model(const std::string& id) {
  artifact::ResolvedModel out;
  out.id = id;
  const std::string config = std::string{R"({"model_type": "llama", )"} + kShape + "}";
  out.files.push_back({std::string{io::role::kConfig}, "config.json", "", config, config.size()});
  return out;
}

std::vector<std::string> twins(const std::vector<OwedReference>& owed) {
  std::vector<std::string> out;
  for (const auto& reference : owed)
    if (reference.same_shape) out.push_back(reference.id);
  return out;
}

class Obvious : public ::testing::Test {
 protected:
  std::vector<OwedReference> missing(const std::string& subject, const std::vector<std::string>& references) {
    std::vector<artifact::ResolvedModel> models{model(subject)};
    for (const auto& id : references) models.push_back(model(id));
    return obvious_missing(models.front(), models, catalog::Catalog::load(tree_.root()));
  }
  TemporaryTree tree_;
};

TEST_F(Obvious, a_model_of_the_same_shape_is_owed_and_one_of_nearly_the_same_is_named) {
  tree_.write("a.json", card("o/same", "2024-01"));
  tree_.write("b.json", card("o/near", "2024-01", "", "48"));
  tree_.write("c.json", card("o/of-a-common-size", "2024-01", "", "32", "jamba"));
  const auto owed = missing("mine", {"o/other"});
  ASSERT_EQ(owed.size(), 3u);
  EXPECT_THAT(twins(owed), ElementsAre("o/same"));
  EXPECT_EQ(owed[1].id, "o/of-a-common-size");
  EXPECT_EQ(owed[2].id, "o/near");
}

TEST_F(Obvious, what_cannot_be_an_ancestor_is_not_owed) {
  tree_.write("s.json", card("o/subject", "2024-06"));
  tree_.write("l.json", card("o/later", "2025"));
  tree_.write("c.json", card("o/child", "2024-06", "o/subject"));
  tree_.write("g.json", card("o/grandchild", "2024-06", "o/child"));
  EXPECT_THAT(missing("o/subject", {}), IsEmpty());
  tree_.write("m.json", card("o/same-year", "2024"));  // the month is not known: it may be earlier
  EXPECT_THAT(twins(missing("o/subject", {})), ElementsAre("o/same-year"));
}

TEST_F(Obvious, a_parent_in_the_set_stands_for_its_declared_descendants) {
  tree_.write("b.json", card("o/base", "2024-01"));
  tree_.write("i.json", card("o/instruct", "2024-01", "o/base"));
  EXPECT_THAT(missing("mine", {"o/base"}), IsEmpty());
  EXPECT_THAT(twins(missing("mine", {"o/instruct"})), ElementsAre("o/base"));
}

}  // namespace
}  // namespace pedigree::run
