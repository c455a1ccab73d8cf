// SPDX-License-Identifier: MIT
// The texts a pipeline is read from, places in them, and the list of what is wrong.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "framework/core/diagnostic.hpp"

namespace pedigree::pipeline {

/// One text: a file, or an assignment of the command line.
struct Source {
  std::string name;              ///< as the user named it; "--set" for an assignment
  std::filesystem::path folder;  ///< relative paths in it start here
  std::string text;
  int first_line = 1;  ///< the n-th --set counts as line n
  bool is_set = false;

  /// Line `line` (from 0) without its end; empty past the end.
  std::string_view line(int line) const;
};

/// A place in a source. `source` < 0: no place (a default).
struct Place {
  int source = -1;
  int line = 0;    ///< from 0; below 0: the whole file
  int column = 0;  ///< from 0, in bytes
  int bytes = 1;   ///< length of what stands there, on this line
};

/// What a finding says beside its place.
struct Finding {
  std::string code, message;
  std::string suggestion{}, allowed{}, see{};
  Severity severity = Severity::error;
};

/// The sources of one reading and everything found wrong in them, in the order found. Not thread-safe.
class Findings {
 public:
  int add_source(Source source);
  const Source& source(int index) const { return sources_[static_cast<std::size_t>(index)]; }

  void add(const Place& place, Finding finding);
  bool failed() const { return has_errors(diagnostics_); }
  /// "file:line", "--set", or "default".
  std::string origin(const Place& place) const;
  /// Sorted by source, line and column; equal ones once.
  Diagnostics take();

 private:
  struct Key {
    int source, line, column;
  };
  std::vector<Source> sources_;
  Diagnostics diagnostics_;
  std::vector<Key> keys_;
};

}  // namespace pedigree::pipeline
