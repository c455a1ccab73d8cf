// SPDX-License-Identifier: MIT
// The tables of docs/reference/pipeline.md, written from the vocabulary the reader uses.
#pragma once

#include <string>

namespace pedigree::pipeline {

/// Markdown: one table per map of the language - key, what it takes, default, meaning.
std::string reference_tables();

}  // namespace pedigree::pipeline
