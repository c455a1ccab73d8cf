// SPDX-License-Identifier: MIT
// Findings turned into evidence: signals, likelihood ratios, relations, sentences.
#pragma once

#include <string_view>
#include <vector>

#include "pedigree/evidence.hpp"
#include "plugins/weight/identity/component_finding.hpp"

namespace pedigree::weight {

namespace signal {
inline constexpr std::string_view kIdenticalTensors = "weight.identical-tensors";
inline constexpr std::string_view kBitEquality = "weight.bit-equality";
inline constexpr std::string_view kLayerCosine = "weight.layer-cosine";
inline constexpr std::string_view kNormGains = "weight.norm-gains";
}  // namespace signal

/// log10 likelihood ratio of an exact p-value: the e-value p^(-1/2) / 2, between 0 and `cap`.
double log10_lr_of_p(double log10_p, double cap);

/// All evidence of one component. `complete` is false when the pass was stopped or a file is missing.
std::vector<Evidence> identity_evidence(const ModelTensors& subject, const ModelTensors& reference,
                                        const ComponentFinding& finding, bool complete);

}  // namespace pedigree::weight
