// SPDX-License-Identifier: MIT
#include "tests/lineage/measure.hpp"

#include <chrono>
#include <nlohmann/json.hpp>

#include "framework/verdict/profile.hpp"
#include "framework/verdict/verdict.hpp"
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
  if (e.signal != "weight.lineage") return;
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

/// The real weighing over what this run found.
verdict::Judgement weigh(const testing::RunResult& result, const std::vector<testing::Model>& models) {
  verdict::Case facts;
  for (std::size_t i = 1; i < models.size(); ++i) facts.references.push_back({models[i].id, "suspect", {}, {}});
  for (const auto& e : result.evidence) {
    EvidenceRecord record;
    record.analyzer = "weight.lineage";
    record.family = Family::weight;
    record.signal = e.signal;
    record.reference = e.reference;
    record.component = e.component;
    record.value = e.value;
    record.log10_lr = e.log10_lr;
    record.log10_p = e.log10_p;
    record.relation = e.relation;
    record.details = nlohmann::json::parse(e.details_json, nullptr, false);
    facts.evidence.push_back(std::move(record));
  }
  return verdict::weigh(facts, verdict::Profile::defaults());
}

}  // namespace

bool Measured::correct() const {
  if (pair.label == "shared_init") return relation == "shared_initialization";
  return pair.related() == called_derived() && (pair.related() || relation == "none");
}

std::vector<Measured> measure(const std::vector<Pair>& pairs, unsigned threads, unsigned units) {
  if (pairs.empty()) return {};
  // Two references may bear one name in different folders: the path is the id.
  auto id = [](const Pair& pair) { return pair.base_path.string(); };
  std::vector<testing::Model> models{{pairs.front().model, pairs.front().model_path}};
  for (const auto& pair : pairs) models.push_back({id(pair), pair.base_path});
  const std::string options = "{\"max_units\": " + std::to_string(units) + "}";
  const auto begin = std::chrono::steady_clock::now();
  const auto result = testing::run_analyzer<weight::Lineage>(models, options, threads);
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
  const auto weighed = weigh(result, models);
  std::vector<Measured> out;
  for (const auto& pair : pairs) {
    Measured m;
    m.pair = pair;
    m.seconds = spent.count() / static_cast<double>(pairs.size());
    m.error = result.error;
    for (const auto& e : result.evidence)
      if (e.reference == id(pair)) take(m, e);
    for (const auto& reference : weighed.references)
      if (reference.facts.id == id(pair)) m.p_derived = reference.p_derived;
    out.push_back(std::move(m));
  }
  return out;
}

}  // namespace pedigree::lineage
