// SPDX-License-Identifier: MIT
// Logs read in pieces: what is found does not depend on where a piece ends, and files may be larger than what may be
// held.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "pedigree/io/training_log.hpp"
#include "sdk/io/src/feed.hpp"
#include "sdk/io/src/training_log/flat_objects.hpp"
#include "sdk/io/src/training_log/word_scan.hpp"
#include "tests/io/sparse_file.hpp"
#include "tests/support/temporary_folder.hpp"

namespace pedigree::io {
namespace {

using training_log::FlatObject;
using training_log::FlatObjects;
using training_log::WordScan;

TEST(WordScan, finds_what_a_search_for_each_word_finds) {
  const std::vector<std::string_view> words{"loss", "trl:", "from_pretrained", "[step="};
  const WordScan scan{words};
  const std::string pieces[] = {"x",        "lo",    "los",    "loss", "LOSS", "trl",    "trl:", "from_pretrained",
                                "from_pre", "[step", "[step=", "\n",   " ",    "sslosl", "\xff"};
  std::uint64_t state = 5;
  for (int trial = 0; trial < 2000; ++trial) {
    std::string text, lowered;
    for (int k = 0; k < 6; ++k) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      text += pieces[(state >> 33) % std::size(pieces)];
    }
    for (const char c : text) lowered += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    auto first = std::string::npos;
    for (const auto word : words) first = std::min(first, lowered.find(word));
    ASSERT_EQ(scan.find(text), first) << text;
  }
}

TEST(FlatObjects, pieces_give_what_the_whole_gives) {
  std::string text = "{\"log_history\": [";
  for (int i = 0; i < 200; ++i)
    text += "{\"step\": " + std::to_string(i) +
            ", \"note\": \"a } b\", \"mem\": {\"gpu\": 1}, \"loss\": " + std::to_string(200 - i) + ".5},\n  ";
  text += "{}]}";
  const auto collect = [](std::vector<double>& out) {
    return [&out](const FlatObject& object) {
      bool loss = false;
      for (const auto& [name, value] : object.numbers)
        if (name == "loss") {
          out.push_back(value);
          loss = true;
        }
      return loss;
    };
  };
  std::vector<double> whole;
  EXPECT_TRUE(training_log::each_flat_object(text, collect(whole)));
  ASSERT_EQ(whole.size(), 200u);
  for (const std::size_t piece : {1u, 7u, 64u, 1000u}) {
    std::vector<double> found;
    FlatObjects objects{collect(found)};
    std::string window;
    for (std::size_t at = 0; at < text.size() || !window.empty();) {
      window += text.substr(at, piece);
      at = std::min(text.size(), at + piece);
      window.erase(0, objects.read(window, at == text.size()));
    }
    EXPECT_EQ(found, whole) << piece;
    EXPECT_FALSE(objects.open());
  }
}

TEST(Streaming, a_window_never_grows_past_its_pieces) {
  testing::TemporaryFolder folder;
  const OpenFile file{sparse(folder.path(), "a\n", std::uint64_t{64} << 20, "\nb\n")};
  const auto source = file.source();
  Feed feed{source};
  std::size_t largest = 0, lines = 0;
  LineFeed reader{feed};
  std::string_view line;
  while (reader.next(line)) {
    ++lines;
    largest = std::max(largest, std::max(line.size(), feed.ahead().size()));
  }
  EXPECT_EQ(lines, 3u);
  EXPECT_LE(largest, 2 * Feed::kChunk);
}

TEST(Streaming, a_line_of_64_mib_is_passed_over_and_both_ends_are_read) {
  testing::TemporaryFolder folder;
  const OpenFile file{sparse(folder.path(), "iter 1: loss 10.5\n" + std::string(5000, ' '), std::uint64_t{64} << 20,
                             "\niter 2: loss 10.25\n")};
  const auto log = read_training_log(file.source());
  ASSERT_TRUE(log.ok()) << log.error().text();
  ASSERT_EQ(log->points.size(), 2u);
  EXPECT_DOUBLE_EQ(*log->points[1].loss, 10.25);
}

TEST(Streaming, a_file_that_shrinks_is_an_error_with_a_code) {
  testing::TemporaryFolder folder;
  const auto path = sparse(folder.path(), "iter 1: loss 10.5\n" + std::string(9000, '\n'), 5u << 20, "x");
  const OpenFile file{path};
  const auto source = file.source();
  std::filesystem::resize_file(path, 100);
  const auto log = read_training_log(source);
  ASSERT_FALSE(log.ok());
  EXPECT_EQ(log.error().code, "READ_CHANGED");
}

TEST(Streaming, a_million_points_are_thinned_evenly_and_kinds_are_kept_apart) {
  std::string text = "step,loss,val_loss\n";
  for (int i = 0; i < 500'000; ++i) {
    const auto step = std::to_string(i);
    text += step + ",3.5,\n" + step + ",,3.25\n";  // strictly alternating: one in two must not lose a kind
  }
  const auto read = read_training_log("train.csv", text);
  ASSERT_TRUE(read.ok());
  const auto& log = *read;
  EXPECT_LE(log.points.size(), TrainingLog::kMaximumPoints);
  EXPECT_GT(log.points.size(), TrainingLog::kMaximumPoints / 3);
  EXPECT_GE(log.kept_every, 5u);
  std::size_t training = 0, held_out = 0;
  double last = -1, widest = 0;
  for (const auto& point : log.points) {
    training += point.loss ? 1 : 0;
    held_out += point.eval_loss ? 1 : 0;
    if (!point.loss) continue;
    widest = std::max(widest, *point.step - last);
    last = *point.step;
  }
  EXPECT_NEAR(static_cast<double>(training), static_cast<double>(held_out), 2);
  EXPECT_LE(widest, 2 * static_cast<double>(log.kept_every));
  EXPECT_GT(last, 499'000);
}

}  // namespace
}  // namespace pedigree::io
