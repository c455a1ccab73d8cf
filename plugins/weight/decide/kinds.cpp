// SPDX-License-Identifier: MIT
#include "plugins/weight/decide/kinds.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "pedigree/evidence.hpp"

namespace pedigree::weight {
namespace {

std::string number(double value) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, std::round(value * 100) / 100);
  return error == std::errc{} ? std::string(text, end) : std::string{};
}

class Kinds {
 public:
  Kinds(const ComponentFinding& finding, const Judgement& judgement) : f_(finding), j_(judgement) {}

  std::vector<Kind> collect() {
    training();
    merge();
    depth();
    width();
    experts();
    vocabulary();
    storage();
    gauge();
    return std::move(out_);
  }

 private:
  void add(std::string name, std::string detail = {}, double value = 0) {
    out_.push_back({std::move(name), std::move(detail), value});
  }

  std::vector<double> per_layer(double (*pick)(const LayerFinding&)) const {
    std::vector<double> out;
    for (const auto& layer : f_.layers)
      if (layer.source_layer >= 0) out.push_back(pick(layer));
    return out;
  }

  bool merged() const {
    const double cosine = median_of_roles([](const RoleFinding& r) { return r.spectrum.cosine; });
    const double top = j_.top;
    return matched() && !j_.few_units && same_hidden() && cosine < 0.9 && top < 0.85 && top > 0.1 &&
           std::abs(j_.top - j_.bulk) < 0.12;
  }
  bool same_hidden() const { return f_.subject_hidden == f_.reference_hidden; }
  bool matched() const { return j_.matched_layers > 0; }

  double median_of_roles(double (*pick)(const RoleFinding&)) const {
    std::vector<double> out;
    for (const auto& layer : f_.layers)
      for (const auto& [name, role] : layer.roles)
        if (role.spectrum.valid && (name == "gate" || name == "up" || name == "down")) out.push_back(pick(role));
    return median(out);
  }

  void training() {
    if (!matched() || j_.relation == relation::kSharedInitialization) return;
    const double change = median(per_layer([](const LayerFinding& l) { return l.difference.relative_norm; }));
    const double rank = median(per_layer([](const LayerFinding& l) { return l.difference.rank_share; }));
    const bool exact_basis =
        f_.trials[f_.chosen].kind == Alignment::kIdentity || f_.trials[f_.chosen].kind == Alignment::kSignedPermutation;
    if (change < 1e-6)
      add("copied", "matched units are equal", change);
    else if (exact_basis && same_hidden() && change < 0.6 && rank < 0.13)
      add("lora", "difference of rank share " + number(rank), rank);
    else if (j_.top - j_.bulk > 0.08)
      add("continued_pretraining", "bulk kept " + number(j_.bulk), j_.bulk);
    else if (!merged())
      add("fine_tuned", "relative change " + number(change), change);
  }

  void merge() {
    if (merged() && j_.relation != relation::kSharedInitialization)
      add("merged", "weight " + number(j_.merge_coefficient), j_.merge_coefficient);
  }

  void depth() {
    if (!matched()) return;
    std::set<int> sources;
    std::size_t with = 0, compared = 0, back = 0;
    int before = -1;
    for (const auto& layer : f_.layers) compared += layer.compared;
    if (compared < f_.layers.size()) return;  // a probe of a few layers shows no order
    for (const auto& layer : f_.layers)
      if (layer.source_layer >= 0) {
        ++with;
        sources.insert(layer.source_layer);
        back += layer.source_layer < before;
        before = layer.source_layer;
      }
    if (with == sources.size() && back > 0) add("permuted", "layers");
    if (with > sources.size())
      add("depth_upscaled",
          number(static_cast<double>(with)) + " layers from " + number(static_cast<double>(sources.size())),
          static_cast<double>(with));
    else if (f_.subject_layers < f_.reference_layers && with == f_.subject_layers)
      add("depth_pruned",
          number(static_cast<double>(f_.subject_layers)) + " of " + number(static_cast<double>(f_.reference_layers)),
          static_cast<double>(f_.subject_layers));
    else if (with < f_.subject_layers)
      add("layers_added", number(static_cast<double>(f_.subject_layers - with)) + " layers without a source",
          static_cast<double>(f_.subject_layers - with));
  }

  void width() {
    if (!matched()) return;
    if (j_.few_units)
      add("units_reused", number(100 * j_.inherited_share) + " % of the hidden units", j_.inherited_share);
    if (f_.subject_experts == f_.reference_experts) resized("hidden units", f_.subject_width, f_.reference_width);
    resized("residual width", f_.subject_hidden, f_.reference_hidden);
  }

