// SPDX-License-Identifier: MIT
#include "tests/lineage/measure.hpp"

#include <chrono>
#include <nlohmann/json.hpp>

#include "plugins/weight/analyzers.hpp"
#include "tests/support/run_analyzer.hpp"

namespace pedigree::lineage {
namespace {

int rank_of(std::string_view relation) {
  constexpr std::string_view kOrder[] = {"none", "shared_initialization", "partial", "derived", "identical"};
  for (int i = 0; i < 5; ++i)
    if (kOrder[i] == relation) return i;
  return 0;
}

/// The text decoder speaks first; other components only when it says nothing.
void take(Measured& m, const Evidence& e) {
  if (e.signal != "weight.lineage" || e.reference != m.pair.base) return;
  if (rank_of(e.relation) < rank_of(m.relation)) return;
  m.relation = e.relation;
  m.log10_lr = e.log10_lr;
  m.log10_p = e.log10_p.value_or(0);
  m.share = e.value;
  m.kinds.clear();
  const auto details = nlohmann::json::parse(e.details_json, nullptr, false);
  if (!details.is_object() || !details.contains("kinds")) return;
  for (const auto& kind : details["kinds"]) m.kinds.push_back(kind.value("kind", ""));
}

}  // namespace

bool Measured::correct() const {
  if (pair.label == "shared_init") return relation == "shared_initialization";
  return pair.related() == called_derived() && (pair.related() || relation == "none");
}

std::vector<Measured> measure(const std::filesystem::path& zoo, const std::string& model,
                              const std::vector<Pair>& pairs, unsigned threads) {
  std::vector<testing::Model> models{{model, zoo / "models" / model}};
  for (const auto& pair : pairs) models.push_back({pair.base, zoo / "models" / pair.base});
  const auto begin = std::chrono::steady_clock::now();
  const auto result = testing::run_analyzer<weight::Lineage>(models, "{}", threads);
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
  std::vector<Measured> out;
  for (const auto& pair : pairs) {
    Measured m;
    m.pair = pair;
    m.seconds = spent.count() / static_cast<double>(pairs.size());
    m.error = result.error;
    for (const auto& e : result.evidence) take(m, e);
    out.push_back(std::move(m));
  }
  return out;
}

}  // namespace pedigree::lineage
