// SPDX-License-Identifier: MIT
// Group input: nothing, and files no one should have to read.
#include "sdk/conformance/fixtures.hpp"
#include "sdk/conformance/loaded.hpp"
#include "sdk/conformance/mini_host.hpp"

namespace pedigree::conformance {
namespace {

bool is_known(pedigree_status status) { return status >= PEDIGREE_ERR_INTERNAL && status <= PEDIGREE_CANCELLED; }

std::string complaint(const pedigree_analyzer& analyzer, const Observed& observed, const std::string& about) {
  if (!is_known(observed.status)) return text(analyzer.id) + ", " + about + ": unknown status";
  if (!observed.violations.empty()) return text(analyzer.id) + ", " + about + ": " + observed.violations.front();
  if (observed.status == PEDIGREE_ERR_INTERNAL)
    return text(analyzer.id) + ", " + about +
           ": an internal error, expected NOT_APPLICABLE or ERR_INPUT: " + observed.error;
  if (observed.status != PEDIGREE_OK && observed.error.empty())
    return text(analyzer.id) + ", " + about + ": ends without a reason (set_error)";
  return {};
}

Verdict nothing_is_not_applicable(const Subject& subject) {
  for (const auto* analyzer : Loaded{subject}.analyzers()) {
    const auto observed = run(*analyzer, {{"subject", {}}, {"reference", {}}});
    if (observed.status != PEDIGREE_NOT_APPLICABLE && observed.status != PEDIGREE_ERR_CONFIG)
      return fail(text(analyzer->id) + " ends with status " + std::to_string(observed.status) + " without any file");
    if (!observed.measurements.empty()) return fail(text(analyzer->id) + " measures models without any file");
    if (observed.error.empty()) return fail(text(analyzer->id) + " does not say why (set_error)");
  }
  return pass();
}

Verdict a_subject_alone_is_no_crash(const Subject& subject) {
  for (const auto* analyzer : Loaded{subject}.analyzers()) {
    const auto observed = run(*analyzer, {small_model("subject", subject.seed)});
    if (const auto bad = complaint(*analyzer, observed, "subject alone"); !bad.empty()) return fail(bad);
    const bool needs = (analyzer->flags & PEDIGREE_FLAG_NEEDS_REFERENCE) != 0;
    if (needs && !observed.measurements.empty())
      return fail(text(analyzer->id) + " needs a reference and measures without one");
  }
  return pass();
}

bool reads(const pedigree_analyzer& analyzer, const std::string& role) {
  for (std::uint32_t i = 0; i < analyzer.role_count; ++i)
    if (text(analyzer.roles[i]) == role) return true;
  return analyzer.role_count == 0;
}

/// Files of the roles it declares: a host serves no others.
Verdict broken_files_are_survived(const Subject& subject) {
  const auto broken = broken_files(subject.seed);
  const auto sound = small_model("sound", subject.seed);
  for (const auto* analyzer : Loaded{subject}.analyzers())
    for (const auto& [what, file] : broken)
      for (const bool of_subject : {true, false}) {
        if (!reads(*analyzer, file.role)) continue;
        const Model bad{"broken", {file}};
        const auto observed = run(*analyzer, of_subject ? std::vector{bad, sound} : std::vector{sound, bad});
        const std::string about = what + (of_subject ? " (subject)" : " (reference)");
        if (const auto complaints = complaint(*analyzer, observed, about); !complaints.empty()) return fail(complaints);
      }
  return pass(std::to_string(broken.size()) + " broken files");
}

}  // namespace

std::vector<Test> input_tests() {
  return {{"input.none", "models without files are not applicable, with a reason", nothing_is_not_applicable},
          {"input.alone", "a subject without references is handled", a_subject_alone_is_no_crash},
          {"input.broken", "broken files end in evidence or a reason, never a crash", broken_files_are_survived}};
}

}  // namespace pedigree::conformance
