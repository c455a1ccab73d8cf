// SPDX-License-Identifier: MIT
// Where an axis has its marks, and what they are called.
#pragma once

#include <string>

namespace pedigree::report::html {

/// A round distance, 1, 2 or 5 times a power of ten, that cuts `span` into about `wanted` parts.
double nice_step(double span, int wanted);
/// The name of a mark on an axis with such a distance: every mark with as many decimals as the distance needs.
std::string tick_name(double value, double step);

}  // namespace pedigree::report::html
