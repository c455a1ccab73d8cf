// SPDX-License-Identifier: MIT
// Tokenizers of ../shared for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "pedigree/io/tokenizer_reader.hpp"
#include "plugins/tokenizer/ancestry/relation.hpp"
#include "tests/support/shared_data.hpp"

namespace pedigree::tokenizer::testing {

namespace fs = std::filesystem;

inline std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// A vocab.json takes the merges.txt beside it.
inline io::Result<io::Tokenizer> load(const fs::path& path) {
  const std::string name = path.filename().string(), bytes = read_file(path);
  const auto merges = path.parent_path() / "merges.txt";
  if (name != "vocab.json" || !fs::exists(merges)) return io::read_tokenizer({name, bytes});
  const std::string rules = read_file(merges);
  return io::read_vocab_and_merges({name, bytes}, {"merges.txt", rules});
}

/// Signatures are decoded once for the whole test program.
inline const std::vector<io::Signature>& signatures() {
  static const auto all = shipped_signatures();
  return all;
}

/// A tokenizer with its profile; stays where it is.
struct Profiled {
  explicit Profiled(const fs::path& path) : loaded(load(path)) {
    if (loaded) profile.emplace(*loaded, signatures());
  }
  Profiled(const Profiled&) = delete;
  Profiled& operator=(const Profiled&) = delete;
  const io::Tokenizer& operator*() const { return loaded.value(); }

  io::Result<io::Tokenizer> loaded;
  std::optional<Profile> profile;
};

}  // namespace pedigree::tokenizer::testing

/// The folder tokenizers/ of the unpacked archives, or the test is left out.
#define PEDIGREE_NEEDS_TOKENIZERS(folder)                                  \
  PEDIGREE_NEEDS_SHARED(unpacked, ::pedigree::testing::unpacked_folder()); \
  const auto folder = unpacked / "tokenizers"