  void resized(const char* what, std::uint64_t subject, std::uint64_t reference) {
    if (subject == reference) return;
    const bool narrower = subject < reference;
    add(narrower ? "width_pruned" : "width_upscaled",
        std::string(what) + " " + number(static_cast<double>(subject)) + (narrower ? " of " : " from ") +
            number(static_cast<double>(reference)),
        static_cast<double>(subject));
  }

  void experts() {
    if (matched() && f_.subject_experts > 0 && f_.reference_experts == 0)
      add("moe_upcycled", number(static_cast<double>(f_.subject_experts)) + " experts",
          static_cast<double>(f_.subject_experts));
  }

  void vocabulary() {
    const EmbeddingFinding& e = f_.embedding;
    if (!e.present || e.basis != JoinBasis::kBytes) return;
    if (e.reordered) add("permuted", "vocabulary");
    const bool kept = judge_embedding(f_).relation != relation::kNone;
    if (kept && e.subject_rows > e.reference_rows && e.common * 2 > e.reference_rows)
      add("extended_vocabulary", number(static_cast<double>(e.subject_rows - e.reference_rows)) + " rows more",
          static_cast<double>(e.subject_rows - e.reference_rows));
    if (!kept && matched()) add("embeddings_replaced");
  }

  void storage() {
    const ValueTexture &a = f_.subject_texture, &b = f_.reference_texture;
    if (a.zero_share > 0.2 && b.zero_share < 0.05)
      add("sparsified", number(100 * a.zero_share) + " % zeros", a.zero_share);
    const bool groups = a.distinct_per_32 < 0.6 && b.distinct_per_32 > 0.8;
    const bool rows = a.distinct_per_row < 0.75 * b.distinct_per_row;
    if ((groups || rows) && a.zero_share < 0.2)
      add("quantised", "different values per row " + number(a.distinct_per_row), a.distinct_per_row);
  }

  void gauge() {
    if (!matched()) return;
    const Alignment kind = f_.trials[f_.chosen].kind;
    if (kind == Alignment::kSignedPermutation && same_hidden()) add("permuted", "residual axes");
    if ((kind == Alignment::kOrthogonal || kind == Alignment::kHiddenUnits) && same_hidden())
      add("rotated", "residual basis");
    double permuted = 0, fixed = 0, heads_moved = 0, gauged = 0, pairs = 0, plus = 0;
    std::size_t moved_experts = 0;
    for (const auto& l : f_.layers) {
      if (l.source_layer < 0) continue;
      permuted += l.agree_share > 0.5 && l.fixed_share < 0.1;
      fixed += l.fixed_share > 0.5;
      moved_experts += l.experts_moved;
      pairs += static_cast<double>(l.signs.pairs);
      plus += static_cast<double>(l.signs.plus);
      if (!l.heads) continue;
      heads_moved += l.heads->share > 0.5 && l.heads->permuted;
      gauged += l.heads->query_key_similarity > 0.5 && !l.roles.contains("q") && !l.roles.contains("k");
    }
    if (permuted > fixed && f_.subject_width == f_.reference_width) add("permuted", "hidden units");
    if (heads_moved > 0) add("permuted", "attention heads");
    if (moved_experts > 0 && f_.reference_experts > 0) add("permuted", "experts");
    if (gauged > 0) add("rotated", "query and key channels");
    if (pairs >= 32 && plus > 0.05 * pairs && plus < 0.95 * pairs) add("rescaled", "signs of hidden units");
    scale();
  }

  /// up*s, down/s: both uneven where gate is not, or one long and the other short.
  void scale() {
    std::vector<double> up, down;
    double uneven = 0, layers = 0;
    for (const auto& layer : f_.layers) {
      const auto u = layer.roles.find("up"), d = layer.roles.find("down"), g = layer.roles.find("gate");
      if (u == layer.roles.end() || d == layer.roles.end()) continue;
      up.push_back(u->second.row_scale);
      down.push_back(d->second.row_scale);
      uneven += u->second.uneven_scale && d->second.uneven_scale && g != layer.roles.end() && !g->second.uneven_scale;
      layers += 1;
    }
    const double u = median(up), d = median(down);
    const bool opposite = u * d > 0.5 && u * d < 2 && (u > 1.5 || u < 0.67);
    if (layers > 0 && (uneven * 2 > layers || (!merged() && opposite)))
      add("rescaled", "up " + number(u) + ", down " + number(d), u);
  }

  const ComponentFinding& f_;
  const Judgement& j_;
  std::vector<Kind> out_;
};

}  // namespace

std::vector<Kind> kinds_of(const ComponentFinding& finding, const Judgement& judgement) {
  return Kinds(finding, judgement).collect();
}

}  // namespace pedigree::weight
