// SPDX-License-Identifier: MIT
// Stored weights to float: one exact definition per type, and a vectorised path that equals it bit for bit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "pedigree/io/dtype.hpp"

namespace pedigree::io {

/// Converts whole blocks of a comparable type: in.size() must be dtype_bytes(dtype, out.size()).
/// Integers and F64 are rounded to nearest even; everything else is exact up to the one float
/// multiplication that a block's scale asks for. NaN payloads are kept where float has room
/// (BF16, F16), signalling NaNs of F16 become quiet. Runs on the widest vector unit found, with the
/// same bits on each. False when the type is not comparable or the sizes do not agree. Thread-safe.
bool convert_to_float(Dtype dtype, std::span<const std::byte> in, std::span<float> out);

/// The same, element by element and without vector code: what convert_to_float is tested against.
bool convert_to_float_scalar(Dtype dtype, std::span<const std::byte> in, std::span<float> out);

/// Rounds to nearest even; NaN stays NaN. Used to compare tensors after a cast to the coarser type.
std::uint16_t float_to_bf16(float value);
std::uint16_t float_to_f16(float value);
float bf16_to_float(std::uint16_t bits);
float f16_to_float(std::uint16_t bits);

}  // namespace pedigree::io
