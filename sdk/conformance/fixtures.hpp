// SPDX-License-Identifier: MIT
// Tiny models made from a seed: every artifact an analyzer may read, and broken ones.
#pragma once

#include <cstdint>
#include <vector>

#include "sdk/conformance/mini_host.hpp"

namespace pedigree::conformance {

/// A model of two layers with configuration, tokenizer, weights, recorded answers and a training log. The same seed
/// gives the same bytes; two seeds give models that have nothing in common but their kind.
Model small_model(const std::string& id, std::uint64_t seed);

struct BrokenFile {
  std::string what;
  File file;
};
/// Files no analyzer may crash on: empty, truncated, absurd lengths, NaN weights, one-token vocabularies, deep JSON ...
std::vector<BrokenFile> broken_files(std::uint64_t seed);

}  // namespace pedigree::conformance
