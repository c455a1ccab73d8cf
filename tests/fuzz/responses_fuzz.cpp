// SPDX-License-Identifier: MIT
// LINK: pedigree_io nlohmann_json::nlohmann_json
// Recorded answers: an error with a code, or answers that are UTF-8, joined once each, and never usable when empty.
// Where the pieces of the file end changes nothing; a file of rows too large to be parsed whole ends in an outcome too.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>
#include <span>

#include "pedigree/io/responses.hpp"
#include "sdk/io/src/responses/answer_files.hpp"

namespace {

namespace io = pedigree::io;

void check_walks(const io::ByteSource& source, const io::Result<io::AnswerSet>& whole) {
  io::responses::Walk walk;
  for (const std::size_t piece : {1u, 3u, 64u}) {
    walk.piece = piece;
    const auto pieces = io::responses::read_answers(source, walk);
    if (pieces.ok() != whole.ok()) std::abort();
    if (!pieces.ok() && pieces.error().code != whole.error().code) std::abort();
    if (!pieces.ok()) continue;
    if (pieces->answers.size() != whole->answers.size() || pieces->rows_skipped != whole->rows_skipped) std::abort();
    for (std::size_t i = 0; i < pieces->answers.size(); ++i)
      if (pieces->answers[i].text != whole->answers[i].text || pieces->answers[i].prompt != whole->answers[i].prompt ||
          pieces->answers[i].state != whole->answers[i].state)
        std::abort();
  }
  for (const std::size_t row : {1u, 16u, 100u}) {
    walk.row = row;
    const auto set = io::responses::read_answers(source, walk);
    if (!set.ok() && set.error().code.empty()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const io::ByteSource source{"fuzz.jsonl", std::as_bytes(std::span{data, size})};
  const auto set = io::read_answers(source);
  if (size <= 4096) check_walks(source, set);
  if (!set.ok()) {
    if (set.error().code.empty()) std::abort();
    return 0;
  }
  std::set<std::string> keys;
  for (const auto& answer : set->answers) {
    (void)nlohmann::json(answer.text).dump();  // throws on anything but UTF-8
    (void)nlohmann::json(answer.prompt).dump();
    if (answer.state != io::AnswerState::usable) continue;
    if (answer.text.find_first_not_of(" \t\r\n") == std::string::npos) std::abort();
    const auto key = io::AnswerSet::join_key(answer);
    if (!key.empty() && !keys.insert(key).second) std::abort();
  }
  return 0;
}
