// SPDX-License-Identifier: MIT
#include "framework/plugin/manifest.hpp"

#include "pedigree/abi.h"

namespace pedigree::plugin {

bool AnalyzerManifest::heavy() const { return (flags & PEDIGREE_FLAG_HEAVY) != 0; }
bool AnalyzerManifest::needs_reference() const { return (flags & PEDIGREE_FLAG_NEEDS_REFERENCE) != 0; }
bool AnalyzerManifest::deterministic() const { return (flags & PEDIGREE_FLAG_DETERMINISTIC) != 0; }
bool AnalyzerManifest::network() const { return (flags & PEDIGREE_FLAG_NETWORK) != 0; }
bool AnalyzerManifest::writes() const { return (flags & PEDIGREE_FLAG_WRITES) != 0; }

Found find_analyzer(const std::vector<Manifest>& plugins, const std::string& id) {
  for (const auto& plugin : plugins)
    for (const auto& analyzer : plugin.analyzers)
      if (analyzer.id == id) return {&plugin, &analyzer};
  return {};
}

}  // namespace pedigree::plugin
