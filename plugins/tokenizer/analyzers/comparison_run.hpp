// SPDX-License-Identifier: MIT
// The loop that every comparing analyzer of this plugin runs: subject once, then each reference.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "pedigree/analyzer.hpp"
#include "plugins/tokenizer/ancestry/relation.hpp"
#include "plugins/tokenizer/model/model.hpp"

namespace pedigree::tokenizer {

/// A loaded model with its profile, when it has a tokenizer. Stays where it is: the profile points into the model.
struct Loaded {
  Loaded(const Request& request, std::string_view id) : model(load_model(request, id)) {}
  Loaded(const Loaded&) = delete;
  Loaded& operator=(const Loaded&) = delete;

  Model model;
  std::unique_ptr<Profile> profile;
};

struct ComparisonSteps {
  /// About the subject alone; returns how many findings it made.
  std::function<std::size_t(const Loaded& subject)> subject = [](const Loaded&) { return std::size_t{0}; };
  /// About one pair; returns how many findings it made.
  std::function<std::size_t(const Loaded& subject, const Loaded& reference)> pair = [](const Loaded&, const Loaded&) {
    return std::size_t{0};
  };
};

/// Whether profiles (merges and ancestry) are wanted.
enum class Depth : unsigned char { kFilesOnly, kProfiles };

/// Loads, calls the steps, reports progress, honours cancellation. NOT_APPLICABLE with a reason when
/// no step found anything; throws InputError when the subject's own tokenizer is broken.
pedigree_status run_comparison(const Host& host, const Request& request, const std::vector<io::Signature>& signatures,
                               Depth depth, const ComparisonSteps& steps);

}  // namespace pedigree::tokenizer
