// SPDX-License-Identifier: MIT
// The shape and the declared origin that a GGUF file carries in its metadata.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "pedigree/io/gguf.hpp"

namespace pedigree::io {

/// The metadata as a configuration in the key names of config.json, for interpret_config(). Empty
/// object when the file names no architecture (a later part of a split file). model_type is the
/// file's general.architecture; numbers stored as 32-bit floats come back as the shortest decimal
/// that gives the same float, so that 1e-5 is 1e-5 again.
nlohmann::json config_of(const GgufFile& file);

/// general.base_model.N: "organization/name" from the repository's address, else the name.
std::vector<std::string> base_models_of(const GgufFile& file);

}  // namespace pedigree::io
