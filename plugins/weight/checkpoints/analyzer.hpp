// SPDX-License-Identifier: MIT
// The analyzer of checkpoints. Nothing here needs AVX2: run() asks the processor first.
#pragma once

#include "pedigree/analyzer.hpp"

namespace pedigree::weight {

/// What the pipeline says about the run behind the checkpoints.
struct CheckpointOptions {
  std::size_t most = 12;
  bool adam = true;
  double peak_learning_rate = 0, weight_decay = 0.1;
};

/// training_log.checkpoints: random numbers at step 0, one path from there to the final weights.
/// It lives with the weight plugin because it rests on that plugin's exact test (docs/decisions/0091).
class Checkpoints : public Analyzer {
 public:
  static Descriptor describe();
  explicit Checkpoints(const Options& options);
  pedigree_status run(const Host& host, const Request& request) override;

 private:
  CheckpointOptions options_;
};

}  // namespace pedigree::weight
