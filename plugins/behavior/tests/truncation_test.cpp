// SPDX-License-Identifier: MIT
// Answers that a limit of tokens cut off: left out pair by pair and counted, but where the same limit cut both.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "pedigree/io/responses.hpp"
#include "plugins/behavior/analyzers/agreement.hpp"
#include "plugins/behavior/analyzers/lineage_tree.hpp"
#include "tests/support/run_analyzer.hpp"

namespace pedigree::behavior {
namespace {

using nlohmann::json;
using testing::Model;

/// `count` answers of eight words; the first `cut` of them end by the limit (none recorded when 0).
std::string answers(int seed, int count, int cut, int limit) {
  std::string lines;
  for (int i = 0; i < count; ++i) {
    json row{{"prompt", "prompt " + std::to_string(i)}, {"finish_reason", i < cut ? "length" : "stop"}};
    std::string text;
    for (int w = 0; w < 8; ++w) text += "w" + std::to_string((i * 31 + w * 7 + (w > 2 ? seed : 0) * 13) % 97) + " ";
    row["response"] = text;
    if (limit > 0) row["max_tokens"] = limit;
    lines += row.dump() + "\n";
  }
  return lines;
}

Model model(const std::string& id, const std::string& text) { return {id, {}, {{"responses", id + ".jsonl", text}}}; }

json details_of(const testing::RunResult& result, const std::string& reference) {
  const auto* found = result.find("behavior.agreement", reference);
  return found == nullptr ? json{} : json::parse(found->details_json);
}

TEST(Truncation, an_answer_cut_on_one_side_is_left_out_of_the_pair_and_counted) {
  const auto result =
      testing::run_analyzer<Agreement>({model("s", answers(1, 60, 20, 64)), model("a", answers(2, 60, 0, 64)),
                                        model("b", answers(3, 60, 0, 64)), model("c", answers(4, 60, 0, 64))});
  const auto* found = result.find("behavior.agreement", "a");
  ASSERT_NE(found, nullptr) << result.error;
  EXPECT_EQ(json::parse(found->params_json)["prompts"], 40);  // 60 pairs, 20 with a cut answer
  EXPECT_EQ(details_of(result, "a")["truncated_pairs"], 20);
  EXPECT_EQ(details_of(result, "a")["dropped_subject"]["truncated"], 20);
}

TEST(Truncation, answers_cut_by_the_same_limit_are_the_same_stretch) {
  const auto run = [](int limit) {
    return testing::run_analyzer<Agreement>({model("s", answers(1, 60, 60, 16)), model("a", answers(2, 60, 60, limit)),
                                             model("b", answers(3, 60, 60, 16)), model("c", answers(4, 60, 60, 16))});
  };
  EXPECT_EQ(details_of(run(16), "a")["truncated_pairs"], 0);
  EXPECT_EQ(run(32).find("behavior.agreement", "a"), nullptr);  // another limit
  EXPECT_EQ(run(0).find("behavior.agreement", "a"), nullptr);   // an unknown one
  EXPECT_NE(run(0).find("behavior.agreement", "b"), nullptr);
}

TEST(Truncation, too_few_pairs_left_is_an_abstention_that_says_why) {
  const auto result = testing::run_analyzer<Agreement>(
      {model("s", answers(1, 60, 50, 0)), model("a", answers(2, 60, 0, 0)), model("b", answers(3, 60, 0, 0))});
  EXPECT_EQ(result.status, PEDIGREE_NOT_APPLICABLE);
  std::string said;
  for (const auto& line : result.log) said += line + "\n";
  EXPECT_NE(said.find("50 pairs with an answer that a limit of tokens cut off"), std::string::npos) << said;
}

TEST(Truncation, a_tree_takes_beginnings_that_the_cut_came_after) {
  std::vector<Model> models;
  for (int m = 0; m < 4; ++m) models.push_back(model("m" + std::to_string(m), answers(m, 60, 60, 0)));
  // Alleles are the first two words; all answers have eight.
  EXPECT_EQ(testing::run_analyzer<LineageTree>(models).status, PEDIGREE_OK);
}

TEST(Truncation, the_limit_is_read_where_recorders_keep_it) {
  const auto limit = [](const std::string& row) {
    const auto set = io::read_answers("r.jsonl", row + "\n");
    return set.ok() && !set->answers.empty() ? set->answers[0].token_limit.value_or(-1) : -2;
  };
  EXPECT_EQ(limit(R"({"prompt":"p","response":"r","finish_reason":"length","max_tokens":64})"), 64);
  EXPECT_EQ(limit(R"({"prompt":"p","response":"r","params":{"max_tokens":48}})"), 48);
  EXPECT_EQ(limit(R"({"custom_id":"1","response":{"body":{"choices":[{"finish_reason":"length","message":)"
                  R"({"content":"r"}}],"usage":{"completion_tokens":32}}}})"),
            32);
  EXPECT_EQ(limit(R"({"prompt":"p","response":"r","finish_reason":"stop","usage":{"completion_tokens":5}})"), -1);
}

}  // namespace
}  // namespace pedigree::behavior
