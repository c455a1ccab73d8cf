// SPDX-License-Identifier: MIT
// Weights stored in eight and four bits with their scales beside them, as the makers' tools write them.
// Codes used below: E4M3 0x38 is 1, 0x40 is 2, 0xB8 is -1 (bias 7); E2M1 0..7 are 0 .5 1 1.5 2 3 4 6,
// with 8 added for the minus sign; E8M0 127 is 1, 128 is 2, 126 is one half.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "pedigree/io/digest.hpp"
#include "pedigree/io/tensor_role.hpp"
#include "pedigree/io/tensor_store.hpp"
#include "tests/support/open_store.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tensor_files.hpp"

namespace pedigree::io {
namespace {
using pedigree::testing::f32_tensor;
using pedigree::testing::OpenFolder;
using pedigree::testing::raw;
using pedigree::testing::safetensors_file;
using pedigree::testing::StoredTensor;
using pedigree::testing::TemporaryFolder;
using ::testing::Each;
using ::testing::ElementsAre;

/// A model of one file, open as long as this object lives.
struct Model {
  explicit Model(const std::vector<StoredTensor>& tensors) {
    folder.write("model.safetensors", safetensors_file(tensors));
    files = std::make_unique<OpenFolder>(folder.path());
    auto opened = files->store();
    if (!opened) throw std::runtime_error(opened.error().text());
    store = std::make_unique<TensorStore>(std::move(*opened));
  }
  const TensorInfo& tensor(std::string_view name) const { return *store->find(name); }
  std::vector<float> values(std::string_view name, std::uint64_t first, std::size_t count) const {
    std::vector<float> out(count);
    const auto read = store->read_floats(tensor(name), first, out);
    EXPECT_TRUE(read.ok()) << read.error().text();
    return out;
  }
  std::vector<float> values(std::string_view name) const { return values(name, 0, tensor(name).elements); }
  std::string refusal(std::string_view name) const {
    std::vector<float> out(tensor(name).elements);
    const auto read = store->read_floats(tensor(name), 0, out);
    return read.ok() ? "read" : read.error().code;
  }
  std::vector<std::string> codes() const {
    std::vector<std::string> out;
    for (const auto& n : store->notices()) out.push_back(n.code);
    return out;
  }

