// SPDX-License-Identifier: MIT
// The plugin, loaded into this process for one test.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pedigree/abi.h"
#include "sdk/conformance/conformance.hpp"

namespace pedigree::conformance {

inline std::string text(pedigree_str s) { return s.size == 0 ? std::string{} : std::string{s.data, s.size}; }

/// Thrown by load(); the runner turns it into a failure of the test.
struct CannotLoad : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What the dynamic section of the loaded library says (System V ABI, chapter 5; GNU extensions).
struct DynamicFacts {
  std::vector<std::string> exports;
  std::vector<std::string> unique;        ///< exports of type STB_GNU_UNIQUE
  std::vector<std::string> search_paths;  ///< RPATH and RUNPATH
  bool bind_now = false, relro = false;
};

/// Never unloads. Throws CannotLoad.
class Loaded {
 public:
  explicit Loaded(const Subject& subject);
  /// The descriptor for a host of this minor; nullptr is the plugin's right. Throws CannotLoad without an entry.
  const pedigree_plugin* ask(std::uint32_t host_minor) const;
  /// ask(PEDIGREE_ABI_MINOR), or CannotLoad.
  const pedigree_plugin& plugin() const;
  std::vector<const pedigree_analyzer*> analyzers() const;
  DynamicFacts facts() const;

 private:
  void* handle_;
};

}  // namespace pedigree::conformance
