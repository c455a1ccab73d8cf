// SPDX-License-Identifier: MIT
// Where knowledge ends, and the tree of answers.
#include <algorithm>
#include <cstdlib>

#include "framework/report/html/pictures/album.hpp"
#include "framework/report/html/svg/chart.hpp"
#include "framework/report/html/svg/tree.hpp"

namespace pedigree::report::html {
namespace {

using nlohmann::json;

/// Months since 2000-01 of "2024-03"; nothing for another text.
std::optional<double> month_of(const std::string& text) {
  if (text.size() != 7 || text[4] != '-') return std::nullopt;
  for (const std::size_t i : {0u, 1u, 2u, 3u, 5u, 6u})
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
  return (std::atoi(text.c_str()) - 2000) * 12.0 + std::atoi(text.c_str() + 5) - 1;
}

Series curve_of(const Piece& piece, const std::string& name, const char* css, Rows& rows) {
  Series line{name, css, Drawn::line};
  for (const auto& point : list_at(piece.details, "curve")) {
    const auto month = month_of(text_at(point, "month"));
    if (!month || line.points.size() >= 600) continue;
    line.points.push_back({*month, plottable(point, "accuracy")});
    rows.push_back({name, text_at(point, "month"), cell_at(point, "accuracy"), cell_at(point, "answers")});
  }
  return line;
}

void cutoff(Album& album, const Piece& piece) {
  Rows rows{{album.say("html.model"), album.say("html.month"), album.say("html.accuracy"), album.say("html.answers")}};
  const auto subject = text_at(object_at(album.report(), "subject"), "id");
  Chart chart{album.say("html.cutoff"),
              {album.say("html.month"), Scale::months},
              {album.say("html.accuracy"), Scale::linear, 0.0, 1.0}};
  chart.series.push_back(curve_of(piece, subject, "a", rows));
  if (chart.series.front().points.size() < 3) return;
  std::vector<Piece> pieces{piece};
  for (const auto& other : album.of("behavior.same-cutoff")) {
    if (chart.series.size() >= 3) break;
    auto line = curve_of(other, other.reference(), chart.series.size() == 1 ? "b" : "c", rows);
    if (line.points.size() < 3) continue;
    chart.series.push_back(std::move(line));
    pieces.push_back(other);
  }
  const auto& params = object_at(piece.evidence, "params");
  const auto low = month_of(text_at(params, "low")), high = month_of(text_at(params, "high")),
             month = month_of(text_at(params, "month"));
  if (low && high) {
    chart.bands.push_back({album.say("html.cutoff_interval"), true, *low, *high});
    rows.push_back({subject,
                    album.say("html.cutoff_interval") + ": " + month_name(*low) + " \u2013 " + month_name(*high), "",
                    ""});
  }
  if (month) chart.marks.push_back({album.say("html.cutoff_mark", {{"month", month_name(*month)}}), *month, true});
  album.add({chart.title, album.say("html.cutoff_caption"), {{"", draw(chart)}}, {}, rows}, pieces);
}

void tree(Album& album, const Piece& piece) {
  const auto read = read_newick(text_at(piece.details, "newick"));
  if (!read) return;
  Rows rows{{album.say("html.as_text")}};
  const auto ascii = text_at(piece.details, "ascii");
  Figure figure{album.say("html.tree"),
                album.say("html.tree_caption"),
                {{"", draw(album.say("html.tree"), *read, text_at(object_at(album.report(), "subject"), "id"),
                           album.say("html.distance"))}}};
  std::string lines;
  for (std::size_t from = 0; from < ascii.size();) {
    const auto end = std::min(ascii.find('\n', from), ascii.size());
    lines += escape(std::string_view{ascii}.substr(from, end - from)) + "\n";
    from = end + 1;
  }
  figure.body = "<details><summary>" + escape(album.say("html.as_text")) + "</summary><pre tabindex=\"0\">" + lines +
                "</pre></details>";
  album.add(figure, {piece});
}

}  // namespace

void draw_behavior(Album& album) {
  album.group(album.words().term("family", "behavior"));
  for (const auto& piece : album.of("behavior.knowledge-cutoff")) cutoff(album, piece);
  for (const auto& piece : album.of("behavior.tree")) tree(album, piece);
}

}  // namespace pedigree::report::html
