// SPDX-License-Identifier: MIT
// The arithmetic: from indexed evidence to odds. Formulas and proofs: docs/reference/verdict.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "framework/verdict/case_index.hpp"

namespace pedigree::verdict {

/// log10 likelihood ratio of one record after its cap. An excess over the family's cap counts only as far as the
/// corrected p-value carries it.
double effective_lr(const Item& item, const Profile& profile);

/// One number for the evidence of one family (both lists together), by the profile's rule; 0 when
/// there is none. `skip_descent` leaves out what a shared initialisation explains.
double family_lr(const std::vector<Item>& items, const std::vector<Item>& absolute, Family family,
                 const Profile& profile, bool skip_descent = false);

/// What an exact test says of one pair.
enum class Exact { none, shared_initialization, partial, derived };

/// The posterior of one hypothesis.
struct PairPosterior {
  std::string reference;
  PerFamily<double> family;  ///< log10 LR of each family, unweighted
  double log10_lr = 0;       ///< weighted sum over families
  double odds = 0;           ///< against "descends from nobody"
  double p = 0;              ///< odds / (1 + odds): this reference against independence
  Exact exact = Exact::none;
  std::optional<double> log10_p;  ///< smallest corrected p of evidence for descent or a shared start
  bool explained = false;         ///< a shared initialisation explains what matches
  bool tokenizer_reuse = false;   ///< the tokenizer was found to be reused
};

/// The posterior of one component over all references, the unseen parent and declarations.
struct ComponentPosterior {
  const ComponentIndex* row = nullptr;
  std::vector<PairPosterior> pairs;  ///< same order as row->pairs
  double odds = 0, p = 0;            ///< of "descends from some other model"
  std::vector<Contribution> contributions;
  const PairPosterior* top() const;  ///< the pair with the highest odds; nullptr without references
};

/// Whether the steps of the waterfall are wanted too.
enum class Detail { full, numbers };

ComponentPosterior posterior(const ComponentIndex& row, const Profile& profile, Detail detail = Detail::full);

/// True when the record is an exact test that cannot be outvoted.
bool is_decisive(const Item& item, const Profile& profile);

}  // namespace pedigree::verdict
