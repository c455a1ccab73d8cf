// SPDX-License-Identifier: MIT
#include "plugins/weight/compare/map_details.hpp"

#include <cmath>

#include "plugins/weight/statistics/unit_match.hpp"

namespace pedigree::weight {

bool nearly_permutation(const Matrix& map) {
  Index strong = 0;
  for (Index j = 0; j < map.cols(); ++j) strong += map.col(j).cwiseAbs().maxCoeff() > 0.7F;
  return map.cols() > 0 && strong * 4 > map.cols() * 3;
}

double residual_trace(const ResidualMap& rotation) {
  const Matrix* dense = rotation.dense();
  if (dense == nullptr || dense->rows() != dense->cols()) return 0;
  const auto axes = pair_axes(*dense);
  double trace = 0;
  for (std::size_t i = 0; i < axes.size(); ++i)
    if (axes[i].reference != kNoMatch)  // of wide maps an axis may find no partner
      trace += std::abs(static_cast<double>((*dense)(static_cast<Index>(axes[i].reference), static_cast<Index>(i))));
  return trace;
}

InheritanceSpectrum axis_spectrum(const JoinedRows& rows, const AxisMatch& axes) {
  Matrix subject(rows.subject_raw.rows(), static_cast<Index>(axes.matched()));
  Matrix reference(subject.rows(), subject.cols());
  Index at = 0;
  for (std::size_t i = 0; i < axes.partner.size(); ++i) {
    if (axes.partner[i] == kNoMatch) continue;
    subject.col(at) = rows.subject_raw.col(static_cast<Index>(i));
    reference.col(at) = rows.reference_raw.col(static_cast<Index>(axes.partner[i])) * (axes.cosine[i] < 0 ? -1.F : 1.F);
    ++at;
  }
  return inheritance_spectrum(subject, reference);
}

}  // namespace pedigree::weight
