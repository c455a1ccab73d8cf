// SPDX-License-Identifier: MIT
// Agreement where both are wrong: right answers are alike by being right, wrong ones need a reason.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plugins/behavior/pairing.hpp"

namespace pedigree::behavior {

/// One reference's shared errors with the subject.
struct SharedErrors {
  std::string reference;
  std::size_t both_wrong = 0, same = 0;  ///< prompts; of them, those with one wrong answer between the two
  double log10_p = 0;                    ///< max over controls of the exact sign test on who shares the error (McNemar)
  std::size_t controls = 0;
  double share() const { return both_wrong == 0 ? 0 : static_cast<double>(same) / static_cast<double>(both_wrong); }
};

/// Whether an answer is right: as recorded with it, or graded against the shipped event probes.
std::optional<bool> is_correct(const io::Answer& answer);

/// Per reference, in order. A control counts on prompts that it, too, answered wrongly. O(prompts x references^2).
std::vector<SharedErrors> shared_errors(const std::vector<ModelAnswers>& models);

}  // namespace pedigree::behavior
