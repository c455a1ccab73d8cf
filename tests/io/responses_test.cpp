// SPDX-License-Identifier: MIT
// Recorded answers in files of any size: what is found does not depend on where a piece of the file ends, and what is
// held is bounded.
#include "pedigree/io/responses.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <span>
#include <string>

#include "sdk/io/src/responses/answer_files.hpp"
#include "tests/io/sparse_file.hpp"
#include "tests/support/temporary_folder.hpp"

namespace pedigree::io {
namespace {

std::string row(int i, const std::string& text = "x") {
  return R"({"prompt_id": "p)" + std::to_string(i) + R"(", "prompt": "q)" + std::to_string(i) + R"(", "response": ")" +
         text + std::to_string(i) + R"("})";
}

/// Read in pieces of 4 KiB and rows of 64 KiB, so that 120 kB are more than a row.
Result<AnswerSet> read_small(std::string_view name, std::string_view text) {
  return responses::read_answers(ByteSource{std::string{name}, std::as_bytes(std::span{text})}, {4096, 65'536});
}

/// Every answer is there, in order, with its own prompt.
void expect_all(const Result<AnswerSet>& set, int count, const std::string& text) {
  ASSERT_TRUE(set.ok()) << set.error().text();
  ASSERT_EQ(set->answers.size(), static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    const auto& answer = set->answers[static_cast<std::size_t>(i)];
    ASSERT_EQ(answer.prompt, "q" + std::to_string(i));
    ASSERT_EQ(answer.text, text + std::to_string(i));
    ASSERT_EQ(answer.state, AnswerState::usable);
  }
  EXPECT_FALSE(set->cut_short);
}

/// Texts of a length that no piece of the file is a multiple of; brackets, braces and escaped quotes in strings.
const std::string kOdd = std::string(991, 'o') + " ] } [ { , ";

TEST(Responses, a_list_larger_than_a_row_may_be_is_read_element_by_element) {
  for (const bool pretty : {false, true}) {
    std::string text = pretty ? "[\n  " : "[";
    for (int i = 0; i < 120; ++i) text += (i == 0 ? "" : pretty ? ",\n  " : ",") + row(i, kOdd);
    expect_all(read_small("a.json", text + "]\n"), 120, kOdd);
  }
}

TEST(Responses, a_list_of_12_mb_is_read) {
  // 120 rows of 100 kB: over the 8 MiB that are parsed in one piece.
  const std::string filler(100'000, 'f');
  std::string text = "[";
  for (int i = 0; i < 120; ++i) text += (i == 0 ? "" : ",") + row(i, filler);
  expect_all(read_answers("a.json", text + "]"), 120, filler);
}

TEST(Responses, rows_inside_named_lists_are_found_at_any_size) {
  std::string text = R"({"model": "m \" ] ", "config": {"temperature": 0}, "results": {"task": [)";
  for (int i = 0; i < 120; ++i) text += (i == 0 ? "" : ",") + row(i, kOdd);
  expect_all(read_small("a.json", text + R"(]}, "end": null, "n": -1.5e3})"), 120, kOdd);
}

TEST(Responses, where_a_piece_ends_changes_nothing) {
  // An escape on each side of the end of the first piece.
  for (const int shift : {0, 1, 2, 3}) {
    const std::string filler(Feed::kChunk - 40 - static_cast<std::size_t>(shift), 'f');
    std::string escaped;
    for (int k = 0; k < 20; ++k) escaped += R"(\"\\)";
    const auto text = R"([{"id": 1, "question": "a", "answer": ")" + filler + escaped + "\"},\n" + R"({"id": 2,
      "question": "b", "answer": "second"}])";
    const auto set = read_answers("a.json", text);
    ASSERT_TRUE(set.ok()) << set.error().text();
    ASSERT_EQ(set->answers.size(), 2u) << shift;
    EXPECT_EQ(set->answers[1].text, "second");
    const auto csv = read_answers("a.csv", "id,prompt,response\n1,a,\"" + filler + "\"\"\"\"x,\n\"\ny,b,second\n");
    ASSERT_TRUE(csv.ok());
    ASSERT_EQ(csv->answers.size(), 2u) << shift;
    EXPECT_EQ(csv->answers[0].text, filler + "\"\"x,\n");
    EXPECT_EQ(csv->answers[1].text, "second");
  }
}

TEST(Responses, a_large_document_that_breaks_off_or_does_not_fit_is_an_error_with_its_place) {
  std::string text = "[";
  for (int i = 0; i < 120; ++i) text += row(i, kOdd) + ",";
  for (const auto& [end, code] : std::vector<std::pair<std::string, std::string>>{{"", "JSON_SYNTAX"},
                                                                                  {"{\"id\": 1", "JSON_SYNTAX"},
                                                                                  {"{\"id\" 1}]", "JSON_SYNTAX"},
                                                                                  {"{}}", "JSON_SYNTAX"},
                                                                                  {"\"open", "JSON_SYNTAX"},
                                                                                  {"{}] x", "JSON_SYNTAX"}}) {
    const auto set = read_small("a.json", text + end);
    ASSERT_FALSE(set.ok()) << end;
    EXPECT_EQ(set.error().code, code) << end;
    EXPECT_NE(set.error().place.find("byte"), std::string::npos) << set.error().text();
  }
}

TEST(Responses, containers_too_large_and_too_deep_are_refused) {
  const auto set = read_answers("a.json", std::string(40, '[') + std::string(std::size_t{9} << 20, ' '));
  ASSERT_FALSE(set.ok());
  EXPECT_EQ(set.error().code, "JSON_SYNTAX");
}

TEST(Responses, a_line_too_large_costs_only_itself) {
  const auto text = row(0) + "\n{\"prompt_id\": \"big\", \"response\": \"" + std::string(std::size_t{9} << 20, 'x') +
                    "\"}\n" + row(1) + "\n";
  const auto set = read_answers("a.jsonl", text);
  ASSERT_TRUE(set.ok());
  EXPECT_EQ(set->answers.size(), 2u);
  EXPECT_EQ(set->rows_skipped, 1u);
}

/// Largest resident memory of this process so far, MiB.
long peak() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

TEST(Responses, a_line_of_256_mib_takes_the_memory_of_its_window) {
  testing::TemporaryFolder folder;
  const OpenFile lines{sparse(folder.path(), row(0) + "\n", std::uint64_t{256} << 20, "\n" + row(1) + "\n")};
  const auto before = peak();
  const auto set = read_answers(lines.source());
  ASSERT_TRUE(set.ok()) << set.error().text();
  EXPECT_EQ(set->answers.size(), 2u);
  EXPECT_LE(peak() - before, 200);  // a row of 8 MiB, its copy and what a sanitizer keeps of either
}

TEST(Responses, what_is_kept_is_bounded_and_said) {
  std::string line = R"({"id": 7, "question": "q", "answer": ["a")", text;
  for (int i = 1; i < 32; ++i) line += R"(,"a")";
  line += "]}\n";
  for (int i = 0; i < 16'000; ++i) text += line;  // 512,000 answers
  const auto set = read_answers("a.jsonl", text);
  ASSERT_TRUE(set.ok());
  EXPECT_EQ(set->answers.size(), 500'000u);
  EXPECT_TRUE(set->cut_short);
}

}  // namespace
}  // namespace pedigree::io
