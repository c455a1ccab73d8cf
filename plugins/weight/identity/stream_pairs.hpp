// SPDX-License-Identifier: MIT
// One pass over two models in file order, on all threads, with a fixed amount of memory.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "plugins/weight/identity/model_tensors.hpp"
#include "plugins/weight/identity/pair_sums.hpp"

namespace pedigree::weight {

/// Elements read at a time and per side; with a read buffer of 4 bytes per element and side a thread
/// holds 2 MiB at most.
inline constexpr std::uint64_t kChunkElements = std::uint64_t{1} << 18;

struct PassResult {
  std::vector<PairSums> sums;       ///< per pair
  std::vector<std::string> failed;  ///< per pair: why it could not be read; empty when it could
  std::size_t finished = 0;         ///< pairs read to their end, counted from the first
  bool cancelled = false;
};

/// Called between batches with (bytes done, bytes in all); false stops the pass.
using PassWatch = std::function<bool(std::uint64_t done, std::uint64_t all)>;

/// Sums every pair. A pair that cannot be read is reported and the others go on. The numbers do not
/// depend on `threads`.
PassResult stream_pairs(const ModelTensors& subject, const ModelTensors& reference,
                        const std::vector<TensorPair>& pairs, unsigned threads, const PassWatch& watch);

}  // namespace pedigree::weight
