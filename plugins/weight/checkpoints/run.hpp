// SPDX-License-Identifier: MIT
// The work behind the processor check; compiled for the wide kernels.
#pragma once

#include "pedigree/analyzer.hpp"
#include "plugins/weight/checkpoints/analyzer.hpp"

namespace pedigree::weight {

pedigree_status run_checkpoints(const Host& host, const Request& request, const CheckpointOptions& options);

}  // namespace pedigree::weight
