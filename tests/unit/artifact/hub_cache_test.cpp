// SPDX-License-Identifier: MIT
#include "framework/artifact/hub_cache.hpp"

#include <gtest/gtest.h>

#include "tests/unit/artifact/temporary_tree.hpp"

namespace pedigree::artifact {
namespace {

using testing::TemporaryTree;
const std::string kCommit(40, 'a'), kOther(40, 'b');
constexpr const char* kConfig = R"({"model_type": "llama"})";

Environment cached_at(const TemporaryTree& tree) { return {{{"HF_HUB_CACHE", tree.root().string()}}, tree.root()}; }

Wanted hub_model(const std::string& id, const std::string& revision = "") {
  Wanted wanted;
  wanted.id = id;
  wanted.role = "subject";
  wanted.revision = revision;
  return wanted;
}

/// models--org--name with one snapshot whose config is a link to a blob, as the Hub's tools make it.
void make_repository(const TemporaryTree& tree, const std::string& folder = "models--org--name") {
  tree.write(folder + "/blobs/c0ffee", kConfig);
  tree.link("../../blobs/c0ffee", folder + "/snapshots/" + kCommit + "/config.json");
  tree.write(folder + "/refs/main", kCommit);
}

TEST(HubCacheFolder, follows_the_precedence_of_the_hub) {
  Environment environment{{{"HOME", "/home/u"}}, "/work"};
  EXPECT_EQ(hub_cache_folder(environment), "/home/u/.cache/huggingface/hub");
  environment.variables["XDG_CACHE_HOME"] = "/xdg";
  EXPECT_EQ(hub_cache_folder(environment), "/xdg/huggingface/hub");
  environment.variables["HF_HOME"] = "~/hf";
  EXPECT_EQ(hub_cache_folder(environment), "/home/u/hf/hub");
  environment.variables["HUGGINGFACE_HUB_CACHE"] = "/legacy";
  EXPECT_EQ(hub_cache_folder(environment), "/legacy");
  environment.variables["HF_HUB_CACHE"] = "$HOME/${XDG_CACHE_HOME}/x$UNKNOWN";
  EXPECT_EQ(hub_cache_folder(environment), "/home/u//xdg/x$UNKNOWN");
}

TEST(HubCacheFolder, is_nothing_without_a_home) { EXPECT_TRUE(hub_cache_folder({{}, "/work"}).empty()); }

TEST(RepositoryId, is_checked_as_the_hub_does) {
  for (const char* good : {"gpt2", "org/name", "upstage/Solar-Open-100B", "a_b/c.d-e"})
    EXPECT_TRUE(is_repository_id(good)) << good;
  for (const char* bad :
       {"", "/", "org/", "/name", "a/b/c", "a--b", "a/..", "..", "x/y.git", "org/na me", "org/-x", "org/x."})
    EXPECT_FALSE(is_repository_id(bad)) << bad;
  EXPECT_FALSE(is_repository_id(std::string(97, 'a')));
}

TEST(HubCache, finds_main_when_no_revision_is_asked_for) {
  const TemporaryTree tree;
  make_repository(tree);
  const auto model = resolve(hub_model("org/name"), cached_at(tree));
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(model->origin, Origin::hub_cache);
  EXPECT_EQ(model->revision, kCommit);
  ASSERT_EQ(model->files.size(), 1u);
  EXPECT_EQ(model->files[0].role, "config");
  EXPECT_EQ(model->files[0].name, "config.json");
}

TEST(HubCache, strips_whatever_surrounds_a_commit_in_a_ref) {
  const TemporaryTree tree;
  make_repository(tree);
  tree.write("models--org--name/refs/main", " " + kCommit + "\r\n");
  EXPECT_TRUE(resolve(hub_model("org/name"), cached_at(tree)));
}

TEST(HubCache, takes_a_commit_directly_and_nested_refs_too) {
  const TemporaryTree tree;
  make_repository(tree);
  tree.write("models--org--name/refs/refs/pr/1", kCommit);
  EXPECT_TRUE(resolve(hub_model("org/name", kCommit), cached_at(tree)));
  EXPECT_TRUE(resolve(hub_model("org/name@refs/pr/1"), cached_at(tree)));
  EXPECT_TRUE(resolve(hub_model("hf://org/name@refs/pr/1"), cached_at(tree)));
}

TEST(HubCache, never_takes_another_snapshot_than_the_one_asked_for) {
  const TemporaryTree tree;
  make_repository(tree);
  tree.write("models--org--name/refs/main", kOther);
  const auto model = resolve(hub_model("org/name"), cached_at(tree));
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, "SNAPSHOT_MISSING");
  EXPECT_NE(model.error().message.find(kCommit), std::string::npos) << "what is there is named";
}

TEST(HubCache, names_what_is_cached_when_a_revision_is_not) {
  const TemporaryTree tree;
  make_repository(tree);
  const auto model = resolve(hub_model("org/name", "v2"), cached_at(tree));
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, "REVISION_NOT_CACHED");
  EXPECT_NE(model.error().message.find("main"), std::string::npos);
}

