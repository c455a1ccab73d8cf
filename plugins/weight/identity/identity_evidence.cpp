// SPDX-License-Identifier: MIT
#include "plugins/weight/identity/identity_evidence.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "pedigree/io/json.hpp"

namespace pedigree::weight {
namespace {
using nlohmann::json;

constexpr double kExactCap = 6;       // methods 5.3: weights, exact
constexpr double kCalibratedCap = 3;  // weights, calibrated
constexpr double kNormCap = 0.5;      // norms, whatever they show
constexpr double kWhole = 0.999;      // share of bytes from which a component is identical
constexpr double kFloor = 0.01;       // share of weights below which an exact p names no descent
constexpr double kMostlyInherited = 0.5;
constexpr double kDecisive = -12;
constexpr double kGainsRelated = 0.3;  // Pearson; children of the lineage zoo reach 0.55, common seeds 0.05
constexpr double kGainsUnrelated = -0.1;
constexpr std::size_t kMostRows = 3000;  // of a details table, to stay far below 1 MiB
constexpr std::size_t kNameShown = 200;

std::string short_name(const std::string& name) { return name.substr(0, kNameShown); }

Evidence evidence_of(std::string_view signal, const ModelTensors& reference, const ComponentFinding& f) {
  Evidence e;
  e.signal = signal;
  e.reference = reference.id;
  e.component = io::to_text(f.component);
  return e;
}

json copy_rows(const ModelTensors& subject, const ModelTensors& reference, const ComponentFinding& f) {
  json rows = json::array();
  for (const auto& c : f.copies)
    rows.push_back({{"tensor", short_name(subject.tensors()[c.pair.subject].name)},
                    {"in_reference", short_name(reference.tensors()[c.pair.reference].name)},
                    {"bytes", subject.tensors()[c.pair.subject].bytes},
                    {"sha256", c.sha256}});
  return rows;
}

Evidence identical_tensors(const ModelTensors& subject, const ModelTensors& reference, const ComponentFinding& f,
                           bool complete) {
  auto e = evidence_of(signal::kIdenticalTensors, reference, f);
  const double share = f.bytes == 0 ? 0.0 : static_cast<double>(f.identical_bytes) / static_cast<double>(f.bytes);
  e.value = std::min(share, 1.0);
  if (f.identical > 0) {
    // Bytes of high entropy do not coincide; where labels allow an exact test it says how improbable it is.
    if (f.log10_p <= kDecisive && share >= kFloor) e.log10_p = f.log10_p;
    e.log10_lr = e.log10_p ? kExactCap : share >= kFloor ? kCalibratedCap : 0.0;
    if (share >= kWhole && f.different == 0)
      e.relation = relation::kIdentical;
    else if (share >= kMostlyInherited)
      e.relation = relation::kDerived;
    else if (share >= kFloor)
      e.relation = relation::kPartial;
  }
  e.summary_key = f.identical == 0 ? "identity.identical-none" : "identity.identical";
  e.params_json = io::json_text({{"component", e.component},
                                 {"reference", reference.id},
                                 {"identical", f.identical},
                                 {"tensors", f.tensors},
                                 {"share", e.value},
                                 {"renamed", f.renamed},
                                 {"moved", f.moved}});
  e.details_json = io::json_text({{"complete", complete},
                                  {"identical_bytes", f.identical_bytes},
                                  {"bytes", f.bytes},
                                  {"copies", copy_rows(subject, reference, f)},
                                  {"listed", f.copies.size()}});
  return e;
}

Evidence bit_equality(const ModelTensors& reference, const ComponentFinding& f, bool complete) {
  auto e = evidence_of(signal::kBitEquality, reference, f);
  e.value = f.total.equal_fraction();
  const bool enough = e.value >= kFloor && e.value >= 3 * f.best.chance_equal;
  if (f.tests > 0) e.log10_p = std::min(f.log10_p, 0.0);
  if (enough && f.log10_p < 0) {
    e.log10_lr = log10_lr_of_p(f.log10_p, kExactCap);
    if (f.log10_p <= kDecisive)
      e.relation = f.equal_bytes_share >= kMostlyInherited ? relation::kDerived : relation::kPartial;
  }
  const bool found = e.relation != relation::kNone;
  e.summary_key = found ? "identity.bits" : "identity.bits-none";
  e.params_json = io::json_text({{"component", e.component},
                                 {"reference", reference.id},
                                 {"equal", e.value},
                                 {"chance", f.best.chance_equal},
                                 {"fixed", f.best.fixed},
                                 {"matched", f.best.matched},
                                 {"units", f.best.units},
                                 {"tensor", short_name(f.best_tensor)},
                                 {"log10_p", f.log10_p}});
  e.details_json = io::json_text({{"complete", complete},
                                  {"elements", f.total.total()},
                                  {"not_finite", f.not_finite},
                                  {"piece_elements", f.best.sampled_rows},
                                  {"tests", f.tests},
                                  {"share_of_bytes_in_tensors_that_pass", f.equal_bytes_share}});
  return e;
}

json layer_rows(const ComponentFinding& f) {
  json rows = json::array();
  for (const auto& m : f.layers) {
    if (rows.size() >= kMostRows) break;
    rows.push_back({{"layer", m.layer},
                    {"role", io::to_text(m.role)},
                    {"cosine", m.sums.cosine()},
                    {"centred", m.sums.pearson()},
                    {"relative_l2", m.sums.relative_l2()},
                    {"mean_abs_difference", m.sums.mean_absolute_difference()},
                    {"bit_equal", m.sums.equal_fraction()},
                    {"elements", m.sums.pairs}});
  }
  return rows;
}

/// The source study's bands (spec 2). Context: a permuted, rotated or rescaled descendant shows 0
/// here, and a common seed shows as much as descent, so no likelihood ratio is drawn from it.
std::string_view study_band(double cosine) {
  if (cosine > 0.95) return "fine_tuned";
  if (cosine >= 0.8) return "continued";
  if (cosine >= 0.5) return "partial";
  return "from_scratch_likely";
}

Evidence layer_cosine(const ModelTensors& reference, const ComponentFinding& f, bool complete) {
  auto e = evidence_of(signal::kLayerCosine, reference, f);
  e.value = f.mean_cosine;
  const std::string band{study_band(f.mean_cosine)};
  e.summary_key = "identity.cosine-" + band;
  e.params_json = io::json_text({{"component", e.component},
                                 {"reference", reference.id},
                                 {"matrices", f.matrices},
                                 {"raw", f.mean_cosine},
                                 {"centred", f.mean_centred},
                                 {"relative", f.mean_relative_l2},
                                 {"band", band}});
  e.details_json = io::json_text({{"complete", complete}, {"band", band}, {"layers", layer_rows(f)}});
  return e;
}

json gain_rows(const GainTest& gains) {
  json rows = json::array();
  for (const auto& g : gains.pairs) {
    if (rows.size() >= kMostRows) break;
    rows.push_back({{"layer", g.layer},
                    {"role", io::to_text(g.role)},
                    {"cosine", g.cosine},
                    {"pearson", g.pearson},
                    {"relative_l2", g.relative_l2},
                    {"bit_equal", g.bit_equal},
                    {"elements", g.size}});
  }
  return rows;
}

Evidence norm_gains(const ModelTensors& reference, const ComponentFinding& f) {
  auto e = evidence_of(signal::kNormGains, reference, f);
  const auto& gains = f.gains;
  e.value = gains.mean_pearson;
  const bool significant = gains.varying > 0 && gains.log10_p <= std::log10(0.002);
  const bool related = significant && gains.mean_pearson >= kGainsRelated;
  if (gains.varying > 0) e.log10_p = std::min(gains.log10_p, 0.0);
  if (related) {
    e.log10_lr = kNormCap;
    e.relation = relation::kDerived;
  } else if (gains.varying > 1 && !significant) {
    e.log10_lr = kGainsUnrelated;
  }
  e.summary_key = gains.varying == 0 ? "identity.gains-constant"
                  : related          ? "identity.gains"
                                     : "identity.gains-artefact";
  e.params_json = io::json_text({{"component", e.component},
                                 {"reference", reference.id},
                                 {"norms", gains.pairs.size()},
                                 {"raw", gains.mean_cosine},
                                 {"pearson", gains.mean_pearson},
                                 {"inside", gains.neighbour_cosine}});
  e.details_json = io::json_text({{"relabellings", gains.relabellings},
                                  {"raw_cosine", gains.mean_cosine},
                                  {"raw_cosine_of_neighbouring_layers_of_the_subject", gains.neighbour_cosine},
                                  {"gains", gain_rows(gains)}});
  return e;
}

}  // namespace

double log10_lr_of_p(double log10_p, double cap) { return std::clamp(-0.5 * log10_p + std::log10(0.5), 0.0, cap); }

std::vector<Evidence> identity_evidence(const ModelTensors& subject, const ModelTensors& reference,
                                        const ComponentFinding& f, bool complete) {
  std::vector<Evidence> out;
  if (f.matrices > 0 || f.identical > 0) {
    out.push_back(identical_tensors(subject, reference, f, complete));
  }
  if (f.matrices > 0) {
    out.push_back(bit_equality(reference, f, complete));
    out.push_back(layer_cosine(reference, f, complete));
  }
  if (!f.gains.pairs.empty()) out.push_back(norm_gains(reference, f));
  return out;
}

}  // namespace pedigree::weight
