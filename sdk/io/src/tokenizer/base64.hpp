// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace pedigree::io {

/// Appends the bytes that standard base64 (with padding, RFC 4648 section 4) stands for. False, with
/// nothing appended, for anything else.
bool append_base64(std::string_view text, std::string& out);

}  // namespace pedigree::io