  TemporaryFolder folder;
  std::unique_ptr<OpenFolder> files;
  std::unique_ptr<TensorStore> store;
};

StoredTensor bytes(std::string name, std::string dtype, std::vector<std::uint64_t> shape, std::string data) {
  return {std::move(name), std::move(dtype), std::move(shape), std::move(data)};
}
StoredTensor floats(std::string name, std::vector<std::uint64_t> shape, std::vector<float> values) {
  return f32_tensor(std::move(name), std::move(shape), values);
}

TEST(ScaledWeights, blocks_of_128_are_multiplied_by_their_scale) {
  const std::size_t rows = 130, columns = 257;  // the last blocks are short: 2 rows, 1 column
  const Model model{{bytes("l.weight", "F8_E4M3", {rows, columns}, std::string(rows * columns, '\x38')),
                     floats("l.weight_scale_inv", {2, 3}, {1, 2, 3, 10, 20, 30})}};
  const auto all = model.values("l.weight");
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c)
      ASSERT_EQ(all[r * columns + c], (r < 128 ? 1.0f : 10.0f) * static_cast<float>(c / 128 + 1)) << r << " " << c;
  // From the middle of one row to the middle of the next, across the rows' block boundary.
  const auto part = model.values("l.weight", 127 * columns + 255, 4);
  EXPECT_THAT(part, ElementsAre(2, 3, 10, 10));
  EXPECT_THAT(model.codes(), ElementsAre());
}

TEST(ScaledWeights, one_scale_per_row_and_one_for_all) {
  const std::string codes = "\x38\x40\xB8\x38\x40\xB8";
  for (const auto& shape : {std::vector<std::uint64_t>{3, 1}, std::vector<std::uint64_t>{3}}) {
    const Model model{{bytes("l.weight", "F8_E4M3", {3, 2}, codes), floats("l.weight_scale", shape, {0.5f, 4, 8})}};
    EXPECT_THAT(model.values("l.weight"), ElementsAre(0.5f, 1, -4, 4, 16, -8));
  }
  for (const auto& shape : {std::vector<std::uint64_t>{}, std::vector<std::uint64_t>{1}}) {
    const Model model{{bytes("l.weight", "F8_E4M3", {3, 2}, codes), floats("l.weight_scale", shape, {3}),
                       floats("l.input_scale", {}, {99})}};
    EXPECT_THAT(model.values("l.weight"), ElementsAre(3, 6, -3, 3, 6, -3));
  }
}

TEST(ScaledWeights, integers_lose_their_zero_point_first) {
  const Model model{{bytes("l.weight", "I8", {2, 2}, std::string("\x01\x7F\x80\x00", 4)),
                     floats("l.weight_scale", {2, 1}, {2, 0.5f}),
                     bytes("l.weight_zero_point", "I8", {2, 1}, std::string("\x01\xFE", 2))}};
  EXPECT_THAT(model.values("l.weight"), ElementsAre(0, 252, -63, 1));  // (127-1)*2, (-128+2)/2, (0+2)/2
}

TEST(ScaledWeights, bitsandbytes_rows_are_parts_of_their_maximum) {
  const Model model{
      {bytes("l.weight", "I8", {2, 2}, std::string("\x7F\x00\x7F\x7F", 4)), floats("l.SCB", {2}, {127, 254})}};
  EXPECT_THAT(model.values("l.weight"),
              ElementsAre(::testing::FloatEq(127), 0, ::testing::FloatEq(254), ::testing::FloatEq(254)));
}

TEST(ScaledWeights, microscaled_experts_of_gpt_oss) {
  // One expert, two rows, one group of 32 values: 16 bytes, the low half first.
  std::string blocks(32, '\0');
  blocks[0] = '\x21';   // 0.5, 1
  blocks[1] = '\xF7';   // 6, -6
  blocks[16] = '\x0A';  // -1, 0
  const Model model{{bytes("model.layers.0.mlp.experts.gate_up_proj_blocks", "U8", {1, 2, 1, 16}, blocks),
                     bytes("model.layers.0.mlp.experts.gate_up_proj_scales", "U8", {1, 2, 1}, "\x80\x7E"),
                     floats("model.layers.0.mlp.experts.gate_up_proj_bias", {1, 2}, {0, 0})}};
  const std::string name = "model.layers.0.mlp.experts.gate_up_proj_blocks";
  const auto& tensor = model.tensor(name);
  EXPECT_THAT(tensor.shape, ElementsAre(1u, 2u, 32u));
  EXPECT_EQ(tensor.elements, 64u);
  EXPECT_EQ(tensor.bytes, 32u);
  const auto all = model.values(name);
  EXPECT_THAT(std::vector(all.begin(), all.begin() + 5), ElementsAre(1, 2, 12, -12, 0));  // times 2
  EXPECT_THAT(std::vector(all.begin() + 32, all.begin() + 34), ElementsAre(-0.5f, 0));    // times one half
  const auto roles = tensor_roles(*model.store, {.hidden = 32});
  const auto place = static_cast<std::size_t>(&tensor - model.store->tensors().data());
  EXPECT_EQ(roles.roles[place].role, Role::kExpertGateUp);
  EXPECT_EQ(roles.roles[place].part, Part::kWeight);
  EXPECT_EQ(roles.roles[place].layout, Layout::kInterleaved);
  EXPECT_FALSE(roles.roles[place].transposed);
}

TEST(ScaledWeights, four_bits_in_groups_of_sixteen_with_a_second_scale) {
  const std::string codes(16, '\x22');    // 32 values of 1, as 2 rows of 16
  const std::string scales = "\x38\x40";  // 1 and 2
  const auto weight = [&](const char* name) { return bytes(name, "U8", {2, 8}, codes); };
  const auto scale = bytes("l.weight_scale", "F8_E4M3", {2, 1}, scales);
  const Model modelopt{{weight("l.weight"), scale, floats("l.weight_scale_2", {}, {0.25f})}};
  const auto one = modelopt.values("l.weight");
  EXPECT_THAT(modelopt.tensor("l.weight").shape, ElementsAre(2u, 16u));
  EXPECT_THAT(std::vector(one.begin(), one.begin() + 16), Each(0.25f));
  EXPECT_THAT(std::vector(one.begin() + 16, one.end()), Each(0.5f));
  const Model compressed{{weight("l.weight_packed"), scale, floats("l.weight_global_scale", {1}, {4})}};
  EXPECT_EQ(compressed.values("l.weight_packed"), one);  // the reciprocal is stored: 1 / 4
}

TEST(ScaledWeights, stacked_experts_have_scales_of_their_own) {
  const Model model{{bytes("mlp.experts.down_proj", "F8_E4M3", {2, 1, 256}, std::string(512, '\x38')),
                     floats("mlp.experts.down_proj_scale_inv", {2, 1, 2}, {1, 2, 3, 4})}};
  const auto all = model.values("mlp.experts.down_proj");
  EXPECT_THAT((std::vector{all[0], all[127], all[128], all[255], all[256], all[511]}), ElementsAre(1, 1, 2, 2, 3, 4));
  const auto middle = model.values("mlp.experts.down_proj", 255, 2);
  EXPECT_THAT(middle, ElementsAre(2, 3));
}

TEST(ScaledWeights, floats_of_eight_bits_without_scales_are_what_they_are) {
  const Model model{{bytes("l.weight", "F8_E4M3", {1, 3}, "\x38\x40\xB8")}};
  EXPECT_THAT(model.values("l.weight"), ElementsAre(1, 2, -1));
  EXPECT_TRUE(model.tensor("l.weight").readable());
}

TEST(ScaledWeights, what_cannot_be_undone_is_never_read_as_numbers) {
  const Model model{
      {bytes("g.qweight", "I32", {1, 2}, std::string(8, 'x')), bytes("g.qzeros", "I32", {1, 1}, std::string(4, 'x')),
       bytes("c.weight_packed", "I32", {1, 2}, std::string(8, 'x')), floats("c.weight_scale", {1, 1}, {1}),
       bytes("b.weight", "U8", {4, 1}, "abcd"), floats("b.weight.absmax", {1}, {1}),
       bytes("m.weight", "F8_E4M3", {7, 2}, std::string(14, 'x')),
       floats("m.weight_scale", {5, 2}, std::vector(10, 1.f)), bytes("f.weight", "U8", {1, 64}, std::string(64, 'x')),
       bytes("f.weight_scale", "F8_E4M3", {1, 1}, "x")}};
  for (const auto* name : {"g.qweight", "c.weight_packed", "b.weight", "m.weight", "f.weight"}) {
    EXPECT_FALSE(model.tensor(name).readable()) << name;
    EXPECT_EQ(model.refusal(name), "DTYPE_PACKED") << name;
  }
  EXPECT_THAT(model.codes(), ElementsAre("STORE_PACKED", "STORE_PACKED", "STORE_PACKED", "STORE_PACKED"));
  EXPECT_TRUE(sha256_of_tensor(*model.store, model.tensor("g.qweight")).ok());
}

TEST(ScaledWeights, a_file_of_scales_that_shrinks_is_an_error) {
  TemporaryFolder folder;
  folder.write("1.safetensors", safetensors_file({bytes("l.weight", "F8_E4M3", {4, 4}, std::string(16, '\x38'))}));
  const auto path = folder.write("2.safetensors", safetensors_file({floats("l.weight_scale", {4, 1}, {1, 2, 3, 4})}));
  OpenFolder files{folder.path()};
  const auto store = files.store();
  ASSERT_TRUE(store.ok());
  std::vector<float> out(16);
  EXPECT_TRUE(store->read_floats(*store->find("l.weight"), 0, out).ok());
  EXPECT_EQ(out[15], 4.0f);
  std::filesystem::resize_file(path, 20);
  EXPECT_EQ(store->read_floats(*store->find("l.weight"), 0, out).error().code, "READ_CHANGED");
}

}  // namespace
}  // namespace pedigree::io
