// SPDX-License-Identifier: MIT
#pragma once

#include "pedigree/analyzer.hpp"
#include "plugins/training_log/checks/compute.hpp"

namespace pedigree::training_log {

/// Holds the claimed run against its own arithmetic: tokens, compute, hardware and the loss they buy.
class Claims final : public Analyzer {
 public:
  static Descriptor describe();
  explicit Claims(const Options& options);
  pedigree_status run(const Host& host, const Request& request) override;

 private:
  Claim claim_;
  double bytes_per_token_;
};

}  // namespace pedigree::training_log
