// SPDX-License-Identifier: MIT
// Mistakes of a user's file or command line: collected, never thrown, shown all at once.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

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
  std::string code;  ///< "PED-P012"; a page docs/errors/PED-P012.md exists
  std::string file;
  int line = 0, column = 0;
  int width = 1;  ///< columns to underline
  std::string message;
  std::string excerpt;     ///< the source line, empty when unknown
  std::string suggestion;  ///< did you mean 'weight'?
  std::string allowed;     ///< "id, use, with, ..."
  std::string see;         ///< a command that tells more: "pedigree describe tokenizer.overlap"
};

using Diagnostics = std::vector<Diagnostic>;
bool has_errors(const Diagnostics& diagnostics);
/// "error", "warning", "note"
const char* to_string(Severity severity);
/// The words around a problem, for a reader of another language.
struct DiagnosticWords {
  std::string error = "error", warning = "warning", note = "note", allowed = "allowed here", more = "more", see = "see";
};
/// Several lines, each ended by a newline: file:line:column, excerpt with underline, suggestion, allowed words, page.
/// Bytes of the file that a terminal would obey, and invalid UTF-8, are replaced; long lines are cut around the place.
std::string to_text(const Diagnostic& diagnostic, bool color, const DiagnosticWords& words = {});
/// All of them, one after the other.
std::string to_text(const Diagnostics& diagnostics, bool color, const DiagnosticWords& words = {});
/// {code, severity, file, line, column, message, suggestion, allowed, page}
nlohmann::json to_json(const Diagnostic& diagnostic);
nlohmann::json to_json(const Diagnostics& diagnostics);

/// The candidate nearest to `word` by edit distance, if within a third of its length; else "". Of equals the first.
std::string nearest(const std::string& word, const std::vector<std::string>& candidates);
/// "did you mean 'x'?", or nothing when nothing is near.
std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace pedigree
