// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "framework/plugin/rules.hpp"
#include "tests/unit/plugin/sample_manifest.hpp"

namespace pedigree::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

TEST(Manifest, survives_the_way_to_text_and_back) {
  const auto before = sample_manifest();
  const auto after = plugin::parse_manifest(plugin::to_json(before).dump(), "x.json");
  ASSERT_TRUE(after.ok()) << after.error().text();
  EXPECT_EQ(plugin::to_json(*after), plugin::to_json(before));
  EXPECT_EQ(after->library, "sample.pedigree.so");
  EXPECT_EQ(after->analyzers[0].family, Family::weight);
  EXPECT_TRUE(after->analyzers[0].heavy());
  EXPECT_TRUE(after->analyzers[0].deterministic());
  EXPECT_FALSE(after->analyzers[0].network());
  EXPECT_FALSE(after->analyzers[0].writes());
  EXPECT_FALSE(after->analyzers[0].needs_reference());
  EXPECT_EQ(after->analyzers[0].signals[0].minimum, -1);
}

TEST(Manifest, says_of_itself_nothing_of_where_it_lies) {
  auto moved = sample_manifest();
  moved.library = "/elsewhere/sample.pedigree.so";
  moved.sha256 = std::string(64, 'b');
  moved.messages = json::object();
  EXPECT_EQ(plugin::descriptor_json(moved), plugin::descriptor_json(sample_manifest()));
}

struct Bend {
  const char* name;
  std::function<void(json&)> bend;
  const char* message;
};

class BentManifest : public ::testing::TestWithParam<Bend> {};

TEST_P(BentManifest, is_refused_and_the_place_is_named) {
  json document = plugin::to_json(sample_manifest());
  GetParam().bend(document);
  const auto parsed = plugin::parse_manifest(document.dump(), "x.json");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().code, "MANIFEST_INVALID");
  EXPECT_EQ(parsed.error().file, "x.json");
  EXPECT_THAT(parsed.error().text(), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Facts, BentManifest,
    ::testing::Values(
        Bend{"schema", [](json& d) { d["schema"] = "pedigree/manifest/v2"; }, "/schema"},
        Bend{"no_schema", [](json& d) { d.erase("schema"); }, "'schema' is missing"},
        Bend{"list", [](json& d) { d = json::array(); }, "expected an object"},
        Bend{"major", [](json& d) { d["abi"]["major"] = 2; }, "is 2, this host speaks 1"},
        Bend{"minor_text", [](json& d) { d["abi"]["minor"] = "0"; }, "/abi/minor"},
        Bend{"library_elsewhere", [](json& d) { d["library"] = "../evil.pedigree.so"; }, "/library"},
        Bend{"library_name", [](json& d) { d["library"] = "libm.so.6"; }, "/library"},
        Bend{"digest_short", [](json& d) { d["sha256"] = "abc"; }, "/sha256"},
        Bend{"digest_upper", [](json& d) { d["sha256"] = std::string(64, 'A'); }, "/sha256"},
        Bend{"id", [](json& d) { d["id"] = "Org Example"; }, "identifier"},
        Bend{"version", [](json& d) { d["version"] = "1.2"; }, "MAJOR.MINOR.PATCH"},
        Bend{"licence", [](json& d) { d["license"] = ""; }, "licence"},
        Bend{"no_analyzer", [](json& d) { d["analyzers"] = json::array(); }, "no analyzer"},
        Bend{"twice", [](json& d) { d["analyzers"].push_back(d["analyzers"][0]); }, "declared twice"},
        Bend{"family", [](json& d) { d["analyzers"][0]["family"] = "astrology"; }, "/analyzers/0/family"},
        Bend{"flag", [](json& d) { d["analyzers"][0]["flags"] = {"root"}; }, "unknown flag 'root'"},
        Bend{"signals_missing", [](json& d) { d["analyzers"][0]["signals"] = json::array(); }, "no signal"},
        Bend{"range", [](json& d) { d["analyzers"][0]["signals"][0]["maximum"] = -2; }, "minimum < maximum"},
        Bend{"range_text", [](json& d) { d["analyzers"][0]["signals"][0]["maximum"] = "1"; },
             "/analyzers/0/signals/0/maximum"},
        Bend{"role", [](json& d) { d["analyzers"][0]["roles"] = {1}; }, "/analyzers/0/roles"},
        Bend{"option", [](json& d) { d["analyzers"][0]["options"]["properties"]["threshold"].erase("default"); },
             "no default"},
        Bend{"messages", [](json& d) { d["messages"]["similar"].erase("en"); }, "/messages/similar"}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(Manifest, that_is_no_json_is_refused_with_the_place) {
  EXPECT_FALSE(plugin::parse_manifest("", "x.json").ok());
  EXPECT_FALSE(plugin::parse_manifest("{", "x.json").ok());
  EXPECT_FALSE(plugin::parse_manifest("{\"id\":\"\xFF\"}", "x.json").ok());
}

TEST(Identifier, is_lower_case_and_starts_with_a_letter) {
  for (const char* good : {"a", "weight.unit-match", "training_log.step-0", "org.example.x2"})
    EXPECT_TRUE(plugin::is_identifier(good)) << good;
  for (const std::string& bad : {std::string(), std::string("A"), std::string("2a"), std::string(".a"),
                                 std::string("a b"), std::string("a/b"), std::string("a\0b", 3), std::string(129, 'a')})
    EXPECT_FALSE(plugin::is_identifier(bad)) << bad;
}

TEST(SemanticVersion, follows_the_rules_of_semver) {
  for (const char* good : {"0.0.0", "1.2.3", "10.20.30", "1.0.0-rc.1", "1.0.0+build.5", "1.0.0-a+b"})
    EXPECT_TRUE(plugin::is_semantic_version(good)) << good;
  for (const char* bad :
       {"", "1", "1.2", "1.2.3.4", "01.2.3", "1.02.3", "v1.2.3", "1.2.3-", "1.2.3 ", "1.2.x", "-1.2.3"})
    EXPECT_FALSE(plugin::is_semantic_version(bad)) << bad;
}

TEST(FindAnalyzer, finds_by_id_across_plugins) {
  const std::vector<plugin::Manifest> plugins{sample_manifest("one"), sample_manifest("two")};
  const auto found = plugin::find_analyzer(plugins, "two.cosine");
  ASSERT_NE(found.plugin, nullptr);
  EXPECT_EQ(found.plugin->id, "org.example.two");
  EXPECT_EQ(found.analyzer->id, "two.cosine");
  EXPECT_EQ(plugin::find_analyzer(plugins, "three.cosine").plugin, nullptr);
}

}  // namespace
}  // namespace pedigree::testing
