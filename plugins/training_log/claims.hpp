// SPDX-License-Identifier: MIT
#pragma once

#include "pedigree/analyzer.hpp"
#include "plugins/training_log/checks/compute.hpp"
#include "plugins/training_log/checks/schedule.hpp"

namespace pedigree::training_log {

/// Holds the claimed run against its own arithmetic: tokens, compute, hardware and the loss they buy.
class Claims final : public Analyzer {
 public:
  static Descriptor describe();
  explicit Claims(const Options& options);
  pedigree_status run(const Host& host, const Request& request) override;

 private:
  bool emit_chinchilla(const Host& host, const Series* series, const Claim& claim) const;

  Claim claim_;
  ClaimedSchedule schedule_;
  double bytes_per_token_, final_loss_;
};

}  // namespace pedigree::training_log
