// SPDX-License-Identifier: MIT
// Rows of a token embedding: which were ever trained, and where rows were added later.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace pedigree::tokenizer {

/// One pass over the rows, in order; called again for each pass. False stops (an error of the reader).
using RowVisitor = std::function<void(std::size_t row, std::span<const float> values)>;
using RowPass = std::function<bool(const RowVisitor&)>;

struct RowStatistics {
  std::vector<double> norm;         ///< Euclidean norm per row; 0 for rows with values that are not finite
  std::vector<bool> never_trained;  ///< see find_untrained()
  std::size_t zero = 0;             ///< rows of zeros
  std::size_t repeated = 0;         ///< rows equal, value by value, to an earlier one
  std::size_t broken = 0;           ///< rows with values that are not finite
  std::size_t near_unused = 0;      ///< further rows as close to the unused ones as these are to each other
};

/// Zero rows and rows equal to another one were never trained: gradients do not leave two rows equal.
/// With at least 8 rows known to be unused (padding, reserved slots), so are rows as near to their mean
/// as the unused ones themselves (Land and Bartolo 2024, arXiv 2405.05417, with L2 distance). Nothing
/// when a pass fails.
std::optional<RowStatistics> find_untrained(std::size_t rows, std::size_t columns, const RowPass& pass,
                                            std::span<const std::size_t> known_unused);

/// A place where the level of the norms jumps.
struct Boundary {
  std::size_t row = 0;  ///< first row of the second part
  double effect = 0;    ///< difference of the means of log norms, in pooled standard deviations of one row
};

/// The largest jump of the mean log norm between the `window` trained rows before and after a row. A
/// window, because norms drift with frequency over a whole vocabulary. Nothing with fewer than 4 windows of rows,
/// or when the jump is below one standard deviation: for independent rows of equal spread and windows of
/// 128 the largest of 10^5 jumps stays near 0.6.
std::optional<Boundary> find_boundary(const RowStatistics& rows, std::size_t window = 128);

}  // namespace pedigree::tokenizer
