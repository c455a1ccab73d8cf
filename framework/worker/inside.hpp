// SPDX-License-Identifier: MIT
// The whole life of a worker process in `run` mode.
#pragma once

namespace pedigree::worker {

/// Reads the job from descriptor 0, ties itself down (sandbox.hpp), loads the plugin, runs its analyzer and reports on
/// descriptor 3. Returns the process's exit code; how the run went is said by the frames alone.
int run_inside();

}  // namespace pedigree::worker
