// SPDX-License-Identifier: MIT
// The analyzers' work behind the processor check; compiled for the wide kernels.
#pragma once

#include "pedigree/analyzer.hpp"

namespace pedigree::weight {

pedigree_status run_lineage(const Host& host, const Request& request, std::uint64_t max_units);
pedigree_status run_merge(const Host& host, const Request& request);
pedigree_status run_self_tests(const Host& host, const Request& request);

}  // namespace pedigree::weight
