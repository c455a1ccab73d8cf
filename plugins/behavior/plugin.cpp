// SPDX-License-Identifier: MIT
#include "pedigree/analyzer.hpp"
#include "plugins/behavior/analyzers/agreement.hpp"
#include "plugins/behavior/analyzers/cutoff.hpp"
#include "plugins/behavior/analyzers/endpoint.hpp"
#include "plugins/behavior/analyzers/lineage_tree.hpp"
#include "plugins/behavior/analyzers/palimpsest.hpp"
#include "plugins/behavior/analyzers/wording.hpp"

PEDIGREE_PLUGIN("org.pedigree.behavior", "0.1.0", "the pedigree authors", "MIT", pedigree::behavior::Agreement,
                pedigree::behavior::Wording, pedigree::behavior::Cutoff, pedigree::behavior::LineageTree,
                pedigree::behavior::Palimpsest, pedigree::behavior::Endpoint)
