// SPDX-License-Identifier: MIT
#include "plugins/weight/decide/kinds.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "pedigree/evidence.hpp"
#include "plugins/weight/decide/calibration.hpp"

namespace pedigree::weight {
namespace {
using namespace calibration;

std::string number(double value) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, std::round(value * 100) / 100);
  return error == std::errc{} ? std::string(text, end) : std::string{};
}

class Kinds {
 public:
  Kinds(const ComponentFinding& finding, const Judgement& judgement) : f_(finding), j_(judgement) {}

  std::vector<Kind> collect() {
    const bool seed = j_.relation == relation::kSharedInitialization;
    if (matched() && !seed) training();
    if (matched() && !seed && merged())
      add("merged", {{"weight", j_.merge_coefficient}}, "weight " + number(j_.merge_coefficient), j_.merge_coefficient);
    if (matched()) {
      depth();
      width();
      experts();
    }
    vocabulary();
    if (matched()) {
      storage();
      gauge();
    }
    return std::move(out_);
  }

 private:
  using Numbers = std::vector<std::pair<std::string, double>>;

  Kind& add(std::string name, Numbers numbers = {}, std::string detail = {}, double value = 0) {
    std::string sentence = name;
    out_.push_back({std::move(name), std::move(sentence), {}, {}, std::move(numbers), std::move(detail), value});
    return out_.back();
  }
  /// Something done to a part.
  void add_to(std::string name, std::string part, const std::string& detail, Numbers numbers = {}, double value = 0) {
    add(std::move(name), std::move(numbers), detail, value).part = std::move(part);
  }

  bool same_hidden() const { return f_.subject_hidden == f_.reference_hidden; }
  bool matched() const { return j_.matched_layers > 0; }

  /// Of the layers that have a source.
  template <class Pick>
  double over_layers(Pick pick) const {
    std::vector<double> out;
    for (const auto& layer : f_.layers)
      if (layer.source_layer >= 0 && layer.difference.valid) out.push_back(pick(layer.difference));
    return median(std::move(out));
  }

  struct Coefficients {
    double middle = 1, spread = 1, cosine = 1;  // spread: root mean square around the mean
    std::size_t matrices = 0;
  };
  Coefficients coefficients() const {
    std::vector<double> values, cosines;
    double sum = 0, squares = 0;
    for (const auto& layer : f_.layers)
      for (const auto& [name, role] : layer.roles) {
        if (!role.spectrum.valid || role.uneven_scale || layer.source_layer < 0) continue;
        values.push_back(role.spectrum.coefficient);
        sum += role.spectrum.coefficient;
        squares += role.spectrum.coefficient * role.spectrum.coefficient;
        if (name == "gate" || name == "up" || name == "down") cosines.push_back(role.spectrum.cosine);
      }
    if (values.empty()) return {};
    const auto n = static_cast<double>(values.size());
    const double spread = std::sqrt(std::max(0.0, squares / n - sum / n * sum / n));
    return {median(values), spread, median(cosines), values.size()};
  }

  /// Everything shrunk by one factor, or so different that all of it is gone by one share.
  bool merged() const {
    constexpr std::size_t kMatrices = 6;
    if (!matched() || !f_.basis_fixed || j_.few_units || !same_hidden() || sparsified()) return false;
    const Coefficients c = coefficients();
    const bool one_factor = c.matrices >= kMatrices && c.spread <= kMergeSpread && c.middle < kMergeWeight &&
                            c.middle > 0.1 && over_layers([](auto& d) { return d.relative_norm; }) > 0.05;
    const bool apart = c.cosine < 0.9 && j_.top < 0.85 && j_.top > 0.1 && std::abs(j_.top - j_.bulk) < 0.12;
    return one_factor || apart;
  }

