// SPDX-License-Identifier: MIT
// Inheritance map, similarity by layer beside its null band, and the norm trap.
#include <algorithm>
#include <cmath>
#include <set>

#include "framework/report/html/pictures/album.hpp"
#include "framework/report/html/svg/chart.hpp"
#include "framework/report/html/svg/shapes.hpp"

namespace pedigree::report::html {
namespace {

using nlohmann::json;

constexpr std::size_t kMostLayers = 200, kMostRoles = 10, kMostRows = 800;
constexpr double kNullDeviations = 3.29;  // two-sided 0.1 % of a normal

/// The roles of a map in the order a token meets them; foreign names follow.
std::vector<std::string> role_columns(const json& map) {
  std::set<std::string> names;
  for (const auto& layer : map)
    for (const auto& [name, role] : object_at(layer, "roles").items()) names.insert(name);
  std::vector<std::string> columns;
  for (const char* known : {"q", "k", "v", "o", "gate", "up", "down"})
    if (names.erase(known) > 0) columns.emplace_back(known);
  for (const auto& name : names)
    if (columns.size() < kMostRoles) columns.push_back(name);
  return columns;
}

bool has_source(const json& layer) {
  return layer.is_object() && layer.contains("source") && !layer["source"].is_null();
}

bool inheritance(Album& album, const Piece& piece) {
  const auto& map = list_at(piece.details, "inheritance_map");
  if (map.empty() || std::none_of(map.begin(), map.end(), has_source)) return false;
  const auto columns = role_columns(map);
  HeatMap heat{album.say("html.inheritance", {{"reference", album.against(piece)}}),
               album.say("html.layer_from"),
               album.say("html.unmeasured"),
               {},
               {album.say("html.units")},
               {}};
  heat.columns.insert(heat.columns.end(), columns.begin(), columns.end());
  Rows rows{{album.say("html.layer"), album.say("html.source_layer"), album.say("html.units")}};
  rows.front().insert(rows.front().end(), columns.begin(), columns.end());
  for (const auto& layer : map) {
    if (heat.rows.size() >= kMostLayers) break;
    const auto source = has_source(layer) ? cell_at(layer, "source") : "\u2013";
    heat.rows.push_back(cell_at(layer, "layer") + " \u2190 " + source);
    heat.values.push_back({plottable(layer, "share", -1)});
    rows.push_back({cell_at(layer, "layer"), source, cell_at(layer, "share")});
    for (const auto& name : columns) {
      const auto& role = object_at(object_at(layer, "roles"), name.c_str());
      heat.values.back().push_back(plottable(role, "share", -1));
      rows.back().push_back(cell_at(role, "share"));
    }
  }
  album.add({heat.title, album.say("html.inheritance_caption"), {{"", draw(heat)}}, {}, rows}, {piece});
  return true;
}

/// Which of three series a role belongs to: attention, feed-forward, anything else.
std::size_t kind_of(const std::string& role) {
  for (const char* name : {"q", "k", "v", "o", "qkv", "attention_norm", "post_attention_norm"})
    if (role == name) return 0;
  for (const char* name : {"gate", "up", "down", "gate_up", "mlp_norm", "post_mlp_norm"})
    if (role == name) return 1;
  return 2;
}

/// Where independent entries put the correlation, by layer: as wide as the smallest tensor there makes it.
std::vector<Band::Edge> null_band(const json& list) {
  std::map<double, double> widest;
  for (const auto& row : list) {
    const double elements = plottable(row, "elements");
    if (elements < 1 || plottable(row, "layer") < 0) continue;
    auto& half = widest[plottable(row, "layer")];
    half = std::max(half, std::min(1.0, kNullDeviations / std::sqrt(elements)));
  }
  std::vector<Band::Edge> edges;
  for (const auto& [layer, half] : widest) edges.push_back({layer, -half, half});
  if (!edges.empty()) {  // half a layer further at both ends, so that dots lie within
    edges.insert(edges.begin(), {edges.front().x - 0.5, edges.front().low, edges.front().high});
    edges.push_back({edges.back().x + 0.5, edges.back().low, edges.back().high});
  }
  return edges;
}

Chart by_layer(const Album& album, const json& list, const char* member, const std::string& title, double low,
               const char* first, const char* second) {
  Chart chart{title, {album.say("html.layer"), Scale::whole}, {title, Scale::linear, low, 1.05}};
  std::vector<Series> series{{album.say(first), "a", Drawn::dots},
                             {album.say(second), "b", Drawn::dots},
                             {album.say("html.other_tensors"), "c", Drawn::dots}};
  for (const auto& row : list)
    if (const double layer = plottable(row, "layer"); layer >= 0)  // a final norm belongs to no layer
      series[kind_of(text_at(row, "role"))].points.push_back({layer, plottable(row, member)});
  for (auto& s : series)
    if (!s.points.empty()) chart.series.push_back(std::move(s));
  return chart;
}

/// One scale for both sides of a pair, so that they can be compared by eye.
double lowest(const json& list, const std::vector<Band::Edge>& edges, const char* raw, const char* centred) {
  double low = -0.15;
  for (const auto& row : list) low = std::min({low, plottable(row, raw) - 0.05, plottable(row, centred) - 0.05});
  for (const auto& e : edges) low = std::min(low, e.low - 0.05);
  return low;
}

Rows layer_rows(const Album& album, const json& list, const char* raw, const char* centred) {
  Rows rows{{album.say("html.layer"), album.say("html.tensor_role"), album.say("html.raw"), album.say("html.centred"),
             album.say("html.bit_equal")}};
  for (const auto& row : list) {
    if (rows.size() > kMostRows) break;
    rows.push_back({cell_at(row, "layer"), text_at(row, "role"), cell_at(row, raw), cell_at(row, centred),
                    cell_at(row, "bit_equal")});
  }
  return rows;
}

bool similarity(Album& album, const Piece& piece) {
  const auto& list = list_at(piece.details, "layers");
  if (list.size() < 2) return false;
  const auto edges = null_band(list);
  const double low = lowest(list, edges, "cosine", "centred");
  auto raw = by_layer(album, list, "cosine", album.say("html.raw"), low, "html.attention", "html.feed_forward");
  auto centred =
      by_layer(album, list, "centred", album.say("html.centred"), low, "html.attention", "html.feed_forward");
  const Band band{album.say("html.null_band"), false, 0, 0, edges};
  if (!band.edges.empty()) {
    raw.bands.push_back(band);
    centred.bands.push_back(band);
  }
  album.add({album.say("html.layers", {{"reference", album.against(piece)}}),
             album.say("html.layers_caption"),
             {{raw.title, draw(raw)}, {centred.title, draw(centred)}},
             {},
             layer_rows(album, list, "cosine", "centred"),
             true},
            {piece});
  return true;
}

bool norm_trap(Album& album, const Piece& piece) {
  const auto& list = list_at(piece.details, "gains");
  if (list.size() < 2) return false;
  const auto edges = null_band(list);
  const double low = lowest(list, edges, "cosine", "pearson");
  auto raw = by_layer(album, list, "cosine", album.say("html.raw"), low, "html.attention_norms", "html.mlp_norms");
  auto centred =
      by_layer(album, list, "pearson", album.say("html.centred"), low, "html.attention_norms", "html.mlp_norms");
  const char* inside = "raw_cosine_of_neighbouring_layers_of_the_subject";
  if (const double value = plottable(piece.details, inside); value > 0)
    raw.marks.push_back({album.say("html.norms_inside"), value});
  if (!edges.empty()) {
    centred.bands.push_back({album.say("html.null_band"), false, 0, 0, edges});
    raw.x.low = edges.front().x;  // a layer stands at one place on both sides
    raw.x.high = edges.back().x;
  }
  album.add({album.say("html.norms", {{"reference", album.against(piece)}}),
             album.say("html.norms_caption"),
             {{album.say("html.norms_raw"), draw(raw)}, {album.say("html.norms_centred"), draw(centred)}},
             {},
             layer_rows(album, list, "cosine", "pearson"),
             true},
            {piece});
  return true;
}

bool plane(Album& album, const Piece& piece) {
  Series subject{text_at(object_at(album.report(), "subject"), "id"), "a", Drawn::dots},
      reference{piece.reference(), "b", Drawn::dots};
  Rows rows{{album.say("html.model"), album.say("html.layer"), "x", "y"}};
  for (const auto& p : list_at(piece.details, "points")) {
    if (rows.size() > kMostRows) break;
    const bool own = text_at(p, "model") == "subject";
    (own ? subject : reference).points.push_back({plottable(p, "x"), plottable(p, "y")});
    rows.push_back({own ? subject.name : reference.name, cell_at(p, "layer"), cell_at(p, "x"), cell_at(p, "y")});
  }
  if (subject.points.empty() || reference.points.empty()) return false;
  Chart chart{album.say("html.plane", {{"reference", album.against(piece)}}),
              {album.say("html.component_1")},
              {album.say("html.component_2")},
              {subject, reference}};
  album.add({chart.title,
             album.say("html.plane_caption", {{"explained", plottable(piece.details, "explained")}}),
             {{"", draw(chart)}},
             {},
             rows},
            {piece});
  return true;
}

/// The first references of a kind of picture; returns the names of those without one.
template <class Make>
std::vector<std::string> first_of(Album& album, const std::string& signal, std::size_t most, const Make& make) {
  std::size_t drawn = 0;
  std::vector<std::string> without;
  for (const auto& piece : album.of(signal))
    if (drawn >= most || !make(album, piece))
      without.push_back(album.against(piece));
    else
      ++drawn;
  return without;
}

}  // namespace

void draw_weights(Album& album) {
  album.group(album.words().term("family", "weight"));
  auto unmatched = first_of(album, "weight.lineage", kDrawnReferences, inheritance);
  first_of(album, "weight.layer-cosine", 3, similarity);
  first_of(album, "weight.norm-gains", 3, norm_trap);
  first_of(album, "weight.pca", 2, plane);
  if (unmatched.empty()) return;
  std::string names;
  for (std::size_t i = 0; i < unmatched.size() && i < 12; ++i) names += (i == 0 ? "" : ", ") + unmatched[i];
  if (unmatched.size() > 12) names += ", \u2026";
  album.remark(album.say("html.unmatched", {{"references", names}, {"count", unmatched.size()}}));
}

}  // namespace pedigree::report::html
