// SPDX-License-Identifier: MIT
// What a shared library says in its tables, read without loading it: loading would run its constructors.
#pragma once

#include <string>
#include <vector>

#include "pedigree/io/result.hpp"

namespace pedigree::plugin {

struct ExportedSymbol {
  std::string name;
  bool unique = false;  ///< STB_GNU_UNIQUE: one copy per process, so two plugins would share it
};

struct LibraryFacts {
  std::vector<ExportedSymbol> exports;    ///< defined and visible outside, in the table's order
  std::vector<std::string> needed;        ///< libraries it asks for (DT_NEEDED)
  std::vector<std::string> search_paths;  ///< DT_RPATH and DT_RUNPATH, split at ':'
  bool bind_now = false;                  ///< every symbol resolved when loaded
  bool relro = false;                     ///< relocated tables become read-only
};

/// Reads the section table of a 64-bit little-endian ELF shared library from an open regular file. All offsets and
/// counts are checked against the file's size. `name` is for messages. Errors: ELF_INVALID, READ_FAILED.
/// Source: System V ABI, chapters 4 and 5; the GNU extensions in elf.h.
io::Result<LibraryFacts> read_library(int descriptor, const std::string& name);

/// That the library exports pedigree_plugin_v1, and no other entry point of a plugin. Error: ENTRY_MISSING (says which
/// major it speaks, if another), ENTRY_AMBIGUOUS.
io::Status check_entry(const LibraryFacts& facts, const std::string& name);

}  // namespace pedigree::plugin