  void training() {
    if (!f_.basis_fixed) {
      add("undetermined", {}, "the rotation is not known closely enough");
      return;
    }
    const double change = over_layers([](auto& d) { return d.relative_norm; });
    const double rank = over_layers([](auto& d) { return d.rank_share; });
    const Alignment map = f_.trials[f_.chosen].kind;
    const bool exact_basis = map == Alignment::kIdentity || map == Alignment::kSignedPermutation;
    const bool low_rank = exact_basis && same_hidden() && change < 0.6 && rank < 0.13;
    std::size_t equal = 0, described = 0;
    for (const auto& layer : f_.layers) {
      described += layer.source_layer >= 0 && layer.difference.valid;
      equal += layer.source_layer >= 0 && layer.units_equal;
    }
    if (described == 0) return;  // nothing was described: nothing is named
    const bool units_equal = equal * 2 > described;
    const std::string size = "relative change " + number(change);
    if (change <= kRounding) {
      Kind& kind = add("copied", {}, change < 1e-6 ? "matched units are equal" : "equal but for rounding", change);
      if (change >= 1e-6) kind.sentence = "copied_rounded";
      return;
    }
    if (units_equal) add("copied", {}, "matched units are equal").sentence = "units_copied";
    if (explained_by_rounding(change)) return;
    if (low_rank)
      add("lora", {{"rank", rank}, {"change", change}}, "difference of rank share " + number(rank), rank);
    else if (j_.top - j_.bulk > 0.08)
      add("continued_pretraining", {{"bulk", j_.bulk}}, "bulk kept " + number(j_.bulk), j_.bulk);
    else if (merged())
      return;
    else if (change > kHeavyChange)
      add("heavily_changed", {{"change", change}}, size, change);
    else
      add("fine_tuned", {{"change", change}}, size, change).sentence = units_equal ? "rest_tuned" : "fine_tuned";
  }

  /// What the rounding of a quantised side alone does, with the error of its estimate.
  bool explained_by_rounding(double change) const {
    if (!f_.subject_form.quantised() && !f_.reference_form.quantised()) return false;
    const double rounding = std::hypot(f_.subject_form.rounding(), f_.reference_form.rounding());
    return change <= 1.3 * rounding + kRounding;
  }

  void depth() {
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
    const auto count = [](std::size_t n) { return static_cast<double>(n); };
    if (with == sources.size() && back > 0) add_to("permuted", "layers", "layers");
    if (with > sources.size())
      add("depth_upscaled", {{"layers", count(with)}, {"of", count(sources.size())}},
          number(count(with)) + " layers from " + number(count(sources.size())), count(with));
    else if (f_.subject_layers < f_.reference_layers && with == f_.subject_layers)
      add("depth_pruned", {{"layers", count(f_.subject_layers)}, {"of", count(f_.reference_layers)}},
          number(count(f_.subject_layers)) + " of " + number(count(f_.reference_layers)), count(f_.subject_layers));
    else if (with < f_.subject_layers)
      add("layers_added", {{"layers", count(f_.subject_layers - with)}},
          number(count(f_.subject_layers - with)) + " layers without a source", count(f_.subject_layers - with));
  }

  void width() {
    if (j_.few_units)
      add("units_reused", {{"share", j_.inherited_share}}, number(100 * j_.inherited_share) + " % of the hidden units",
          j_.inherited_share);
    if (f_.subject_experts == f_.reference_experts)
      resized("hidden_units", "hidden units", f_.subject_width, f_.reference_width);
    resized("residual_width", "residual width", f_.subject_hidden, f_.reference_hidden);
    for (const auto& layer : f_.layers)
      if (layer.source_layer >= 0 && layer.heads && layer.heads->share > 0.5) {
        resized("heads", "attention heads", layer.heads->subject_heads, layer.heads->reference_heads);
        break;
      }
  }

  void resized(const char* part, const char* words, std::uint64_t subject, std::uint64_t reference) {
    if (subject == reference) return;
    const bool narrower = subject < reference;
    const auto own = static_cast<double>(subject), of = static_cast<double>(reference);
    add_to(narrower ? "width_pruned" : "width_upscaled", std::string(part) + (narrower ? "_of" : "_from"),
           std::string(words) + " " + number(own) + (narrower ? " of " : " from ") + number(of),
           {{"count", own}, {"of", of}}, own);
  }

  void experts() {
    const auto count = static_cast<double>(f_.subject_experts);
    if (f_.subject_experts > 0 && f_.reference_experts == 0)
      add("moe_upcycled", {{"experts", count}}, number(count) + " experts", count);
  }

  void vocabulary() {
    const EmbeddingFinding& e = f_.embedding;
    if (!e.present || e.basis != JoinBasis::kBytes) return;
    if (e.reordered) add_to("permuted", "vocabulary", "vocabulary");
    const bool kept = judge_embedding(f_).relation != relation::kNone;
    const double more = static_cast<double>(e.subject_rows) - static_cast<double>(e.reference_rows);
    if (kept && more > 0 && e.common * 2 > e.reference_rows)
      add("extended_vocabulary", {{"rows", more}}, number(more) + " rows more", more);
    if (kept && more < 0 && e.common * 2 > e.subject_rows)
      add("reduced_vocabulary", {{"rows", -more}}, number(-more) + " rows fewer", -more);
    if (!kept && matched() && !merged()) add("embeddings_replaced");
  }

