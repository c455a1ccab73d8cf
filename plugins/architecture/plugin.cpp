// SPDX-License-Identifier: MIT
#include "plugins/architecture/config_analyzer.hpp"

PEDIGREE_PLUGIN("pedigree.architecture", "0.1.0", "pedigree", "MIT", pedigree::architecture::ConfigAnalyzer)
