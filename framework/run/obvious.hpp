// SPDX-License-Identifier: MIT
// References that anybody would ask about and that the run does not have.
#pragma once

#include <string>
#include <vector>

#include "framework/artifact/model.hpp"
#include "framework/catalog/catalog.hpp"

namespace pedigree::run {

/// One of them: its id and why it is owed.
struct OwedReference {
  std::string id, reason;
  /// All five core keys, and the vocabulary size or the model_type: a comparison of the weights is owed.
  /// (In the set five keys are enough. Outside it, every model of a common size would have a few of those.)
  bool same_shape = false;
};

/// Models of the catalog that share the subject's shape (at least four of the five core keys, or three
/// and the vocabulary size or the model_type) and are not among `models`: at most five, nearest first.
/// A verdict is only as good as its reference set. Left out are those that cannot be an ancestor by the
/// catalog's facts (released later than the subject, or its declared descendants), and declared
/// descendants of a reference in the set, for which that reference stands.
std::vector<OwedReference> obvious_missing(const artifact::ResolvedModel& subject,
                                           const std::vector<artifact::ResolvedModel>& models,
                                           const catalog::Catalog& catalog);

}  // namespace pedigree::run
