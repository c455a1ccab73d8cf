// SPDX-License-Identifier: MIT
// Does a checkpoint look like numbers nobody has trained? (methods 4.4, step-0 physics)
//
// A freshly initialised network has gains that are all one number, biases of zero (or of one uniform
// law), and matrices of independent entries from one law per matrix. Independence leaves traces that
// training destroys: the kurtosis of a known law, rows and columns of equal mean square, and no
// singular value beyond the edge of Marchenko and Pastur.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "plugins/weight/matrix.hpp"
#include "plugins/weight/model/model_view.hpp"

namespace pedigree::weight {

/// One matrix. Each number is 1 or below where the entries are independent, but for the kurtosis.
struct MatrixPhysics {
  double kurtosis = 0;           ///< 3 normal, 1.8 uniform, between them truncated
  bool kurtosis_fits = true;     ///< within the sampling error of a law between uniform and normal
  double edge = 0;               ///< largest singular value over its bound for independent entries
  double row_dispersion = 0;     ///< variance of the rows' mean squares over its bound
  double column_dispersion = 0;  ///< the same of columns: outlier dimensions
  double surprise = 0;           ///< squares of both dispersions' standard scores: 2 on average where independent
  bool constant = false;         ///< all entries one number (zero-initialised projections)
  bool random() const;           ///< nothing speaks against independent entries of one law
};

/// Precondition: finite entries, at least 16 x 16 (answers constant = true for less, which says
/// nothing). O(rows x columns x iterations).
MatrixPhysics matrix_physics(const Matrix& m);

struct StartPhysics {
  std::size_t matrices = 0, constant = 0, learned = 0;  ///< learned: not random
  std::size_t gains = 0, gains_learned = 0;             ///< norms whose gains are not one number
  std::size_t biases = 0, biases_learned = 0;
  double excess = 0;  ///< surprise over all matrices, in standard errors: small traces of learning add up
  double median_kurtosis = 0, largest_edge = 0, largest_dispersion = 0;
  std::string example;  ///< a tensor that was learned

  bool enough() const { return matrices >= 4; }
  /// At most one matrix in fifty looks learned, no gain or bias does, and nothing adds up.
  bool untrained() const {
    return enough() && learned * 50 <= matrices && gains_learned + biases_learned == 0 && excess < kExcess;
  }
  /// More than one matrix in ten, or most gains, look learned, or all of them a little.
  bool trained() const {
    return enough() && (learned * 10 > matrices || gains_learned * 2 > gains || excess > 2 * kExcess);
  }
  static constexpr double kExcess = 8;
};

/// The parts of a model that may have a beginning of their own: encoders and projectors are often taken over while the
/// language model starts from random numbers.
struct StartByPart {
  StartPhysics language;                      ///< everything that is no part below
  std::map<std::string, StartPhysics> parts;  ///< by component: "vision_encoder" ...
};

/// Looks at every norm, every bias and at most `most` matrices of each part, each by a sample.
/// Throws InputError when a file cannot be read.
StartByPart start_physics(const ModelView& model, std::size_t most);

}  // namespace pedigree::weight
