// SPDX-License-Identifier: MIT
#include "plugins/weight/report/evidence.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "plugins/weight/decide/calibration.hpp"
#include "plugins/weight/report/details.hpp"

namespace pedigree::weight {
namespace {
using nlohmann::json;

std::string text_of(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

class Emission {
 public:
  Emission(const Host& host, const ComponentReport& report)
      : host_(host), r_(report), f_(report.finding), j_(report.judgement) {}

  void all() {
    measure();
    lineage();
    if (f_.stopped) return;  // the rest would be read as final
    if (f_.comparable) {
      units();
      agreement();
      order();
      heads();
    }
    if (matched_ && f_.basis_fixed) {
      spectrum();
      merge();
      difference();
    }
    power();
    comparators();
    plane();
    embedding();
    untrained();
  }

 private:
  void measure() {
    for (const auto& layer : f_.layers) {
      if (layer.source_layer < 0) continue;
      matched_ += 1;
      fixed_ += layer.fixed_share;
      agree_ += layer.agree_share;
      cosine_ += layer.mean_cosine;
    }
    const double n = std::max(1.0, static_cast<double>(matched_));
    fixed_ /= n;
    agree_ /= n;
    cosine_ /= n;
  }

  bool related() const { return j_.relation != relation::kNone; }

  void emit(std::string_view signal, double value, double lr, std::optional<double> p, std::string_view relation,
            std::string key, json params, json details, std::string_view component = {}) {
    Evidence e;
    e.signal = signal;
    e.reference = r_.reference;
    e.component = component.empty() ? std::string_view(r_.component) : component;
    e.value = std::isfinite(value) ? value : 0;
    e.log10_lr = std::isfinite(lr) ? lr : 0;
    e.log10_p = p;
    e.relation = relation;
    e.summary_key = std::move(key);
    params["reference"] = r_.reference;
    e.params_json = text_of(params);
    e.details_json = text_of(details);
    host_.emit(e);
  }

  void lineage() {
    json details{{"inheritance_map", inheritance_map(f_)},
                 {"layer_map", layer_map(f_)},
                 {"kinds", kinds_json(j_)},
                 {"maps", trials_json(f_)},
                 {"sampling", sampling_json(f_)},
                 {"spectrum", {{"top", rounded(j_.top)}, {"bulk", rounded(j_.bulk)}}}};
    if (const json stated = power_json(f_); !stated.is_null()) details["power"] = stated;
    if (f_.diagonal.valid)
      details["diagonal"] = {{"mean", rounded(f_.diagonal.mean)},
                             {"z", rounded(f_.diagonal.z)},
                             {"log10_p", rounded(f_.diagonal.log10_p)}};
    std::string key = "lineage." + std::string(j_.relation);
    if (!related()) key = f_.power.measured ? "lineage.none" : "lineage.none_without_power";
    json params{{"share", rounded(j_.inherited_share)},
                {"layers", matched_},
                {"of", f_.subject_layers},
                {"log10_p", rounded(j_.log10_p)},
                {"top", rounded(j_.top)},
                {"bulk", rounded(j_.bulk)},
                {"correlation", rounded(f_.power.row_correlation)},
                {"planted", rounded(f_.power.inherited_share)},
                {"changes", changes_said(j_)}};
    if (related() && !j_.exact) key += "_calibrated";
    if (j_.relation == relation::kPartial && matched_ == 0) {
      key = j_.exact ? "lineage.parts" : "lineage.parts_calibrated";
      params["part"] = json::array();
      if (j_.by_heads) params["part"].push_back("heads");
      if (j_.by_embedding) params["part"].push_back("embedding");
    }
    if (j_.relation == relation::kSharedInitialization && matched_ == 0) key = "lineage.dependent";
    if (f_.stopped) {
      key = related() ? "lineage.stopped" : "lineage.stopped_none";
      params["blocks"] = f_.blocks_done;
      params["planned"] = f_.blocks_planned;
      details["stopped"] = {{"reference_blocks_compared", f_.blocks_done}, {"of", f_.blocks_planned}};
    }
    emit("weight.lineage", std::clamp(j_.inherited_share, 0.0, 1.0), j_.log10_lr, j_.log10_p, j_.relation, key,
         std::move(params), std::move(details));
  }

  /// Relation and ratio of a signal that took part in the decision, or did not.
  std::string_view as_decided(bool took_part) const { return took_part ? j_.relation : relation::kNone; }

  void units() {
    const bool speaks = matched_ > 0 && f_.units_log10_p <= calibration::kDecisive;
    const double lr = speaks ? std::min(calibration::kExactCap, -f_.units_log10_p) : related() ? 0 : j_.log10_lr;
    UnitMatch::Signs signs;
    for (const auto& layer : f_.layers) signs = {signs.pairs + layer.signs.pairs, signs.plus + layer.signs.plus};
    const std::size_t one_sign = std::max(signs.plus, signs.pairs - signs.plus);
    const bool by_signs = speaks && fixed_ < 0.1 && signs.pairs > 0;  // units moved: places say nothing
    emit("weight.hidden-unit-match", std::clamp(by_signs ? agree_ : fixed_, 0.0, 1.0), lr, f_.units_log10_p,
         as_decided(speaks),
         by_signs ? "units.signs"
         : speaks ? "units.match"
                  : "units.none",
         {{"share", rounded(fixed_)},
          {"log10_p", rounded(f_.units_log10_p)},
          {"cosine", rounded(cosine_)},
          {"pairs", signs.pairs},
          {"one_sign", one_sign}},
         {{"layer_map", layer_map(f_)},
          {"maps", trials_json(f_)},
          {"signs", {{"pairs", signs.pairs}, {"plus", signs.plus}}}});
  }

  void agreement() {
    const bool speaks = matched_ > 0 && agree_ >= 0.1;
    double other = 0;
    for (const double a : f_.independent_agreement) other = std::max(other, a);
    emit("weight.unit-agreement", std::clamp(agree_, 0.0, 1.0),
         speaks ? std::min(calibration::kCalibratedCap, 6 * agree_) : 0, std::nullopt, as_decided(speaks),
         speaks ? "agreement.match" : "agreement.none", {{"share", rounded(agree_)}, {"chance", rounded(other)}},
         {{"other_layer_pairs", rounded(other)}});
  }

  void order() {
    if (matched_ == 0 || f_.subject_width == f_.reference_width) return;
    const bool exact = f_.units_log10_p <= calibration::kDecisive;
    std::vector<double> runs;
    for (const auto& layer : f_.layers)
      if (layer.source_layer >= 0) runs.push_back(layer.run_log10_p);
    const double run = median(std::move(runs));
    emit("weight.lis", std::clamp(j_.inherited_share, 0.0, 1.0), exact ? calibration::kExactCap : 0, f_.units_log10_p,
         as_decided(exact), run <= calibration::kDecisive ? "order.kept" : "order.lost",
         {{"units", f_.subject_width}, {"of", f_.reference_width}, {"log10_p", rounded(run)}}, json::object());
  }

  void heads() {
    const bool any = std::any_of(f_.layers.begin(), f_.layers.end(), [](auto& l) { return l.heads.has_value(); });
    if (!any) return;
    const bool exact = related() && matched_ > 0 && f_.channels_log10_p <= calibration::kDecisive;
    const bool speaks = (f_.heads_similarity >= calibration::kHeadSimilarity && related()) || exact;
    const double lr = exact ? std::min(calibration::kExactCap, -f_.heads_log10_p)
                            : std::min(calibration::kCalibratedCap, 4 * f_.heads_similarity);
    emit("weight.heads", std::clamp(f_.heads_similarity, -1.0, 1.0), speaks ? lr : 0, f_.heads_log10_p,
         as_decided(speaks),
         exact    ? "heads.channels"
         : speaks ? "heads.match"
                  : "heads.none",
         {{"similarity", rounded(f_.heads_similarity)},
          {"log10_p", rounded(f_.heads_log10_p)},
          {"channels", f_.channels}},
         {{"channels", f_.channels},
          {"fixed_channels", f_.fixed_channels},
          {"channels_log10_p", rounded(f_.channels_log10_p)}});
  }

  void spectrum() {
    emit("weight.inheritance-spectrum", std::clamp(j_.top - j_.bulk, -10.0, 10.0), 0, std::nullopt, j_.relation,
         j_.relation == relation::kSharedInitialization ? "spectrum.seed" : "spectrum.copy",
         {{"top", rounded(j_.top)}, {"bulk", rounded(j_.bulk)}}, {{"curve", spectrum_json(f_)}});
  }

  void merge() {
    if (j_.relation == relation::kSharedInitialization) return;
    emit("weight.merge-coefficient", std::clamp(j_.merge_coefficient, -10.0, 10.0), 0, std::nullopt, j_.relation,
         "merge.coefficient", {{"coefficient", rounded(j_.merge_coefficient)}}, json::object());
  }

  void difference() {
    std::vector<double> rank, change;
    for (const auto& layer : f_.layers)
      if (layer.source_layer >= 0 && layer.difference.valid) {
        rank.push_back(layer.difference.rank_share);
        change.push_back(layer.difference.relative_norm);
      }
    if (rank.empty()) return;
    emit("weight.delta-rank", std::clamp(median(rank), 0.0, 1.0), 0, std::nullopt, j_.relation, "difference.rank",
         {{"rank", rounded(median(rank))}, {"change", rounded(median(change))}}, json::object());
  }

  void power() {
    if (!f_.power.measured || related()) return;
    emit("weight.power", f_.power.row_correlation, 0, std::nullopt, relation::kNone, "power.stated",
         {{"correlation", rounded(f_.power.row_correlation)}, {"planted", rounded(f_.power.inherited_share)}},
         {{"power", power_json(f_)}});
  }

  void plane() {
    if (r_.plane.points.empty()) return;
    emit("weight.pca", std::clamp(r_.plane.explained, 0.0, 1.0), 0, std::nullopt, relation::kNone, "plane.shown",
         {{"explained", rounded(r_.plane.explained)}},
         {{"points", plane_json(r_.plane)}, {"explained", rounded(r_.plane.explained)}});
  }

  /// W10, of the layers described.
  void comparators() {
    double cka = 0, shape = 0, detail = 0, layers = 0;
    json rows = json::array();
    for (const auto& layer : f_.layers) {
      if (!layer.comparators) continue;
      const auto& c = *layer.comparators;
      layers += 1;
      cka += c.cka;
      shape += c.spectrum.shape;
      detail += c.spectrum.detail;
      rows.push_back({{"layer", layer.subject_layer},
                      {"source", layer.source_layer >= 0 ? json(layer.source_layer) : json()},
                      {"unbiased_cka", rounded(c.cka)},
                      {"spectrum_shape", rounded(c.spectrum.shape)},
                      {"spectrum_detail", rounded(c.spectrum.detail)}});
    }
    if (layers == 0) return;
    emit("weight.comparators", std::clamp(cka / layers, -1.0, 1.0), 0, std::nullopt, relation::kNone,
         "comparators.shown",
         {{"cka", rounded(cka / layers)},
          {"strangers", calibration::kStrangersCka},
          {"shape", rounded(shape / layers)},
          {"detail", rounded(detail / layers)}},
         {{"layers", std::move(rows)}});
  }

  void embedding() {
    const EmbeddingFinding& e = f_.embedding;
    if (!e.present) return;
    const bool text = f_.component == io::Component::kTextDecoder;
    const Judgement own = judge_embedding(f_);
    const std::string_view component = text ? component::kEmbedding : std::string_view(r_.component);
    const std::string key = own.relation == relation::kNone ? "embedding.none"
                            : own.exact                     ? "embedding.exact"
                            : embedding_relabelled(f_)      ? "embedding.relabelled"
                                                            : "embedding.aligned";
    json details{{"basis", name_of(e.basis)},
                 {"common_tokens", e.common},
                 {"best_map", name_of(e.best)},
                 {"axes", e.axes},
                 {"matched_axes", e.matched_axes},
                 {"fixed_axes", e.fixed_axes},
                 {"trace", rounded(e.trace)},
                 {"trace_log10_p_if_haar", rounded(e.trace_log10_p)},
                 {"cosine_under_layer_map", rounded(e.layer_map_cosine)},
                 {"top", rounded(e.spectrum.top)},
                 {"bulk", rounded(e.spectrum.bulk)}};
    emit("weight.embedding-alignment", std::clamp(e.held_out_cosine, -1.0, 1.0), own.log10_lr, own.log10_p,
         own.relation, key,
         {{"cosine", rounded(e.held_out_cosine)},
          {"axes", e.fixed_axes},
          {"of", e.axes},
          {"trace", rounded(e.trace)},
          {"trace_log10_p", rounded(e.trace_log10_p)},
          {"common", e.common},
          {"log10_p", rounded(own.log10_p)}},
         std::move(details), component);
  }

  void untrained() {
    const UntrainedTokens& u = r_.untrained;
    if (!u.valid) return;
    const double p = std::min(0.0, std::min(u.log10_p, u.same_basis_log10_p) + std::log10(2.0));
    const bool speaks = p <= -3 && std::max(u.correlation, u.same_basis_cosine) >= 0.1;
    emit("weight.seed-tokens", std::clamp(u.correlation, -1.0, 1.0), 0, p, relation::kNone,
         speaks ? "seed_tokens.shared" : "seed_tokens.none",
         {{"rows", u.rows}, {"correlation", rounded(u.correlation)}, {"log10_p", rounded(p)}},
         {{"rows", u.rows}, {"same_basis_cosine", rounded(u.same_basis_cosine)}}, component::kEmbedding);
  }

  const Host& host_;
  const ComponentReport& r_;
  const ComponentFinding& f_;
  const Judgement& j_;
  std::size_t matched_ = 0;
  double fixed_ = 0, agree_ = 0, cosine_ = 0;
};

}  // namespace

void emit_component(const Host& host, const ComponentReport& report) { Emission(host, report).all(); }

}  // namespace pedigree::weight
