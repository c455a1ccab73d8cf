// SPDX-License-Identifier: MIT
// impossible-derivation: obstacles between a reference and the subject. A different shape is none:
// pruning, up-scaling and upcycling change every dimension (spec.md 3, erratum 7).
#include "pedigree/io/json.hpp"
#include "plugins/architecture/attention.hpp"
#include "plugins/architecture/calibration.hpp"
#include "plugins/architecture/signals.hpp"

namespace pedigree::architecture {
namespace {
using nlohmann::json;
namespace fact = io::fact;

/// Gathers obstacles; each carries what it is worth (log10 likelihood ratio, negative).
struct Obstacles {
  json list = json::array();
  double log10_lr = 0;

  void add(const char* kind, const std::string& subject, const std::string& reference, double worth) {
    list.push_back({{"kind", kind}, {"subject", subject}, {"reference", reference}, {"log10_lr", worth}});
    log10_lr += worth;
  }
};

/// "2024-04" against "2024-04-18": compared as far as both go.
bool later(const std::string& a, const std::string& b) {
  const auto length = std::min(a.size(), b.size());
  return length >= 7 && a.compare(0, length, b, 0, length) > 0;
}

/// A reference published after the subject. Unpublished checkpoints exist: no proof, but much.
void by_date(const ModelFacts& subject, const ModelFacts& reference, Obstacles& obstacles) {
  const auto mine = subject.card_text("released");
  const auto theirs = reference.card_text("released");
  if (!mine.empty() && !theirs.empty() && later(theirs, mine))
    obstacles.add("reference_is_younger", mine, theirs, -0.2);
}

/// The reference's own card names the subject as its parent.
void by_lineage(const ModelFacts& subject, const ModelFacts& reference, Obstacles& obstacles) {
  if (!reference.card.is_object()) return;
  const auto lineage = reference.card.find("lineage");
  if (lineage == reference.card.end() || !lineage->is_object()) return;
  const auto parents = lineage->find("parents");
  if (parents == lineage->end() || !parents->is_array()) return;
  for (const auto& parent : *parents) {
    if (!parent.is_object() || parent.value("component", json{}) != "model") continue;
    const auto id = parent.value("id", json{});
    if (id.is_string() && subject.is_named(id.get_ref<const std::string&>()))
      obstacles.add("reference_descends_from_subject", subject.id, reference.id, -kFamilyCap);
  }
}

void by_shape(const io::ComponentConfig& mine, const io::ComponentConfig& theirs, Obstacles& obstacles) {
  const auto a = mine.integer(fact::kHiddenSize);
  const auto b = theirs.integer(fact::kHiddenSize);
  // Widths only shrink in practice (pruning); a wider child needs new rows and columns everywhere.
  if (a && b && *a > *b) obstacles.add("wider_than_reference", std::to_string(*a), std::to_string(*b), -0.1);
  const auto kind_a = attention_of(mine).kind;
  const auto kind_b = attention_of(theirs).kind;
  if ((kind_a == "MLA") != (kind_b == "MLA") && kind_a != "unknown" && kind_b != "unknown")
    obstacles.add("latent_attention_differs", kind_a, kind_b, -0.05);
  const auto norm_a = mine.text(fact::kNormKind);
  const auto norm_b = theirs.text(fact::kNormKind);
  if (!norm_a.empty() && !norm_b.empty() && norm_a != norm_b)
    obstacles.add("normalisation_differs", norm_a, norm_b, -0.05);
}

}  // namespace

std::optional<Evidence> impossible_derivation(const ModelFacts& subject, const ModelFacts& reference) {
  Obstacles obstacles;
  by_date(subject, reference, obstacles);
  by_lineage(subject, reference, obstacles);
  const auto* mine = subject.decoder();
  const auto* theirs = reference.decoder();
  if (mine != nullptr && theirs != nullptr) by_shape(*mine, *theirs, obstacles);
  if (obstacles.list.empty()) return std::nullopt;
  Evidence evidence;
  evidence.signal = signal::kImpossibleDerivation;
  evidence.reference = reference.id;
  evidence.component = component::kTextDecoder;
  evidence.value = static_cast<double>(obstacles.list.size());
  evidence.log10_lr = std::max(obstacles.log10_lr, -kFamilyCap);
  const auto& first = obstacles.list.front();
  evidence.summary_key = "obstacle_" + first["kind"].get<std::string>();
  evidence.params_json = io::json_text({{"count", obstacles.list.size()},
                                        {"reference", reference.id},
                                        {"subject_value", first["subject"]},
                                        {"reference_value", first["reference"]}});
  evidence.details_json = io::json_text({{"obstacles", obstacles.list}});
  return evidence;
}

}  // namespace pedigree::architecture
