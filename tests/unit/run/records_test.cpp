// SPDX-License-Identifier: MIT
#include "framework/run/records.hpp"

#include <gtest/gtest.h>

#include "framework/run/result_cache.hpp"
#include "tests/unit/artifact/temporary_tree.hpp"

namespace pedigree::run {
namespace {

JobResult sample(OutcomeKind kind = OutcomeKind::ok) {
  EvidenceRecord record;
  record.analyzer = "weight.match";
  record.family = Family::weight;
  record.signal = "weight.hidden-unit-match";
  record.reference = "base";
  record.component = "text_decoder";
  record.value = 0.1;
  record.unit = "fraction";
  record.log10_lr = 6;
  record.log10_p = -812.4;
  record.relation = "derived";
  record.summary_key = "match";
  record.params = {{"share", 0.3}, {"name", "\xED\x95\x9C"}};
  record.details = {{"layers", {1, 2, 3}}};
  JobResult result;
  result.outcome.analyzer = "weight.match";
  result.outcome.family = Family::weight;
  result.outcome.kind = kind;
  result.outcome.seconds = 0.25;
  result.evidence = {record};
  result.sandbox = {"rlimits"};
  return result;
}

TEST(Records, come_back_as_they_were) {
  const auto lines = to_lines("k", sample());
  const auto back = from_lines(lines);
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(back[0].first, "k");
  EXPECT_EQ(to_lines("k", back[0].second), lines);
  EXPECT_EQ(back[0].second.evidence[0].log10_p, -812.4);
}

TEST(Records, torn_anywhere_give_a_whole_result_or_none) {
  const auto lines = to_lines("k", sample());
  for (std::size_t size = 0; size < lines.size(); ++size)
    EXPECT_TRUE(from_lines(lines.substr(0, size)).empty()) << "cut to " << size;
}

TEST(Records, line_torn_by_a_crash_spoils_only_its_own_result) {
  const auto whole = to_lines("a", sample());
  const auto torn = to_lines("b", sample()).substr(0, 40) + "\n";
  const auto back = from_lines(whole + torn + to_lines("c", sample()));
  ASSERT_EQ(back.size(), 2u);
  EXPECT_EQ(back[0].first, "a");
  EXPECT_EQ(back[1].first, "c");
}

TEST(Records, result_that_lost_a_piece_of_evidence_is_not_whole) {
  const auto lines = to_lines("k", sample());
  EXPECT_TRUE(from_lines(lines.substr(lines.find('\n') + 1)).empty());
}

TEST(Records, later_result_of_a_key_replaces_the_earlier) {
  const auto back = from_lines(to_lines("k", sample(OutcomeKind::crashed)) + to_lines("k", sample()));
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(back[0].second.outcome.kind, OutcomeKind::ok);
}

TEST(ResultCache, keeps_only_results_that_need_no_second_try) {
  const testing::TemporaryTree tree;
  const ResultCache cache{tree.root() / "cache"};
  const std::string key(64, 'a'), failed(64, 'b');
  cache.keep(key, sample());
  cache.keep(failed, sample(OutcomeKind::timed_out));
  ASSERT_TRUE(cache.find(key));
  EXPECT_TRUE(cache.find(key)->cached);
  EXPECT_FALSE(cache.find(failed));
}

TEST(ResultCache, damaged_entry_is_no_entry) {
  const testing::TemporaryTree tree;
  const ResultCache cache{tree.root()};
  const std::string key(64, 'a');
  cache.keep(key, sample());
  tree.write("results/aa/" + key + ".ndjson", "{\"t\": \"evidence\"");
  EXPECT_FALSE(cache.find(key));
}

}  // namespace
}  // namespace pedigree::run
