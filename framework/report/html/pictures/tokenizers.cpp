// SPDX-License-Identifier: MIT
// Vocabulary overlap, order of merges, and the ancestors within a vocabulary.
#include <algorithm>
#include <cmath>
#include <set>

#include "framework/report/html/pictures/album.hpp"
#include "framework/report/html/svg/chart.hpp"
#include "framework/report/html/svg/shapes.hpp"

namespace pedigree::report::html {
namespace {

using nlohmann::json;

constexpr std::size_t kMostPoints = 4000, kColumns = 31, kMostRows = 400;

std::string subject_of(const Album& album) { return text_at(object_at(album.report(), "subject"), "id"); }

void overlap(Album& album, const Piece& piece) {
  const auto& sizes = object_at(piece.details, "venn");
  Venn venn{album.say("html.venn", {{"reference", piece.reference()}}),
            album.say("html.only_in", {{"model", subject_of(album)}}),
            album.say("html.only_in", {{"model", piece.reference()}}),
            album.say("html.in_both"),
            std::max(0.0, plottable(sizes, "subject_only")),
            std::max(0.0, plottable(sizes, "common")),
            std::max(0.0, plottable(sizes, "reference_only"))};
  album.add({venn.title,
             album.say("html.venn_caption"),
             {{"", draw(venn)}},
             {},
             {{album.say("html.set"), album.say("html.tokens")},
              {venn.left, cell_at(sizes, "subject_only")},
              {venn.both, cell_at(sizes, "common")},
              {venn.right, cell_at(sizes, "reference_only")}}},
            {piece});
}

/// How far items moved, of the same sample that the dots show.
Histogram shifts_of(const Album& album, const std::vector<Point>& points) {
  Histogram h{album.say("html.shifts"), album.say("html.shift_axis"), album.say("html.share_of_items")};
  for (const auto& p : points) {
    h.low = std::min(h.low, p.y - p.x);
    h.high = std::max(h.high, p.y - p.x);
  }
  if (h.high - h.low < 4) h.low = std::min(h.low, -2.0), h.high = std::max(h.high, 2.0);
  h.columns.assign(kColumns, 0.0);
  for (const auto& p : points) {
    const double share = (p.y - p.x - h.low) / (h.high - h.low);
    const auto column = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * kColumns);
    h.columns[std::min(column, kColumns - 1)] += 1.0 / static_cast<double>(points.size());
  }
  return h;
}

bool order(Album& album, const Piece& piece, bool merges) {
  Series dots{"", "a", Drawn::many_dots};
  for (const auto& pair : list_at(piece.details, "scatter"))
    if (dots.points.size() < kMostPoints && pair.is_array() && pair.size() == 2 && pair[0].is_number() &&
        pair[1].is_number())
      dots.points.push_back(
          {std::clamp(pair[0].get<double>(), 0.0, 1e12), std::clamp(pair[1].get<double>(), 0.0, 1e12)});
  if (dots.points.size() < 10) return false;
  Chart chart{album.say(merges ? "html.ranks" : "html.ids", {{"reference", piece.reference()}}),
              {album.say("html.rank_in", {{"model", piece.reference()}}), Scale::linear, 0.0},
              {album.say("html.rank_in", {{"model", subject_of(album)}}), Scale::linear, 0.0},
              {dots}};
  chart.square = true;
  const auto histogram = shifts_of(album, dots.points);
  Rows rows{{album.say("html.rank_in", {{"model", piece.reference()}}),
             album.say("html.rank_in", {{"model", subject_of(album)}})}};
  const std::size_t stride = std::max<std::size_t>(1, dots.points.size() / kMostRows);
  for (std::size_t i = 0; i < dots.points.size(); i += stride)
    rows.push_back({cell(json(dots.points[i].x)), cell(json(dots.points[i].y))});
  Rows exact{{album.say("html.shift_axis"), album.say("html.items")}};
  for (const auto& shift : list_at(piece.details, "shifts"))
    exact.push_back({cell_at(shift, "by"), cell_at(shift, "items")});
  Figure figure{chart.title,
                album.say("html.ranks_caption"),
                {{album.say("html.ranks_drawing"), draw(chart)}, {histogram.title, draw(histogram)}},
                {},
                rows,
                true};
  if (exact.size() > 1)
    figure.body =
        "<details><summary>" + escape(album.say("html.exact_shifts")) + "</summary>" + table(exact) + "</details>";
  album.add(figure, {piece});
  return true;
}

void ancestors(Album& album, const Piece& piece) {
  const auto& list = list_at(piece.details, "intersections");
  std::vector<std::string> sets;
  for (const auto& row : list)
    for (const auto& name : list_at(row, "in"))
      if (name.is_string() && std::find(sets.begin(), sets.end(), name.get<std::string>()) == sets.end() &&
          sets.size() < 8)
        sets.push_back(name.get<std::string>());
  if (sets.empty()) return;
  Upset upset{album.say("html.upset"), album.say("html.upset_none"), sets, {}};
  Rows rows{{album.say("html.set"), album.say("html.tokens")}};
  for (const auto& row : list) {
    Upset::Combination c{std::vector<bool>(sets.size()), std::max(0.0, plottable(row, "tokens"))};
    std::string names;
    for (const auto& name : list_at(row, "in"))
      for (std::size_t s = 0; s < sets.size(); ++s)
        if (name == sets[s]) {
          c.in[s] = true;
          names += (names.empty() ? "" : " + ") + sets[s];
        }
    rows.push_back({names.empty() ? upset.none : names, cell_at(row, "tokens")});
    upset.combinations.push_back(std::move(c));
  }
  std::stable_sort(upset.combinations.begin(), upset.combinations.end(),
                   [](const auto& a, const auto& b) { return a.size > b.size; });
  if (upset.combinations.size() > 8) upset.combinations.resize(8);
  album.add({upset.title, album.say("html.upset_caption"), {{"", draw(upset)}}, {}, rows}, {piece});
}

}  // namespace

void draw_tokenizers(Album& album) {
  album.group(album.words().term("family", "tokenizer"));
  for (const auto& piece : album.of("tokenizer.ancestor")) ancestors(album, piece);
  std::size_t drawn = 0;
  for (const auto& piece : album.of("tokenizer.overlap"))
    if (!object_at(piece.details, "venn").empty() && drawn++ < kDrawnReferences) overlap(album, piece);
  // Merge rules where there are any; a vocabulary without merges is shown by its ids.
  std::set<std::string> done;
  for (const bool merges : {true, false})
    for (const auto& piece : album.of(merges ? "tokenizer.merge-order" : "tokenizer.id-order"))
      if (done.size() < kDrawnReferences && done.count(piece.reference()) == 0 && order(album, piece, merges))
        done.insert(piece.reference());
}

}  // namespace pedigree::report::html
