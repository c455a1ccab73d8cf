// SPDX-License-Identifier: MIT
// What was looked at for one component: coverage, assurance, stated power, suspicions that are owed a comparison.
#pragma once

#include <string>
#include <vector>

#include "framework/verdict/posterior.hpp"

namespace pedigree::verdict {

/// Share (0..1) of one family's work on a component that yielded evidence: of its references, those
/// compared. Evidence about the subject alone counts as one comparison; a training record is all of it.
double family_coverage(const ComponentIndex& row, Family family);

/// Share of the weight of `families` that produced evidence; nothing is redistributed.
double coverage_of(const ComponentIndex& row, const std::vector<Family>& families, const Profile& profile);

/// Suspects whose weights were compared: something was found by a valid test, or nothing by one that states its power.
std::size_t scanned_pairs(const ComponentIndex& row);

/// Suspects whose weights were to be compared and were not, because the comparison failed (crashed, out of memory, an
/// unreadable file, stopped); by id.
std::vector<std::string> failed_pairs(const CaseIndex& index, const ComponentIndex& row);

/// A training record that leads from random numbers to these weights.
bool has_link(const ComponentIndex& row, const Profile& profile);

/// 0..4 of design.md 4.4.
int assurance_of(const ComponentIndex& row, const Profile& profile);

/// The weakest power the weight evidence states, with its reference: what the whole scan would have caught; null when
/// none.
nlohmann::json power_of(const ComponentIndex& row);

/// True when the weights of this pair were compared and speak against descent.
bool settled_by_weights(const Pair& pair, const PairPosterior& posterior, const Profile& profile);
/// True when the configuration repeats the reference's (relation architecture_reuse).
bool same_shape(const Pair& pair);
/// True when behaviour is close enough to be suspicious.
bool close_behavior(const Pair& pair, const Profile& profile);

}  // namespace pedigree::verdict
