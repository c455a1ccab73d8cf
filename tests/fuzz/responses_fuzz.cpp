// SPDX-License-Identifier: MIT
// LINK: pedigree_io nlohmann_json::nlohmann_json
// Recorded answers: an error with a code, or answers that are UTF-8, joined once each, and never usable when empty.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

#include "pedigree/io/responses.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto set = pedigree::io::read_answers("fuzz.jsonl", {reinterpret_cast<const char*>(data), size});
  if (!set.ok()) {
    if (set.error().code.empty()) std::abort();
    return 0;
  }
  std::set<std::string> keys;
  for (const auto& answer : set->answers) {
    (void)nlohmann::json(answer.text).dump();  // throws on anything but UTF-8
    (void)nlohmann::json(answer.prompt).dump();
    if (answer.state != pedigree::io::AnswerState::usable) continue;
    if (answer.text.find_first_not_of(" \t\r\n") == std::string::npos) std::abort();
    const auto key = pedigree::io::AnswerSet::join_key(answer);
    if (!key.empty() && !keys.insert(key).second) std::abort();
  }
  return 0;
}
