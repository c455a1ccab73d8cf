// SPDX-License-Identifier: MIT
#pragma once

#include "pedigree/analyzer.hpp"
#include "plugins/behavior/endpoint/recorder.hpp"

namespace pedigree::behavior {

/// Asks a live OpenAI-compatible endpoint the shipped probes and records its answers.
class Endpoint final : public Analyzer {
 public:
  static Descriptor describe();
  explicit Endpoint(const Options& options);
  pedigree_status run(const Host& host, const Request& request) override;

 private:
  RecorderSettings settings_;
  std::string key_variable_;
  std::string kinds_;
};

}  // namespace pedigree::behavior
