// SPDX-License-Identifier: MIT
#include "pedigree/analyzer.hpp"
#include "plugins/weight/analyzers.hpp"
#include "plugins/weight/checkpoints/analyzer.hpp"
#include "plugins/weight/identity/identity_analyzer.hpp"

PEDIGREE_PLUGIN("org.pedigree.weight", "0.1.0", "the pedigree authors", "MIT", pedigree::weight::Lineage,
                pedigree::weight::SelfTests, pedigree::weight::Merge, pedigree::weight::IdentityAnalyzer,
                pedigree::weight::Checkpoints)
