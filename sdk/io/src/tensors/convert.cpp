// SPDX-License-Identifier: MIT
#include "pedigree/io/convert.hpp"

namespace pedigree::io {

bool convert_to_float(Dtype dtype, std::span<const std::byte> in, std::span<float> out) {
  return convert_to_float_scalar(dtype, in, out);
}

}  // namespace pedigree::io
