// SPDX-License-Identifier: MIT
// Runs one fuzz target over its corpus, and over each entry cut short and with single bytes changed, in a normal build.
// A crash, a sanitizer report or a violated property (the target aborts) fails the program.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace pedigree::fuzz {
namespace {

constexpr std::size_t kCutsPerFile = 64;
constexpr std::size_t kChangesPerFile = 128;

std::vector<std::string> corpus() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(PEDIGREE_FUZZ_CORPUS)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<std::string> out;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    out.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return out;
}

void run(const std::string& input) {
  // a copy of exact size on the heap, so that a read past the end is seen
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

TEST(FuzzReplay, every_entry_of_the_corpus_is_handled) {
  const auto inputs = corpus();
  ASSERT_FALSE(inputs.empty()) << "no corpus in " << PEDIGREE_FUZZ_CORPUS;
  for (const auto& input : inputs) run(input);
  run("");
}

TEST(FuzzReplay, every_entry_cut_short_is_handled) {
  for (const auto& input : corpus()) {
    const std::size_t step = std::max<std::size_t>(1, input.size() / kCutsPerFile);
    for (std::size_t length = 0; length < input.size(); length += step) run(input.substr(0, length));
  }
}

TEST(FuzzReplay, every_entry_with_a_changed_byte_is_handled) {
  std::uint32_t state = 1;  // fixed: the same inputs each time
  const auto next = [&state] { return state = state * 1664525u + 1013904223u; };
  for (const auto& input : corpus())
    for (std::size_t i = 0; i < kChangesPerFile && !input.empty(); ++i) {
      std::string changed = input;
      changed[(next() >> 8) % changed.size()] = static_cast<char>(next() >> 24);
      run(changed);
    }
}

}  // namespace
}  // namespace pedigree::fuzz
