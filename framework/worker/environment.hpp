// SPDX-License-Identifier: MIT
// The only environment variables a plugin sees.
#pragma once

#include <string>
#include <vector>

#include "framework/worker/worker.hpp"

namespace pedigree::worker {

/// "NAME=value" each: LANG=C.UTF-8, TZ=UTC, PATH, and the number of threads in the words of OpenMP and OpenBLAS. An
/// analyzer with FLAG_NETWORK also gets the host's proxy and certificate variables, and each variable that one of its
/// text options named *_env names, when that variable's own name ends in _API_KEY or starts with PEDIGREE_: a pipeline
/// from a stranger must not be able to send any other secret somewhere. Reads this process's environment.
std::vector<std::string> worker_environment(const Job& job);

}  // namespace pedigree::worker
