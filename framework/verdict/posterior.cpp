// SPDX-License-Identifier: MIT
#include "framework/verdict/posterior.hpp"

#include <algorithm>
#include <cmath>

namespace pedigree::verdict {
namespace {

double power_of_ten(double x) { return std::pow(10.0, std::clamp(x, -300.0, 250.0)); }

/// The cap for a word for descent (positive) or against it (negative).
double cap_of(const Item& item, bool positive, const Profile& profile) {
  const auto& record = *item.record;
  if (const auto own = profile.signal_cap.find(record.signal); own != profile.signal_cap.end()) return own->second;
  const double cap = profile.cap[record.family];
  if (record.family != Family::weight || !positive || !item.log10_p) return cap;
  return std::max(cap, std::min(profile.cap_exact, -*item.log10_p));
}

template <class Use>
void each_item(const Pair& pair, Family family, Use use) {
  for (const auto& item : pair.items[family]) use(item);
}

Exact exact_of(const Pair& pair, bool explained, const Profile& profile) {
  Exact strongest = Exact::none;
  for (const Family family : profile.decisive_families)
    each_item(pair, family, [&](const Item& item) {
      if (!is_decisive(item, profile)) return;
      Exact found = item.record->relation == "partial" ? Exact::partial : Exact::derived;
      if (explained && item.matches) found = Exact::shared_initialization;
      strongest = std::max(strongest, found);
    });
  if (explained) strongest = std::max(strongest, Exact::shared_initialization);
  return strongest;
}

std::optional<double> smallest_p(const Pair& pair) {
  std::optional<double> smallest;
  for (const Family family : kFamilies)
    each_item(pair, family, [&](const Item& item) {
      if (item.log10_p && (!smallest || *item.log10_p < *smallest)) smallest = item.log10_p;
    });
  return smallest;
}

double weighted_sum(const PerFamily<double>& family, const Profile& profile, bool only_positive) {
  double sum = 0;
  for (const Family f : kFamilies) sum += profile.weight[f] * (only_positive ? std::max(0.0, family[f]) : family[f]);
  return sum;
}

/// Prior odds of one named reference against independence.
double pair_prior(const ComponentIndex& row, const Profile& profile) {
  if (row.pairs.empty()) return 0;
  return profile.prior * (1 - profile.unseen) / (1 - profile.prior) / static_cast<double>(row.pairs.size());
}

double unseen_prior(const ComponentIndex& row, const Profile& profile) {
  const double share = row.pairs.empty() ? 1 : profile.unseen;
  return profile.prior * share / (1 - profile.prior);
}

double fact_odds(double p) { return p / (1 - p); }

PairPosterior weigh_pair(const ComponentIndex& row, const Pair& pair, const Profile& profile) {
  PairPosterior result;
  result.reference = pair.reference;
  // A shared random start leaves matching units behind; only tensors that are bit for bit the same
  // tell of more (methods.md 3.12, 3.15).
  const auto& weights = pair.items[Family::weight];
  result.explained = std::any_of(weights.begin(), weights.end(), [](const Item& item) { return item.shared_start; });
  // Signs of some parent (a warm start, layers that repeat) are not held against a reference whose
  // weights were compared and showed nothing: a parent outside the set explains them better.
  const bool cleared = !weights.empty() && std::none_of(weights.begin(), weights.end(), [&](const Item& item) {
    return effective_lr(item, profile) > 0;
  });
  for (const Family family : kFamilies) {
    const double with = family_lr(pair.items[family], row.absolute[family], family, profile, result.explained);
    const double alone = family_lr(pair.items[family], {}, family, profile, result.explained);
    result.family[family] = cleared ? std::min(with, alone) : with;
  }
  result.log10_lr = weighted_sum(result.family, profile, false);
  result.odds = pair_prior(row, profile) * power_of_ten(result.log10_lr);
  result.exact = exact_of(pair, result.explained, profile);
  result.log10_p = smallest_p(pair);
  if (result.exact >= Exact::partial) {
    const double evidence = std::max(profile.decisive_log10_odds, weighted_sum(result.family, profile, true));
    result.odds = std::max(result.odds, power_of_ten(evidence));
  }
  if (row.name == kTokenizerRow) {
    const auto& items = pair.items[Family::tokenizer];
    result.tokenizer_reuse = std::any_of(items.begin(), items.end(), [](const Item& item) {
      return (item.record->relation == "tokenizer_reuse" || item.descent) && item.record->log10_lr >= 0;
    });
    if (result.tokenizer_reuse) result.odds = std::max(result.odds, fact_odds(profile.reuse_p));
  }
  result.p = result.odds / (1 + result.odds);
  return result;
}

/// Odds when only the families up to and including `last` had spoken.
double odds_up_to(const ComponentIndex& row, const std::vector<PairPosterior>& pairs, const Profile& profile,
                  std::size_t families) {
  const auto sum_of = [&](const auto& lr_of) {
    double sum = 0;
    for (std::size_t i = 0; i < families; ++i) sum += profile.weight[kFamilies[i]] * lr_of(kFamilies[i]);
    return sum;
  };
  double odds = unseen_prior(row, profile) *
                power_of_ten(sum_of([&](Family f) { return family_lr({}, row.absolute[f], f, profile); }));
  const double prior = pair_prior(row, profile);
  for (const auto& pair : pairs) odds += prior * power_of_ten(sum_of([&](Family f) { return pair.family[f]; }));
  return odds;
}

/// The signal and reference that moved a family most.
void name_strongest(Contribution& step, const ComponentIndex& row, Family family, const Profile& profile) {
  double furthest = -1;
  const auto look = [&](const std::vector<Item>& items, const std::string& reference) {
    for (const auto& item : items) {
      const double size = std::abs(effective_lr(item, profile));
      if (size <= furthest) continue;
      furthest = size;
      step.signal = item.record->signal;
      step.reference = reference;
    }
  };
  look(row.absolute[family], "");
  for (const auto& pair : row.pairs) look(pair.items[family], pair.reference);
}

bool spoke(const ComponentIndex& row, Family family) {
  return !row.absolute[family].empty() ||
         std::any_of(row.pairs.begin(), row.pairs.end(), [&](const Pair& pair) { return !pair.items[family].empty(); });
}

std::vector<Contribution> waterfall(const ComponentPosterior& component, const Profile& profile, double declared_odds) {
  const auto& row = *component.row;
  double before = odds_up_to(row, component.pairs, profile, 0);
  std::vector<Contribution> steps{{"prior", "", "", std::log10(before)}};
  for (std::size_t i = 0; i < kFamilies.size(); ++i) {
    if (!spoke(row, kFamilies[i])) continue;
    const double after = odds_up_to(row, component.pairs, profile, i + 1);
    Contribution step{to_string(kFamilies[i]), "", "", std::log10(after / before)};
    name_strongest(step, row, kFamilies[i], profile);
    steps.push_back(std::move(step));
    before = after;
  }
  const double final_without_declared = component.odds - declared_odds;
  if (final_without_declared > before * (1 + 1e-9)) {
    const auto* top = component.top();
    steps.push_back({row.name == kTokenizerRow ? "fact" : "decisive", "", top == nullptr ? "" : top->reference,
                     std::log10(final_without_declared / before)});
    before = final_without_declared;
  }
  if (declared_odds > 0) {
    steps.push_back({"declared", "", row.declared.front()->parent, std::log10(component.odds / before)});
  }
  return steps;
}

}  // namespace

bool is_decisive(const Item& item, const Profile& profile) {
  const auto& families = profile.decisive_families;
  return item.descent && item.record->log10_lr > 0 && item.log10_p && *item.log10_p <= profile.decisive_log10_p &&
         std::find(families.begin(), families.end(), item.record->family) != families.end();
}

double effective_lr(const Item& item, const Profile& profile) {
  if (item.lr == 0) return 0;
  const double cap = cap_of(item, item.lr > 0, profile);
  return std::clamp(item.lr, -cap, cap);
}

double family_lr(const std::vector<Item>& items, const std::vector<Item>& absolute, Family family,
                 const Profile& profile, bool skip_descent) {
  const bool average = profile.combine[family] == Combine::average;
  double strongest = 0, sum = 0, most_contrary = 0;
  std::size_t count = 0;
  for (const auto* list : {&items, &absolute})
    for (const auto& item : *list) {
      double lr = effective_lr(item, profile);
      if (skip_descent && family == Family::weight && lr > 0 && item.matches) lr = 0;
      if (std::abs(lr) > std::abs(strongest) || (lr > 0 && lr == -strongest)) strongest = lr;
      if (average) sum += power_of_ten(lr);
      most_contrary = std::max(most_contrary, lr);
      ++count;
    }
  if (count == 0) return 0;
  // What a training record says for its maker is worth nothing once a part of it speaks against.
  if (family == Family::training_log && most_contrary > 0) return most_contrary;
  return average ? std::log10(sum / static_cast<double>(count)) : strongest;
}

const PairPosterior* ComponentPosterior::top() const {
  const PairPosterior* best = nullptr;
  for (const auto& pair : pairs)
    if (best == nullptr || pair.odds > best->odds) best = &pair;
  return best;
}

ComponentPosterior posterior(const ComponentIndex& row, const Profile& profile, Detail detail) {
  ComponentPosterior result;
  result.row = &row;
  PerFamily<double> absolute;
  for (const Family family : kFamilies) absolute[family] = family_lr({}, row.absolute[family], family, profile);
  result.odds = unseen_prior(row, profile) * power_of_ten(weighted_sum(absolute, profile, false));
  for (const auto& pair : row.pairs) {
    result.pairs.push_back(weigh_pair(row, pair, profile));
    result.odds += result.pairs.back().odds;
  }
  const double declared = row.declared.empty() ? 0 : fact_odds(profile.declared_p);
  result.odds += declared;
  result.p = result.odds / (1 + result.odds);
  if (detail == Detail::full) result.contributions = waterfall(result, profile, declared);
  return result;
}

}  // namespace pedigree::verdict
