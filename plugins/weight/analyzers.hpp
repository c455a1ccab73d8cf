// SPDX-License-Identifier: MIT
// The three analyzers over layers, heads and hidden units. Nothing here needs AVX2: run() asks the
// processor first.
#pragma once

#include "pedigree/analyzer.hpp"

namespace pedigree::weight {

/// weight.lineage: one run per reference. Emits per component; see docs/analyzers/weight.md.
class Lineage : public Analyzer {
 public:
  static Descriptor describe();
  explicit Lineage(const Options& options);
  pedigree_status run(const Host& host, const Request& request) override;

 private:
  std::int64_t max_units_;
};

/// weight.self: what the subject says of itself, without any reference: copied experts, repeated
/// layers, a boundary in the vocabulary.
class SelfTests : public Analyzer {
 public:
  static Descriptor describe();
  explicit SelfTests(const Options& options);
  pedigree_status run(const Host& host, const Request& request) override;
};

/// weight.merge: the weighted sum of all references that comes nearest to the subject. Describes, never decides.
class Merge : public Analyzer {
 public:
  static Descriptor describe();
  explicit Merge(const Options& options);
  pedigree_status run(const Host& host, const Request& request) override;
};

/// Whether this processor can run the kernels (AVX2 and FMA on x86-64; always elsewhere).
bool processor_is_capable();

}  // namespace pedigree::weight
