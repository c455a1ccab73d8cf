// SPDX-License-Identifier: MIT
#include "plugins/behavior/statistics/closeness.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "plugins/behavior/statistics/exact.hpp"
#include "plugins/behavior/text/words.hpp"

namespace pedigree::behavior {
namespace {

using WordCache = std::map<const io::Answer*, std::vector<std::string>>;

const std::vector<std::string>& words_of(const io::Answer* answer, WordCache& cache) {
  const auto found = cache.find(answer);
  return found != cache.end() ? found->second : cache.emplace(answer, words(answer->text)).first->second;
}

Closeness compare(const ModelAnswers& subject, const ModelAnswers& reference, WordCache& cache) {
  Closeness c;
  c.reference = reference.model;
  std::size_t exact = 0, characters = 0;
  for (const auto& key : common_prompts(subject, reference)) {
    const auto* a = subject.by_key.at(key);
    const auto* b = reference.by_key.at(key);
    const auto &x = words_of(a, cache), &y = words_of(b, cache);
    const auto shared = static_cast<double>(common_prefix(x, y));
    c.prefix.emplace_back(key, shared);
    c.prefix_mean += shared;
    c.bigram_mean += bigram_containment(x, y);
    if (a->text == b->text) {
      ++exact;
      characters += a->text.size();
    }
  }
  c.truncated_pairs = truncated_pairs(subject, reference);
  c.prompts = c.prefix.size();
  if (c.prompts == 0) return c;
  c.prefix_mean /= static_cast<double>(c.prompts);
  c.bigram_mean /= static_cast<double>(c.prompts);
  c.exact_share = static_cast<double>(exact) / static_cast<double>(c.prompts);
  c.exact_characters = exact == 0 ? 0 : static_cast<double>(characters) / static_cast<double>(exact);
  return c;
}

/// Sign test: on how many common prompts is the candidate closer than the rival?
double log10_closer(const Closeness& candidate, const Closeness& rival) {
  std::size_t wins = 0, losses = 0;
  auto a = candidate.prefix.begin();
  auto b = rival.prefix.begin();
  while (a != candidate.prefix.end() && b != rival.prefix.end()) {
    if (a->first < b->first) {
      ++a;
    } else if (b->first < a->first) {
      ++b;
    } else {
      wins += a->second > b->second ? 1 : 0;
      losses += a->second < b->second ? 1 : 0;
      ++a;
      ++b;
    }
  }
  return log10_sign_test(wins, losses);
}

}  // namespace

std::vector<Closeness> measure_closeness(const std::vector<ModelAnswers>& models) {
  WordCache cache;
  std::vector<Closeness> all;
  for (std::size_t i = 1; i < models.size(); ++i) all.push_back(compare(models.front(), models[i], cache));
  return all;
}

Standing test_set(const std::vector<Closeness>& references, const std::vector<std::size_t>& members) {
  Standing standing;
  standing.log10_p = -1e300;
  double weakest = 1e300;
  for (const auto m : members) weakest = std::min(weakest, references[m].prefix_mean);
  std::vector<double> outside;
  for (std::size_t r = 0; r < references.size(); ++r) {
    if (references[r].prompts == 0 || std::find(members.begin(), members.end(), r) != members.end()) continue;
    ++standing.controls;
    outside.push_back(references[r].prefix_mean);
    for (const auto m : members) {
      const double p = log10_closer(references[m], references[r]);
      if (p <= standing.log10_p) continue;
      standing.log10_p = p;
      standing.nearest_rival = references[r].reference;
    }
  }
  if (standing.controls == 0) standing.log10_p = 0;
  standing.conformal = conformal_p(weakest, outside);
  return standing;
}

std::vector<std::size_t> compatible_sources(const std::vector<Closeness>& references, double log10_p) {
  std::vector<std::size_t> order(references.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t r) { return references[r].prompts == 0; });
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return references[a].prefix_mean > references[b].prefix_mean; });
  std::vector<std::size_t> best;
  for (std::size_t size = 1; size <= order.size() / 2; ++size) {
    const std::vector<std::size_t> members(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(size));
    if (test_set(references, members).log10_p <= log10_p) best = members;
  }
  return best;
}

}  // namespace pedigree::behavior
