// SPDX-License-Identifier: MIT
// What a file that should hold tensors is instead.
#pragma once

#include <optional>
#include <string_view>

#include "pedigree/io/result.hpp"

namespace pedigree::io {

/// Recognises a Git-LFS pointer, an HTML page and a PyTorch pickle by their first bytes (64 are
/// enough). Errors: LFS_POINTER, HTML_PAGE, UNSUPPORTED_PICKLE.
std::optional<Error> foreign_file(std::string_view head, std::string_view file);

/// The refusal of a pickle, which is a program and is never run.
Error pickle_refused(std::string_view file);

}  // namespace pedigree::io
