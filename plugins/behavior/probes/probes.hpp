// SPDX-License-Identifier: MIT
// The questions that ship with the project, in our own words, English and Korean.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pedigree::behavior {

/// JSON lines of every file in probes/, compiled in.
extern const char* const kProbeLines;

struct Probe {
  std::string id;
  std::string kind;      ///< "event" "identity" "refusal" "style" "next-token"
  std::string language;  ///< "en" "ko"
  std::string prompt;
  int month = -1;                   ///< events: months since 2000-01
  std::vector<std::string> accept;  ///< events: any of these in the answer (any case) is correct
};

/// All probes, in the order of their files. Thread-safe.
const std::vector<Probe>& all_probes();

/// The probe with this prompt text or id; nullptr when there is none.
const Probe* find_probe(std::string_view prompt, std::string_view id);

/// "2023-03" for 278.
std::string month_text(int month);

/// Whether an answer to an event probe is right.
bool grade(const Probe& probe, std::string_view answer);

}  // namespace pedigree::behavior
