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

Verdict broken_files_are_survived(const Subject& subject) {
  const auto reference = small_model("reference", subject.seed + 1);
  for (const auto* analyzer : Loaded{subject}.analyzers())
    for (const auto& broken : broken_files(subject.seed))
      for (const bool of_subject : {true, false}) {
        Model bad{of_subject ? "subject" : "reference", {broken.file}};
        auto good = small_model(of_subject ? "reference" : "subject", subject.seed);
        const auto observed = of_subject ? run(*analyzer, {bad, good}) : run(*analyzer, {good, bad});
        const std::string about = broken.what + (of_subject ? " (subject)" : " (reference)");
        if (const auto complaints = complaint(*analyzer, observed, about); !complaints.empty()) return fail(complaints);
      }
  return pass(std::to_string(broken_files(subject.seed).size()) + " broken files");
}

}  // namespace

std::vector<Test> input_tests() {
  return {{"input.none", "models without files are not applicable, with a reason", nothing_is_not_applicable},
          {"input.alone", "a subject without references is handled", a_subject_alone_is_no_crash},
          {"input.broken", "broken files end in evidence or a reason, never a crash", broken_files_are_survived}};
}

}  // namespace pedigree::conformance
