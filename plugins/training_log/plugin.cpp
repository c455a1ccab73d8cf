// SPDX-License-Identifier: MIT
#include "pedigree/analyzer.hpp"
#include "plugins/training_log/claims.hpp"
#include "plugins/training_log/curve.hpp"

PEDIGREE_PLUGIN("org.pedigree.training_log", "0.1.0", "the pedigree authors", "MIT", pedigree::training_log::Curve,
                pedigree::training_log::Claims)
