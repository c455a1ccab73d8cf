// SPDX-License-Identifier: MIT
// architecture.config: what a model's shape says about its descent (docs/analyzers/architecture.md).
#pragma once

#include "pedigree/analyzer.hpp"
#include "plugins/architecture/signals.hpp"

namespace pedigree::architecture {

/// Compares the subject's configuration with every reference's, part by part, and reports what the
/// subject's own files say about its origin. Reads config, gguf, catalog-card, model-card,
/// adapter-config.
class ConfigAnalyzer : public Analyzer {
 public:
  static Descriptor describe();
  explicit ConfigAnalyzer(const Options& options);
  pedigree_status run(const Host& host, const Request& request) override;

 private:
  Settings settings_;
};

}  // namespace pedigree::architecture
