// SPDX-License-Identifier: MIT
#include "plugins/architecture/config_analyzer.hpp"

PEDIGREE_PLUGIN("org.pedigree.architecture", "0.1.0", "the pedigree authors", "MIT", pedigree::architecture::ConfigAnalyzer)
