// SPDX-License-Identifier: MIT
#pragma once

#include "pedigree/analyzer.hpp"

namespace pedigree::training_log {

/// Reads the loss curve of a training record: does it begin untrained, and is it one real run?
class Curve final : public Analyzer {
 public:
  static Descriptor describe();
  explicit Curve(const Options& options);
  pedigree_status run(const Host& host, const Request& request) override;

 private:
  double vocabulary_;
  std::string pattern_;
};

}  // namespace pedigree::training_log
