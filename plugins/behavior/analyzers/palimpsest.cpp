// SPDX-License-Identifier: MIT
#include "plugins/behavior/analyzers/palimpsest.hpp"

#include <algorithm>

#include "pedigree/io/artifact_role.hpp"
#include "plugins/behavior/analyzers/emit.hpp"
#include "plugins/behavior/pairing.hpp"
#include "plugins/behavior/statistics/palimpsest.hpp"

namespace pedigree::behavior {
namespace {

constexpr double kExactLr = 6;  // methods 5.3: an exact palimpsest test
constexpr double kDecisive = -12;
constexpr double kSmallestEffect = 0.01;

struct Transcript {
  std::vector<double> position, difference;
};

/// Rows {train_index, loss_target, loss_ref} of one model's responses: the order of *that* model's
/// training, with the subject's losses on its texts.
Transcript transcript_of(const Request& request, std::string_view model) {
  Transcript t;
  for (const auto& artifact : request.artifacts_of(model)) {
    if (artifact.role != io::role::kResponses) continue;
    const auto set = read_answers(artifact);
    if (!set.ok()) continue;
    for (const auto& row : set->answers) {
      if (!row.train_index || !row.loss || !row.reference_loss) continue;
      t.position.push_back(*row.train_index);
      t.difference.push_back(*row.loss - *row.reference_loss);
    }
  }
  return t;
}

}  // namespace

Descriptor Palimpsest::describe() {
  return {"behavior.palimpsest",
          "Tests whether a model remembers the order of a disclosed training run.",
          PEDIGREE_KIND_BEHAVIOR,
          PEDIGREE_FLAG_DETERMINISTIC,
          {{"behavior.training-order", "correlation", "Spearman of training position with loss minus reference loss.",
            -1, 1}},
          {"responses"},
          {{"own_order", true, "Rows of the subject's own folder describe the claimant's own training order."}}};
}

Palimpsest::Palimpsest(const Options& options) : own_order_(options.boolean("own_order")) {}

pedigree_status Palimpsest::run(const Host& host, const Request& request) {
  bool said = false;
  const auto test = [&](std::string_view model, bool own) {
    const auto transcript = transcript_of(request, model);
    if (transcript.position.size() < 100) return;
    const auto result = order_test(transcript.position, transcript.difference);
    const bool remembers = result.log10_p <= kDecisive && result.correlation <= -kSmallestEffect;
    auto e = make_evidence("behavior.training-order", own ? std::string_view{} : model, result.correlation,
                           !remembers ? "palimpsest.none"
                           : own      ? "palimpsest.own"
                                      : "palimpsest.reference",
                           {{"reference", model},
                            {"texts", result.texts},
                            {"correlation", result.correlation},
                            {"log10_p", result.log10_p}});
    e.log10_p = result.log10_p;
    if (remembers) {
      e.log10_lr = own ? -1.0 : kExactLr;
      e.relation = own ? relation::kSupportsFromScratch : relation::kBehavioralProximity;
    }
    host.emit(e);
    said = true;
  };
  if (own_order_) test(request.subject().id, true);
  for (const auto& reference : request.references()) test(reference.id, false);
  if (said) return PEDIGREE_OK;
  host.set_error("no rows with train_index, loss_target and loss_ref (at least 100 are needed)");
  return PEDIGREE_NOT_APPLICABLE;
}

}  // namespace pedigree::behavior
