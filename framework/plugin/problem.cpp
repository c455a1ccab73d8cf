// SPDX-License-Identifier: MIT
#include "framework/plugin/problem.hpp"

#include <string_view>

namespace pedigree::plugin {
namespace {

const char* documented_code(std::string_view code) {
  if (code.starts_with("UNTRUSTED_")) return "PED-G001";
  if (code.starts_with("PATH_") || code.starts_with("FOLDER_")) return "PED-G002";
  if (code.starts_with("MANIFEST_") || code.starts_with("JSON_") || code == "FILE_TOO_LARGE") return "PED-G003";
  if (code == "DUPLICATE") return "PED-G005";
  if (code == "LOCK_CHANGED") return "PED-G006";
  if (code == "LOCK_INVALID") return "PED-G007";
  if (code == "LOCK_ABSENT") return "PED-G008";
  return "PED-G004";
}

}  // namespace

Diagnostic problem(const io::Error& error, Severity severity) {
  Diagnostic diagnostic;
  diagnostic.severity = severity;
  diagnostic.code = documented_code(error.code);
  diagnostic.file = error.file;
  diagnostic.message = error.place.empty() ? error.message : error.place + ": " + error.message;
  diagnostic.suggestion = error.hint;
  return diagnostic;
}

}  // namespace pedigree::plugin
