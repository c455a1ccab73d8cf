// SPDX-License-Identifier: MIT
// Mistakes of a user's file or command line: collected, never thrown, shown all at once.
#pragma once

#include <string>
#include <vector>

#include "pedigree/io/result.hpp"

namespace pedigree {

using io::Done;
using io::Error;
using io::Result;
using io::Status;

enum class Severity { error, warning, note };

/// One problem at one place. Lines and columns count from 1; 0 means unknown.
struct Diagnostic {
  Severity severity = Severity::error;
  std::string code;        ///< "PED-P012"; a page docs/errors/PED-P012.md exists
  std::string file;
  int line = 0, column = 0;
  int width = 1;           ///< columns to underline
  std::string message;
  std::string excerpt;     ///< the source line, empty when unknown
  std::string suggestion;  ///< did you mean 'weight'?
  std::string allowed;     ///< "id, use, with, ..."
};

using Diagnostics = std::vector<Diagnostic>;
bool has_errors(const Diagnostics& diagnostics);
/// The layout of design: file:line:col, excerpt, underline, suggestion, allowed, page.
std::string to_text(const Diagnostic& diagnostic, bool color);

/// The candidate nearest to `word` by edit distance, if within a third of its length; else "".
std::string nearest(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace pedigree
