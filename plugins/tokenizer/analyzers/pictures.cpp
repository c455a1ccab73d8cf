// SPDX-License-Identifier: MIT
#include "plugins/tokenizer/analyzers/pictures.hpp"

#include <algorithm>

namespace pedigree::tokenizer {
using nlohmann::json;

namespace {
constexpr std::size_t kScatterPoints = 2000;
constexpr std::size_t kShiftRows = 20;
}  // namespace

std::string names_of(const std::vector<const io::Signature*>& signatures) {
  std::string out;
  for (const auto* signature : signatures) out += (out.empty() ? "" : ", ") + signature->label.name;
  return out.empty() ? "-" : out;
}

json overlap_params(const Relation& r) {
  return {{"common", r.overlap.common()},
          {"subject_tokens", r.overlap.subject_tokens},
          {"reference_tokens", r.overlap.reference_tokens},
          {"share", r.overlap.share_of_reference()},
          {"share_of_subject", r.overlap.share_of_subject()},
          {"jaccard", r.overlap.jaccard()},
          {"order", std::max(r.spoken.longest_ratio, r.merges.longest_ratio)},
          {"strangers", longest_ratio_of_strangers(r.items())},
          {"score", r.score()}};
}

json order_params(const OrderStatistics& order) {
  return {{"longest", order.longest},
          {"items", order.items},
          {"ratio", order.longest_ratio},
          {"adjacency", order.adjacency},
          {"block", order.longest_block},
          {"chance", longest_ratio_of_chance(order.items)},
          {"strangers", longest_ratio_of_strangers(order.items)},
          {"score", order_score(order)}};
}

json overlap_picture(const Relation& r) {
  return {{"venn",
           {{"subject_only", r.overlap.subject_tokens - r.overlap.common()},
            {"common", r.overlap.common()},
            {"reference_only", r.overlap.reference_tokens - r.overlap.common()}}},
          {"kinship", name_of(r.kinship)},
          {"peeled", names_of(r.peeled)},
          {"explained", r.explained},
          {"remainder", r.remainder_tokens}};
}

json order_picture(const OrderStatistics& order, std::span<const Places> places) {
  json scatter = json::array();
  const std::size_t step = std::max<std::size_t>(1, (places.size() + kScatterPoints - 1) / kScatterPoints);
  for (std::size_t i = 0; i < places.size(); i += step) scatter.push_back({places[i].reference, places[i].subject});
  json shifts = json::array();
  if (order_score(order) >= kUnrelatedScore)  // of independent lists the shifts mean nothing
    for (const auto& shift : shifts_of(places, kShiftRows))
      shifts.push_back({{"by", shift.by}, {"items", shift.items}});
  return {{"scatter", std::move(scatter)},
          {"shifts", std::move(shifts)},
          {"longest_block", order.longest_block},
          {"adjacency", order.adjacency},
          {"equal_places", order.equal_places}};
}

json profile_picture(const VocabularyProfile& profile) {
  return {{"scripts", script_counts(profile.scripts)},
          {"lengths", profile.lengths},
          {"with_leading_space", profile.with_leading_space}};
}

json script_counts(const std::array<std::size_t, kScriptCount>& counts) {
  json out = json::object();
  for (std::size_t i = 0; i < kScriptCount; ++i)
    if (counts[i] > 0 || static_cast<Script>(i) == Script::kHangul)
      out[std::string{name_of(static_cast<Script>(i))}] = counts[i];
  return out;
}

}  // namespace pedigree::tokenizer
