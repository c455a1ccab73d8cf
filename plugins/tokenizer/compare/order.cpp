// SPDX-License-Identifier: MIT
#include "plugins/tokenizer/compare/order.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pedigree::tokenizer {
namespace {

/// Place of each item among the subject's common items: 0, 1, 2, ...
std::vector<std::uint32_t> dense_places(std::span<const Places> items) {
  std::uint32_t largest = 0;
  for (const auto& item : items) largest = std::max(largest, item.subject);
  std::vector<std::uint32_t> dense(std::size_t{largest} + 1, 0);
  for (const auto& item : items) dense[item.subject] = 1;
  std::uint32_t next = 0;
  for (auto& place : dense) next += std::exchange(place, next);
  std::vector<std::uint32_t> out;
  out.reserve(items.size());
  for (const auto& item : items) out.push_back(dense[item.subject]);
  return out;
}

}  // namespace

std::size_t longest_increasing(std::span<const std::uint32_t> sequence) {
  std::vector<std::uint32_t> tails;  // tails[k]: smallest end of an increasing subsequence of k + 1 items
  for (const auto value : sequence) {
    if (tails.empty() || value > tails.back())
      tails.push_back(value);
    else
      *std::lower_bound(tails.begin(), tails.end(), value) = value;
  }
  return tails.size();
}

OrderStatistics order_of(std::span<const Places> items) {
  OrderStatistics out;
  out.items = items.size();
  if (items.empty()) return out;
  const auto dense = dense_places(items);
  out.longest = longest_increasing(dense);
  std::size_t neighbours = 0, run = 1;
  out.longest_block = 1;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].subject == items[i].reference) ++out.equal_places;
    if (i == 0) continue;
    const bool adjacent = dense[i] == dense[i - 1] + 1;
    neighbours += static_cast<std::size_t>(adjacent);
    run = adjacent ? run + 1 : 1;
    out.longest_block = std::max(out.longest_block, run);
  }
  if (items.size() < 2) return out;
  out.longest_ratio = static_cast<double>(out.longest) / static_cast<double>(items.size());
  out.adjacency = static_cast<double>(neighbours) / static_cast<double>(items.size() - 1);
  return out;
}

std::vector<Shift> shifts_of(std::span<const Places> items, std::size_t most) {
  std::vector<std::int64_t> all;
  all.reserve(items.size());
  for (const auto& item : items) all.push_back(std::int64_t{item.subject} - std::int64_t{item.reference});
  std::sort(all.begin(), all.end());
  std::vector<Shift> shifts;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t end = i;
    while (end < all.size() && all[end] == all[i]) ++end;
    shifts.push_back({all[i], end - i});
    i = end;
  }
  std::stable_sort(shifts.begin(), shifts.end(), [](const Shift& a, const Shift& b) { return a.items > b.items; });
  if (shifts.size() > most) shifts.resize(most);
  return shifts;
}

double longest_ratio_of_chance(std::size_t items) {
  return items == 0 ? 1 : std::min(1.0, 2 / std::sqrt(static_cast<double>(items)));
}

double longest_ratio_of_strangers(std::size_t items) {
  constexpr double kLargestSeen = 7.5;
  return items == 0 ? 1 : std::min(1.0, kLargestSeen / std::sqrt(static_cast<double>(items)));
}

double order_score(const OrderStatistics& order) {
  constexpr double kNeighboursOfStrangers = 40;
  if (order.items < 2) return 0;
  const auto beyond = [](double value, double usual) {
    return usual >= 1 ? 0 : std::max(0.0, (value - usual) / (1 - usual));
  };
  return std::max(beyond(order.longest_ratio, longest_ratio_of_strangers(order.items)),
                  beyond(order.adjacency, kNeighboursOfStrangers / static_cast<double>(order.items)));
}

}  // namespace pedigree::tokenizer