TEST(HubCache, refuses_a_revision_that_climbs_out) {
  const TemporaryTree tree;
  make_repository(tree);
  tree.write("secret", kCommit);
  EXPECT_FALSE(resolve(hub_model("org/name", "../../secret"), cached_at(tree)));
}

TEST(HubCache, lists_every_place_looked_at_when_nothing_is_found) {
  const TemporaryTree tree;
  const auto model = resolve(hub_model("org/none"), cached_at(tree));
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, "MODEL_NOT_FOUND");
  EXPECT_NE(model.error().message.find((tree.root() / "org/none").string()), std::string::npos);
  EXPECT_NE(model.error().message.find("models--org--none"), std::string::npos);
}

TEST(HubCache, tells_dangling_links_and_files_the_hub_does_not_have) {
  const TemporaryTree tree;
  make_repository(tree);
  tree.link("../../blobs/gone", "models--org--name/snapshots/" + kCommit + "/model.safetensors");
  tree.write("models--org--name/.no_exist/" + kCommit + "/adapter_config.json", "");
  const auto model = resolve(hub_model("org/name"), cached_at(tree));
  ASSERT_TRUE(model);
  ASSERT_EQ(model->notices.size(), 2u);
  EXPECT_EQ(model->notices[0].code, "SYMLINK_DANGLING");
  EXPECT_EQ(model->notices[1].code, "KNOWN_MISSING");
  EXPECT_EQ(model->notices[1].file, "adapter_config.json");
}

TEST(HubCache, ignores_unfinished_downloads) {
  const TemporaryTree tree;
  make_repository(tree);
  tree.write("models--org--name/blobs/ab.incomplete", testing::tiny_safetensors());
  const auto model = resolve(hub_model("org/name"), cached_at(tree));
  ASSERT_TRUE(model);
  EXPECT_EQ(model->files.size(), 1u);
}

TEST(HubCache, local_folder_of_the_same_name_wins_and_says_so) {
  const TemporaryTree tree;
  make_repository(tree);
  tree.write("org/name/config.json", kConfig);
  const auto model = resolve(hub_model("org/name"), cached_at(tree));
  ASSERT_TRUE(model);
  EXPECT_EQ(model->origin, Origin::folder);
  ASSERT_FALSE(model->notices.empty());
  EXPECT_EQ(model->notices.back().code, "FOLDER_SHADOWS_HUB");
  const auto explicit_hub = resolve(hub_model("hf://org/name"), cached_at(tree));
  ASSERT_TRUE(explicit_hub);
  EXPECT_EQ(explicit_hub->origin, Origin::hub_cache);
}

}  // namespace
}  // namespace pedigree::artifact
