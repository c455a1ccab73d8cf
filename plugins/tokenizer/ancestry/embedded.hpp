// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

#include "pedigree/io/tokenizer_reader.hpp"

namespace pedigree::tokenizer {

/// The signature files that this plugin carries (pipelines/catalog/signatures), by name.
std::vector<io::NamedBytes> embedded_signatures();

}  // namespace pedigree::tokenizer
