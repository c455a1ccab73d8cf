// SPDX-License-Identifier: MIT
// Rows and columns as they are picked from files, and what a progress bar is told meanwhile.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "plugins/weight/compare/watch.hpp"
#include "plugins/weight/model/weight_ref.hpp"
#include "tests/support/open_store.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tensor_files.hpp"

namespace pedigree::weight {
namespace {
using pedigree::testing::OpenFolder;
using pedigree::testing::TemporaryFolder;

constexpr std::uint64_t kRows = 29, kColumns = 37;

/// Element (r, c) of the stored matrix is 100 r + c.
float stored(std::uint64_t r, std::uint64_t c) { return static_cast<float>(100 * r + c); }

TEST(WeightRef, picks_rows_and_columns_in_any_order) {
  TemporaryFolder folder;
  std::vector<float> values;
  for (std::uint64_t r = 0; r < kRows; ++r)
    for (std::uint64_t c = 0; c < kColumns; ++c) values.push_back(stored(r, c));
  folder.write("model.safetensors",
               pedigree::testing::safetensors_file({pedigree::testing::f32_tensor("w", {kRows, kColumns}, values)}));
  OpenFolder files{folder.path()};
  const auto store = files.store();
  ASSERT_TRUE(store.ok());
  const std::vector<std::uint32_t> rows = {3, 4, 5, 28, 0, 0, 11, 10}, columns = {36, 0, 1, 2, 17, 17};
  for (const bool transposed : {false, true}) {
    io::TensorRole role;
    role.transposed = transposed;
    const auto ref = whole_matrix(store->tensors()[0], role);
    ASSERT_TRUE(ref);
    const Matrix a = load_rows(*store, *ref, transposed ? columns : rows);
    const Matrix b = load_columns(*store, *ref, transposed ? rows : columns);
    const Matrix& of_rows = transposed ? b : a;
    const Matrix& of_columns = transposed ? a : b;
    ASSERT_EQ(of_rows.rows(), static_cast<Index>(rows.size()));
    ASSERT_EQ(of_columns.rows(), static_cast<Index>(columns.size()));
    for (std::size_t i = 0; i < rows.size(); ++i)
      for (std::uint64_t c = 0; c < kColumns; ++c)
        ASSERT_EQ(of_rows(static_cast<Index>(i), static_cast<Index>(c)), stored(rows[i], c));
    for (std::size_t i = 0; i < columns.size(); ++i)
      for (std::uint64_t r = 0; r < kRows; ++r)
        ASSERT_EQ(of_columns(static_cast<Index>(i), static_cast<Index>(r)), stored(r, columns[i]));
  }
}

TEST(WeightRef, picks_rows_that_end_inside_a_block) {
  // Q8_0: blocks of 32; rows of 48 begin and end in the middle of one. Value = 1 * q.
  TemporaryFolder folder;
  std::string data;
  for (int block = 0; block < 6; ++block) {
    data += pedigree::testing::raw(io::float_to_f16(1.0f));
    for (int i = 0; i < 32; ++i) data += static_cast<char>((block * 32 + i) % 100);
  }
  folder.write("m.gguf", pedigree::testing::GgufWriter{}.tensor("blk.0.ffn_up.weight", 8, {64, 3}, data).bytes());
  OpenFolder files{folder.path()};
  const auto store = files.store();
  ASSERT_TRUE(store.ok());
  auto ref = whole_matrix(store->tensors()[0], {});
  ASSERT_TRUE(ref);
  ref->inputs = 48;  // as one part of a fused matrix may lie
  ref->stored_outputs = ref->count = 4;
  const Matrix rows = load_rows(*store, *ref, {2, 3, 1});
  for (Index i = 0; i < 3; ++i)
    for (Index c = 0; c < 48; ++c)
      ASSERT_EQ(rows(i, c), static_cast<float>((std::vector{2, 3, 1}[static_cast<std::size_t>(i)] * 48 + c) % 100));
}

TEST(Watch, stages_move_forward_inside_their_part) {
  std::vector<double> seen;
  Watch watch;
  watch.progress = [&](double fraction, std::string_view) { seen.push_back(fraction); };
  const Watch half = watch.part(0.5, 1.0);
  half.next_stage().report(0.5, "");  // the first half of [0.5, 1]: middle 0.625
  half.next_stage().report(1.0, "");  // [0.75, 0.875]
  half.next_stage().report(0.0, "");
  EXPECT_THAT(seen, ::testing::ElementsAre(0.625, 0.875, 0.875));
}

}  // namespace
}  // namespace pedigree::weight
