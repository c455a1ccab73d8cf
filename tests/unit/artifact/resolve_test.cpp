// SPDX-License-Identifier: MIT
#include "framework/artifact/resolve.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "framework/artifact/digest_memory.hpp"
#include "pedigree/io/artifact_role.hpp"
#include "tests/unit/artifact/temporary_tree.hpp"

namespace pedigree::artifact {
namespace {

using ::testing::ElementsAre;
using testing::TemporaryTree;
using testing::tiny_safetensors;
constexpr const char* kConfig = R"({"model_type": "llama"})";
constexpr const char* kPointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 123\n";

Environment plain(const TemporaryTree& tree) { return {{{"HOME", (tree.root() / "home").string()}}, tree.root()}; }

Result<ResolvedModel> resolve_path(const TemporaryTree& tree, const std::string& path) {
  Wanted wanted;
  wanted.id = "m";
  wanted.path = path;
  return resolve(wanted, plain(tree));
}

std::vector<std::string> names(const ResolvedModel& model) {
  std::vector<std::string> out;
  for (const auto& file : model.files) out.push_back(file.name);
  return out;
}

std::vector<std::string> codes(const ResolvedModel& model) {
  std::vector<std::string> out;
  for (const auto& notice : model.notices) out.push_back(notice.code);
  return out;
}

TEST(Folder, gives_every_known_file_in_order_of_name_and_skips_the_rest) {
  const TemporaryTree tree;
  tree.write("m/tokenizer.json", R"({"added_tokens": []})");
  tree.write("m/config.json", kConfig);
  tree.write("m/notes.xyz", "hello");
  tree.write("m/.cache/huggingface/config.json", kConfig);
  tree.write("m/.git/config.json", kConfig);
  const auto model = resolve_path(tree, "m");
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_THAT(names(*model), ElementsAre("config.json", "tokenizer.json"));
  EXPECT_EQ(model->origin, Origin::folder);
  EXPECT_TRUE(model->notices.empty());
}

TEST(Folder, earlier_checkpoints_are_no_second_model) {
  const TemporaryTree tree;
  tree.write("m/config.json", kConfig);
  tree.write("m/model.safetensors", tiny_safetensors());
  for (const char* step : {"checkpoint-500", "step-0", "step1000-tokens4B", "global_step7", "ckpts/iter_0000100"}) {
    tree.write("m/" + std::string{step} + "/model.safetensors", tiny_safetensors());
    tree.write("m/" + std::string{step} + "/config.json", kConfig);
  }
  const auto model = resolve_path(tree, "m");
  ASSERT_TRUE(model);
  int checkpoints = 0, weights = 0, configs = 0;
  for (const auto& file : model->files) {
    checkpoints += file.role == "checkpoint" ? 1 : 0;
    weights += file.role == "weights" ? 1 : 0;
    configs += file.role == "config" ? 1 : 0;
  }
  EXPECT_EQ(checkpoints, 5);
  EXPECT_EQ(weights, 1);
  EXPECT_EQ(configs, 1);
  EXPECT_EQ(io::checkpoint_step("ckpts/iter_0000100/model.safetensors"), 100u);
  EXPECT_EQ(io::checkpoint_step("a/step1000-tokens4B/x"), 1000u);
  EXPECT_EQ(io::checkpoint_step("ckpts/step0.safetensors"), 0u);
  EXPECT_FALSE(io::checkpoint_step("step-3.5-flash/model.safetensors").has_value());
  EXPECT_FALSE(io::checkpoint_step("stepfun/checkpoints/model.safetensors").has_value());
  EXPECT_FALSE(io::checkpoint_step("step-99999999999999999999/model.safetensors").has_value());
}

TEST(Artifacts, a_folder_of_checkpoints_keeps_its_steps) {
  const TemporaryTree tree;
  tree.write("runs/step-0/model.safetensors", tiny_safetensors());
  tree.write("runs/step-10/model.safetensors", tiny_safetensors());
  Wanted wanted;
  wanted.id = "m";
  for (const auto& paths :
       std::vector<std::vector<std::string>>{{"runs"},
                                             {"runs/step-0", "runs/step-10"},
                                             {"runs/step-0/model.safetensors", "runs/step-10/model.safetensors"}}) {
    wanted.artifacts = {{"checkpoint", paths}};
    const auto model = resolve(wanted, plain(tree));
    ASSERT_TRUE(model) << model.error().text();
    ASSERT_EQ(model->files.size(), 2u);
    EXPECT_EQ(io::checkpoint_step(model->files[0].name), 0u) << model->files[0].name;
    EXPECT_EQ(io::checkpoint_step(model->files[1].name), 10u) << model->files[1].name;
    EXPECT_EQ(model->files[0].role, "checkpoint");
  }
}

TEST(Folder, leaves_out_links_that_lead_outside) {
  const TemporaryTree tree;
  tree.write("m/config.json", kConfig);
  tree.write("elsewhere/tokenizer.json", R"({"added_tokens": []})");
  tree.link("../elsewhere/tokenizer.json", "m/tokenizer.json");
  const auto model = resolve_path(tree, "m");
  ASSERT_TRUE(model);
  EXPECT_THAT(names(*model), ElementsAre("config.json"));
  EXPECT_THAT(codes(*model), ElementsAre("SYMLINK_OUTSIDE"));
}

TEST(Folder, follows_links_inside) {
  const TemporaryTree tree;
  tree.write("m/files/real.json", kConfig);
  tree.link("files/real.json", "m/config.json");
  const auto model = resolve_path(tree, "m");
  ASSERT_TRUE(model);
  EXPECT_TRUE(model->has("config"));
}

TEST(Folder, never_opens_pipes_or_devices) {
  const TemporaryTree tree;
  tree.write("m/config.json", kConfig);
  ASSERT_EQ(::mkfifo((tree.root() / "m/tokenizer.json").c_str(), 0600), 0);
  tree.link("/dev/zero", "m/model.safetensors");
  const auto model = resolve_path(tree, "m");  // would hang or never end otherwise
  ASSERT_TRUE(model);
  EXPECT_THAT(names(*model), ElementsAre("config.json"));
  EXPECT_THAT(codes(*model), ElementsAre("SYMLINK_OUTSIDE", "ARTIFACT_NOT_REGULAR"));
}

TEST(Folder, recognises_pointers_pages_and_empty_files_in_place_of_weights) {
  const TemporaryTree tree;
  tree.write("m/config.json", kConfig);
  tree.write("m/model-00001-of-00002.safetensors", kPointer);
  tree.write("m/model-00002-of-00002.safetensors", "<!DOCTYPE html><html>404</html>");
  tree.write("m/tokenizer.json", "");
  const auto model = resolve_path(tree, "m");
  ASSERT_TRUE(model);
  EXPECT_THAT(names(*model), ElementsAre("config.json"));
  EXPECT_THAT(codes(*model), ElementsAre("LFS_POINTER", "HTML_PAGE", "ARTIFACT_EMPTY"));
  EXPECT_NE(model->notices[0].message.find("git lfs pull"), std::string::npos) << "the remedy is named";
}

TEST(Folder, counts_the_same_weights_once) {
  const TemporaryTree tree;
  tree.write("m/model.safetensors", tiny_safetensors());
  tree.write("m/consolidated.safetensors", tiny_safetensors());
  tree.write("m/original/consolidated.00.pth", "PK");
  tree.write("m/pytorch_model.bin", "PK");
  tree.write("m/model-q4.gguf", "GGUF....");
  const auto model = resolve_path(tree, "m");
  ASSERT_TRUE(model);
  EXPECT_THAT(names(*model), ElementsAre("model.safetensors"));
  EXPECT_THAT(codes(*model), ElementsAre("SECOND_COPY", "SECOND_COPY", "SECOND_COPY"));
}

TEST(Folder, keeps_only_the_shards_its_index_names) {
  const TemporaryTree tree;
  tree.write("m/a.safetensors", tiny_safetensors());
  tree.write("m/b.safetensors", tiny_safetensors());
  tree.write("m/model.fp16.safetensors", tiny_safetensors());
  tree.write("m/model.safetensors.index.json", R"({"weight_map": {"x": "a.safetensors", "y": "b.safetensors"}})");
  const auto model = resolve_path(tree, "m");
  ASSERT_TRUE(model);
  EXPECT_THAT(names(*model), ElementsAre("a.safetensors", "b.safetensors", "model.safetensors.index.json"));
  EXPECT_THAT(codes(*model), ElementsAre("WEIGHTS_NOT_IN_INDEX"));
}

TEST(Folder, takes_the_largest_of_several_gguf_files_with_all_its_parts) {
  const TemporaryTree tree;
  tree.write("m/x-Q4.gguf", "GGUF" + std::string(100, 'x'));
  tree.write("m/x-Q8-00001-of-00002.gguf", "GGUF" + std::string(80, 'x'));
  tree.write("m/x-Q8-00002-of-00002.gguf", "GGUF" + std::string(80, 'x'));
  const auto model = resolve_path(tree, "m");
  ASSERT_TRUE(model);
  EXPECT_THAT(names(*model), ElementsAre("x-Q8-00001-of-00002.gguf", "x-Q8-00002-of-00002.gguf"));
}

TEST(Folder, without_anything_readable_is_an_error_that_says_what_is_read) {
  const TemporaryTree tree;
  tree.write("m/readme.txt", "hello");
  const auto model = resolve_path(tree, "m");
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, "FOLDER_WITHOUT_ARTIFACTS");
}

TEST(SingleFile, finds_its_role_by_content) {
  const TemporaryTree tree;
  tree.write("strange.name", tiny_safetensors());
  const auto model = resolve_path(tree, "strange.name");
  ASSERT_TRUE(model);
  EXPECT_EQ(model->files[0].role, "weights");
  EXPECT_EQ(model->origin, Origin::file);
}

TEST(SingleFile, that_cannot_be_used_is_an_error_of_its_own_kind) {
  const TemporaryTree tree;
  tree.write("empty.json", "");
  tree.write("pointer.safetensors", kPointer);
  tree.write("what.dat", "???");
  ASSERT_EQ(::mkfifo((tree.root() / "pipe").c_str(), 0600), 0);
  const auto code = [&](const char* name) {
    const auto model = resolve_path(tree, name);
    return model ? std::string{"ok"} : model.error().code;
  };
  EXPECT_EQ(code("none.json"), "ARTIFACT_MISSING");
  EXPECT_EQ(code("empty.json"), "ARTIFACT_EMPTY");
  EXPECT_EQ(code("pointer.safetensors"), "LFS_POINTER");
  EXPECT_EQ(code("what.dat"), "ARTIFACT_UNKNOWN");
  EXPECT_EQ(code("pipe"), "ARTIFACT_NOT_REGULAR");
}

TEST(Artifacts, keep_the_role_they_were_given_except_where_content_speaks) {
  const TemporaryTree tree;
  tree.write("c.json", kConfig);
  tree.write("w.bin", "GGUF....");
  Wanted wanted;
  wanted.id = "m";
  wanted.artifacts = {{"config", {"c.json"}}, {"weights", {"w.bin"}}, {"training-log", {}}};
  const auto model = resolve(wanted, plain(tree));
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_TRUE(model->has("config"));
  EXPECT_TRUE(model->has("gguf"));
  EXPECT_EQ(model->origin, Origin::artifacts);
}

TEST(Ids, of_paths_are_their_folders_and_become_unique) {
  const TemporaryTree tree;
  tree.write("a/base/config.json", kConfig);
  tree.write("b/base/config.json", kConfig);
  const auto environment = plain(tree);
  std::vector<Wanted> models{from_argument("a/base", "subject", environment),
                             from_argument("b/base/", "suspect", environment),
                             from_argument("a/base/config.json", "suspect", environment),
                             from_argument("org/name@main", "suspect", environment)};
  EXPECT_EQ(models[0].id, "base");
  EXPECT_EQ(models[2].id, "base/config.json");
  EXPECT_EQ(models[3].revision, "main");
  make_ids_unique(models);
  EXPECT_EQ(models[0].id, "a/base");
  EXPECT_EQ(models[1].id, "b/base");
  EXPECT_EQ(models[3].id, "org/name");
}

TEST(Ids, of_one_folder_named_twice_get_numbers) {
  const TemporaryTree tree;
  tree.write("m/config.json", kConfig);
  std::vector<Wanted> models(2, from_argument("m", "subject", plain(tree)));
  make_ids_unique(models);
  EXPECT_NE(models[0].id, models[1].id);
}

TEST(DigestMemory, agrees_with_the_published_digest_and_remembers_settled_files) {
  const TemporaryTree tree;
  const auto file = tree.write("abc", "abc");
  // SHA-256("abc"), FIPS 180-2 appendix B.1.
  const std::string expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  DigestMemory memory{tree.root() / "digests"};
  EXPECT_EQ(memory.unread_bytes(file), 3u);
  const auto first = memory.of(file);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->sha256, expected);
  EXPECT_EQ(first->bytes, 3u);
  EXPECT_FALSE(first->remembered);
  tree.write("abc", "abd");  // same size, written just now: must be read again
  EXPECT_NE(memory.of(file)->sha256, expected);
}

TEST(DigestMemory, cannot_be_fooled_by_a_file_that_is_not_there_or_no_file) {
  const TemporaryTree tree;
  DigestMemory memory{{}};
  EXPECT_FALSE(memory.of(tree.root() / "none"));
  EXPECT_FALSE(memory.of(tree.root()));
  EXPECT_EQ(memory.unread_bytes(tree.root() / "none"), 0u);
  EXPECT_EQ(memory.unread_bytes(tree.root()), 0u);
}

}  // namespace
}  // namespace pedigree::artifact
