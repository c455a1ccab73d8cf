// SPDX-License-Identifier: MIT
// Results of deterministic analyzers, kept by the digest of everything that went into them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "framework/run/records.hpp"

namespace pedigree::run {

/// A cache that cannot be read or written is simply empty: it saves time and decides nothing.
/// Thread-safe (files appear whole).
class ResultCache {
 public:
  explicit ResultCache(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::optional<JobResult> find(const std::string& key) const;
  /// Keeps `ok` and `not-applicable` results only.
  void keep(const std::string& key, const JobResult& result) const;

 private:
  std::filesystem::path file_of(const std::string& key) const;
  std::filesystem::path folder_;  ///< empty: nothing is kept
};

}  // namespace pedigree::run
