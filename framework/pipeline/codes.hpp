// SPDX-License-Identifier: MIT
// Every code the pipeline reader may give. Each has a page docs/errors/CODE.md and a test that triggers it.
#pragma once

#include <string_view>
#include <vector>

#include "framework/core/diagnostic.hpp"

namespace pedigree::pipeline {

struct Code {
  std::string_view code, title;
  bool environment = false;  ///< the pipeline may be right: a file or plugin is missing on this machine
};

const std::vector<Code>& codes();

/// True when there are errors and every one is of the environment: exit code 4 instead of 2.
bool only_environment(const Diagnostics& diagnostics);

}  // namespace pedigree::pipeline
