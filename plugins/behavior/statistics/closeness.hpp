// SPDX-License-Identifier: MIT
// How close the subject's answers are to each reference's, prompt by prompt, and which references
// are closer than all others beyond chance.
#pragma once

#include <string>
#include <vector>

#include "plugins/behavior/pairing.hpp"

namespace pedigree::behavior {

/// One reference's closeness to the subject.
struct Closeness {
  std::string reference;
  std::size_t prompts = 0;                             ///< pairs of usable answers
  double prefix_mean = 0;                              ///< words shared from the beginning, mean
  double bigram_mean = 0;                              ///< word bigrams shared, share of the smaller answer
  std::size_t truncated_pairs = 0;                     ///< left out: a limit of tokens cut one of the two
  double exact_share = 0;                              ///< identical answers
  double exact_characters = 0;                         ///< mean length of those, bytes
  std::vector<std::pair<std::string, double>> prefix;  ///< per prompt key, in key order
};

/// O(prompts x words).
std::vector<Closeness> measure_closeness(const std::vector<ModelAnswers>& models);

/// What an intersection-union test says of one candidate (Berger 1982: it is closer than *every*
/// control only if each single test says so, so the largest p-value is valid without correction).
struct Standing {
  double log10_p = 0;         ///< max over controls of the exact sign test on who is closer, per prompt
  std::string nearest_rival;  ///< the control behind that p-value
  std::size_t controls = 0;
  double conformal = 1;  ///< rank of the mean among the controls, (1 + #>=) / (n + 1)
};

/// Tests whether references[members] are each closer than every reference outside `members`.
Standing test_set(const std::vector<Closeness>& references, const std::vector<std::size_t>& members);

/// The set of compatible sources: the largest group of closest references (at most half of them)
/// that is separated from all the rest at `log10_p`. Empty when none is. Sequential
/// test-and-exclude in the manner of Provable Model Provenance Sets (2602.00772).
std::vector<std::size_t> compatible_sources(const std::vector<Closeness>& references, double log10_p);

}  // namespace pedigree::behavior