  bool sparsified() const {
    return f_.subject_form.texture.zero_share > 0.2 && f_.reference_form.texture.zero_share < 0.05;
  }
  bool quantised() const { return f_.subject_form.quantised() && !f_.reference_form.quantised(); }

  void storage() {
    const StoredForm &a = f_.subject_form, &b = f_.reference_form;
    if (sparsified()) {
      const double share = a.texture.zero_share;
      add("sparsified", {{"share", share}}, number(100 * share) + " % zeros", share);
    }
    if (a.quantised() && b.quantised() && a.coarse != b.coarse) {
      say_quantised(add("quantised"), a);
      say_quantised(add("reference_quantised"), b);
    } else if (quantised()) {
      say_quantised(add("quantised"), a);
    } else if (b.quantised() && !a.quantised()) {
      say_quantised(add("reference_quantised"), b);
    }
  }

  static void say_quantised(Kind& kind, const StoredForm& form) {
    const ValueGrid& grid = form.texture.grid;
    kind.value = form.texture.distinct_per_row;
    if (!form.coarse.empty()) {
      kind.sentence += "_stored";
      kind.type = form.coarse;
      kind.detail = "stored as " + kind.type;
    } else if (grid.found) {
      const auto group = static_cast<double>(grid.group);
      kind.sentence += grid.group == 0 ? "_rows" : "_groups";
      kind.numbers = {{"group", group}};
      kind.detail = grid.group == 0 ? "equal steps in each row" : "equal steps in groups of " + number(group);
    } else {
      kind.sentence += "_values";
      kind.detail = "different values per row " + number(form.texture.distinct_per_row);
    }
  }

  void gauge() {
    const Alignment kind = f_.trials[f_.chosen].kind;
    if (kind == Alignment::kSignedPermutation && same_hidden()) add_to("permuted", "residual_axes", "residual axes");
    if ((kind == Alignment::kOrthogonal || kind == Alignment::kHiddenUnits) && same_hidden())
      add_to("rotated", "residual_basis", "residual basis");
    double moved = 0, fixed = 0, in_order = 0, heads_moved = 0, gauged = 0, pairs = 0, plus = 0;
    std::size_t moved_experts = 0;
    for (const auto& l : f_.layers) {
      if (l.source_layer < 0) continue;
      moved += l.agree_share > 0.5 && l.fixed_share < 0.1;
      fixed += l.fixed_share > 0.5;
      in_order += l.run_log10_p <= kDecisive;
      moved_experts += l.experts_moved;
      pairs += static_cast<double>(l.signs.pairs);
      plus += static_cast<double>(l.signs.plus);
      if (!l.heads) continue;
      heads_moved += l.heads->share > 0.5 && out_of_order(*l.heads);
      gauged += l.heads->query_key_similarity > 0.5 && !l.roles.contains("q") && !l.roles.contains("k");
    }
    if (moved > fixed && moved > in_order) add_to("permuted", "hidden_units", "hidden units");
    if (heads_moved > 0) add_to("permuted", "heads", "attention heads");
    if (moved_experts > 0 && f_.reference_experts > 0) add_to("permuted", "experts", "experts");
    if (gauged > 0) add_to("rotated", "query_key_channels", "query and key channels");
    if (pairs >= 32 && plus > 0.05 * pairs && plus < 0.95 * pairs) add_to("rescaled", "signs", "signs of hidden units");
    scale();
  }

  /// Most at another place; where heads were cut, not in one order.
  static bool out_of_order(const HeadMatch& heads) {
    if (heads.subject_heads == heads.reference_heads) return heads.permuted;
    std::size_t back = 0, pairs = 0;
    std::uint32_t before = kNoMatch;
    for (const auto partner : heads.partner) {
      if (partner == kNoMatch) continue;
      pairs += 1;
      back += before != kNoMatch && partner < before;
      before = partner;
    }
    return back * 4 > pairs;
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
    if (layers == 0) return;
    if (uneven * 2 > layers)
      add_to("rescaled", "units_unevenly", "hidden units, each by a factor of its own");
    else if (!merged() && opposite)
      add_to("rescaled", "up_down", "up " + number(u) + ", down " + number(d), {{"up", u}, {"down", d}}, u);
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
