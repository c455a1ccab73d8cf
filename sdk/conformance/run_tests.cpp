// SPDX-License-Identifier: MIT
// Groups evidence, determinism and sanity: what comes out of models that are in order.
#include <algorithm>
#include <set>

#include "sdk/conformance/fixtures.hpp"
#include "sdk/conformance/loaded.hpp"
#include "sdk/conformance/mini_host.hpp"

namespace pedigree::conformance {
namespace {
using nlohmann::json;

/// Two models of the same bytes and one that is unrelated.
std::vector<Model> happy(const Subject& subject) {
  auto copy = small_model("copy", subject.seed);
  return {small_model("subject", subject.seed), std::move(copy), small_model("unrelated", subject.seed + 1)};
}

constexpr auto kNoEvidence = "gives no evidence on the built-in models; test it on models it understands";

Verdict evidence_is_valid(const Subject& subject) {
  std::size_t pieces = 0;
  for (const auto* analyzer : Loaded{subject}.analyzers()) {
    const auto observed = run(*analyzer, happy(subject));
    if (!observed.violations.empty()) return fail(text(analyzer->id) + ": " + observed.violations.front());
    if (observed.status < 0 && observed.status != PEDIGREE_ERR_CONFIG)
      return fail(text(analyzer->id) + " fails on sound models: " + observed.error);
    pieces += observed.measurements.size();
  }
  return pieces == 0 ? left_out(kNoEvidence) : pass(std::to_string(pieces) + " measurements");
}

/// True when `params` holds every {name} of the message.
bool fills(const std::string& message, const json& params) {
  for (std::size_t at = message.find('{'); at != std::string::npos; at = message.find('{', at + 1)) {
    const auto end = message.find_first_of(":}", at);
    if (end == std::string::npos || !params.contains(message.substr(at + 1, end - at - 1))) return false;
  }
  return true;
}

Verdict sentences_exist(const Subject& subject) {
  const auto messages =
      subject.manifest.is_object() ? subject.manifest.value("messages", json::object()) : json::object();
  if (messages.empty()) return left_out("the manifest carries no messages");
  std::size_t pieces = 0;
  for (const auto* analyzer : Loaded{subject}.analyzers())
    for (const auto& m : run(*analyzer, happy(subject)).measurements) {
      ++pieces;
      if (!messages.contains(m.summary_key)) return fail(m.signal + ": no message '" + m.summary_key + "'");
      const auto params = json::parse(m.params.empty() ? "{}" : m.params, nullptr, false);
      for (const auto& [language, sentence] : messages[m.summary_key].items())
        if (!fills(sentence.get<std::string>(), params))
          return fail(m.signal + ": message '" + m.summary_key + "' (" + language + ") names a value that params lack");
    }
  return pieces == 0 ? left_out(kNoEvidence) : pass();
}

Verdict repeats(const Subject& subject, unsigned threads) {
  bool declared = false;
  for (const auto* analyzer : Loaded{subject}.analyzers()) {
    if ((analyzer->flags & PEDIGREE_FLAG_DETERMINISTIC) == 0) continue;
    declared = true;
    RunSettings second;
    second.threads = threads;
    const auto a = run(*analyzer, happy(subject)), b = run(*analyzer, happy(subject), second);
    const auto differs =
        std::mismatch(a.measurements.begin(), a.measurements.end(), b.measurements.begin(), b.measurements.end());
    if (differs.first != a.measurements.end()) return fail("evidence of '" + differs.first->signal + "' differs");
    if (a.measurements.size() != b.measurements.size()) return fail(text(analyzer->id) + ": more or less evidence");
  }
  return declared ? pass() : left_out("no analyzer declares itself deterministic");
}
Verdict repeats_itself(const Subject& subject) { return repeats(subject, 1); }
Verdict ignores_the_number_of_threads(const Subject& subject) { return repeats(subject, 4); }

double sum_of(const std::vector<Measurement>& measurements, const std::string& reference) {
  double sum = 0;
  for (const auto& m : measurements)
    if (m.reference == reference) sum += m.log10_lr;
  return sum;
}

Verdict a_copy_looks_more_derived_than_a_stranger(const Subject& subject) {
  bool compared = false;
  for (const auto* analyzer : Loaded{subject}.analyzers()) {
    const auto observed = run(*analyzer, happy(subject));
    const double copy = sum_of(observed.measurements, "copy"), stranger = sum_of(observed.measurements, "unrelated");
    if (copy < 0)
      return fail(text(analyzer->id) + ": an exact copy speaks against descent (log10_lr " + std::to_string(copy) +
                  ")");
    if (copy < stranger) return fail(text(analyzer->id) + ": a stranger looks more derived than an exact copy");
    compared |= std::any_of(observed.measurements.begin(), observed.measurements.end(),
                            [](const auto& m) { return m.reference == "copy"; });
  }
  return compared ? pass() : left_out("compares nothing on the built-in models");
}

Verdict order_of_references_does_not_matter(const Subject& subject) {
  for (const auto* analyzer : Loaded{subject}.analyzers()) {
    auto models = happy(subject);
    const auto before = run(*analyzer, models);
    std::swap(models[1], models[2]);
    const auto after = run(*analyzer, models);
    for (const char* reference : {"copy", "unrelated"})
      if (std::abs(sum_of(before.measurements, reference) - sum_of(after.measurements, reference)) > 1e-9)
        return fail(text(analyzer->id) + ": evidence about '" + reference + "' depends on its place in the list");
  }
  return pass();
}

}  // namespace

std::vector<Test> run_tests() {
  return {{"evidence.valid", "evidence is declared, finite, in range and well-formed", evidence_is_valid},
          {"evidence.messages", "every sentence exists and its values are given", sentences_exist},
          {"determinism.repeat", "the same input gives the same evidence", repeats_itself},
          {"determinism.threads", "the number of threads changes nothing", ignores_the_number_of_threads},
          {"sanity.direction", "a copy looks more derived than a stranger", a_copy_looks_more_derived_than_a_stranger},
          {"sanity.order", "the order of references changes nothing", order_of_references_does_not_matter}};
}

}  // namespace pedigree::conformance
