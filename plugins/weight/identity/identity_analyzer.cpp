// SPDX-License-Identifier: MIT
#include "plugins/weight/identity/identity_analyzer.hpp"

#include <optional>
#include <string>
#include <vector>

#include "pedigree/io/artifact_role.hpp"
#include "pedigree/io/rate.hpp"
#include "plugins/weight/identity/component_finding.hpp"
#include "plugins/weight/identity/identity_evidence.hpp"
#include "plugins/weight/model/adapter.hpp"

namespace pedigree::weight {
namespace {

constexpr std::size_t kWarnings = 8;

void report_notices(const Host& host, const ModelTensors& model) {
  std::size_t shown = 0;
  for (const auto& notice : model.store.notices())
    if (++shown <= kWarnings)
      host.warn(model.id + ": " + notice.file + ": " + notice.message + " [" + notice.code + "]");
  if (shown > kWarnings)
    host.warn(model.id + ": " + std::to_string(shown - kWarnings) + " further remarks on its files");
  if (!model.roles.unknown.empty())
    host.warn(model.id + ": " + std::to_string(model.roles.unknown.size()) + " tensors of no known role, first '" +
              model.tensors()[model.roles.unknown.front()].name.substr(0, 120) + "'; they are compared by name only");
}

void report_pairing(const Host& host, const Comparison& c, const std::string& reference) {
  const auto& p = c.pairing;
  if (p.other_shape + p.unmatched + p.opaque > 0)
    host.log(PEDIGREE_INFO, "against " + reference + ": " + std::to_string(p.pairs.size()) + " tensors compared, " +
                                std::to_string(p.other_shape) + " of another shape, " + std::to_string(p.unmatched) +
                                " without a counterpart, " + std::to_string(p.opaque) +
                                " of a type that cannot be read");
  std::size_t failed = 0;
  for (const auto& reason : c.pass.failed)
    if (!reason.empty() && ++failed <= kWarnings) host.warn(reason);
  for (const auto& f : c.components)
    if (f.not_finite > 0)
      host.warn(std::string{io::to_text(f.component)} + ": " + std::to_string(f.not_finite) +
                " values are NaN or infinite and were left out");
}

/// The file may have changed between the first and the last read: then nothing read is worth anything.
void require_unchanged(const ModelTensors& model) {
  if (const auto same = model.store.unchanged(); !same) throw InputError(model.id + ": " + same.error().text());
}

}  // namespace

Descriptor IdentityAnalyzer::describe() {
  return {
      .id = "weight.identity",
      .summary = "Compares tensors byte by byte, bit by bit and by simple measures, as they are stored.",
      .kind = PEDIGREE_KIND_WEIGHT,
      .flags = PEDIGREE_FLAG_DETERMINISTIC | PEDIGREE_FLAG_NEEDS_REFERENCE | PEDIGREE_FLAG_HEAVY,
      .signals = {{signal::kIdenticalTensors, "fraction",
                   "Share of a component's bytes in tensors the reference holds byte for byte.", 0, 1},
                  {signal::kBitEquality, "fraction", "Share of weights with equal bits in the coarser type.", 0, 1},
                  {signal::kLayerCosine, "cosine",
                   "Mean raw cosine of same-named matrices, as the source study took it.", -1, 1},
                  {signal::kNormGains, "correlation", "Mean Pearson correlation of norm gains after centring.", -1, 1}},
      .roles = {io::role::kWeights, io::role::kWeightsIndex, io::role::kGguf, io::role::kPickle},
      .options = {}};
}

IdentityAnalyzer::IdentityAnalyzer(const Options&) {}

pedigree_status IdentityAnalyzer::run(const Host& host, const Request& request) {
  const auto subject = ModelTensors::open(request.subject().id, request.artifacts_of(request.subject().id));
  if (!subject) {
    host.set_error("the subject has no weights");
    return PEDIGREE_NOT_APPLICABLE;
  }
  report_notices(host, *subject);
  const auto references = request.references();
  std::size_t compared = 0;
  std::string_view nothing = "no tensor of the subject has a counterpart of its shape in a reference";
  for (std::size_t r = 0; r < references.size(); ++r) {
    const auto reference = ModelTensors::open(references[r].id, request.artifacts_of(references[r].id));
    if (!reference) continue;
    report_notices(host, *reference);
    if (only_adapter(subject->store) || only_adapter(reference->store)) nothing = kOnlyAdapter;
    const io::Rate rate;
    const auto watch = [&](double fraction, std::uint64_t done, std::uint64_t all) {
      host.progress((static_cast<double>(r) + fraction) / static_cast<double>(references.size()),
                    all == 0 ? "reading tensors" : "reading tensors: " + rate.of_bytes(done, all));
      return !host.cancelled();
    };
    const auto comparison = compare_models(*subject, *reference, request.max_threads(), request.seed(), watch);
    report_pairing(host, comparison, reference->id);
    require_unchanged(*subject);
    require_unchanged(*reference);
    const bool complete = !comparison.pass.cancelled && !subject->store.partial() && !reference->store.partial();
    for (const auto& finding : comparison.components) {
      if (finding.total.pairs > 0 && (finding.total.aa == 0 || finding.total.bb == 0)) {
        host.warn(std::string{io::to_text(finding.component)} + ": all matrices are zero in one of the two models");
        nothing = "all matrices of one of the two models are zero";
        continue;
      }
      for (const auto& evidence : identity_evidence(*subject, *reference, finding, complete)) {
        host.emit(evidence);
        ++compared;
      }
    }
    if (comparison.pass.cancelled) return PEDIGREE_CANCELLED;
  }
  if (compared > 0) return PEDIGREE_OK;
  host.set_error(nothing);
  return PEDIGREE_NOT_APPLICABLE;
}

}  // namespace pedigree::weight
