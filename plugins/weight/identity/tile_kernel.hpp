// SPDX-License-Identifier: MIT
// The innermost loop: sums over one tile, with vector instructions where the machine has them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace pedigree::weight {

/// Sums over up to kTile pairs. Each is formed in sixteen float lanes, lane = index modulo 16, with
/// one fused multiply-add per square, then added lane by lane in double.
struct TileSums {
  std::uint64_t equal = 0;
  double a = 0, b = 0, aa = 0, bb = 0, dd = 0, abs_d = 0;
};

/// `a` and `b` hold `count` BF16 numbers of two bytes or floats of four, at any alignment.
TileSums tile_of_bf16(const std::byte* a, const std::byte* b, std::size_t count);
TileSums tile_of_floats(const std::byte* a, const std::byte* b, std::size_t count);

/// One way to form the sums.
struct TileLoops {
  std::string_view name;
  TileSums (*bf16)(const std::byte* a, const std::byte* b, std::size_t count);
  TileSums (*floats)(const std::byte* a, const std::byte* b, std::size_t count);
};
/// Every way this processor can run, the one without vector instructions first, the one in use last.
/// All give the same bits.
std::span<const TileLoops> tile_loops();

}  // namespace pedigree::weight
