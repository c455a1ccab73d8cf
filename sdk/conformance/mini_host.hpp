// SPDX-License-Identifier: MIT
// A host in miniature: gives an analyzer models in memory and writes down everything it does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pedigree/abi.h"

namespace pedigree::conformance {

/// A file of a model.
struct File {
  std::string role, name, bytes;
};
struct Model {
  std::string id;
  std::vector<File> files;
};

struct Measurement {
  std::string signal, reference, component, relation, summary_key, params, details;
  double value = 0, log10_lr = 0;
  std::optional<double> log10_p;
  bool operator==(const Measurement&) const = default;
};

struct RunSettings {
  std::string config = "{}";
  unsigned threads = 1;
  std::uint64_t seed = 1;
  bool cancelled = false;  ///< what cancelled() answers from the start
  std::uint32_t host_size = sizeof(pedigree_host);
  std::string scratch_dir{};
};

struct Observed {
  pedigree_status status = PEDIGREE_OK;
  std::string error;
  std::vector<Measurement> measurements;  ///< those that the contract allows
  std::vector<std::string> violations;    ///< broken promises, as sentences
  std::vector<double> progress;
  unsigned polls = 0;  ///< calls of cancelled()
};

/// create, run, destroy. models[0] is the subject.
Observed run(const pedigree_analyzer& analyzer, const std::vector<Model>& models, const RunSettings& settings = {});

/// create and destroy only.
Observed create(const pedigree_analyzer& analyzer, const std::string& config);

}  // namespace pedigree::conformance
