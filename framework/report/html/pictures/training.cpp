// SPDX-License-Identifier: MIT
// The loss curve with its fit, and the claimed run against its own arithmetic.
#include <algorithm>
#include <cmath>
#include <set>

#include "framework/report/html/pictures/album.hpp"
#include "framework/report/html/svg/canvas.hpp"
#include "framework/report/html/svg/chart.hpp"
#include "framework/report/html/svg/shapes.hpp"
#include "framework/report/messages.hpp"

namespace pedigree::report::html {
namespace {

using nlohmann::json;

constexpr std::size_t kMostPoints = 3000, kMostRows = 300;

std::vector<Point> points_of(const json& curve) {
  const auto &steps = list_at(curve, "step"), &losses = list_at(curve, "loss");
  std::vector<Point> out;
  for (std::size_t i = 0; i < std::min(steps.size(), losses.size()) && out.size() < kMostPoints; ++i)
    if (steps[i].is_number() && losses[i].is_number())
      out.push_back({std::clamp(steps[i].get<double>(), 0.0, 1e15), std::clamp(losses[i].get<double>(), -1e6, 1e6)});
  return out;
}

void loss(Album& album, const Piece& piece) {
  auto measured = points_of(object_at(piece.details, "curve"));
  if (measured.size() < 2) return;
  const auto log = text_at(object_at(piece.evidence, "params"), "log");
  Rows rows{{album.say("html.step"), album.say("html.loss_axis"), album.say("html.fit")}};
  const std::size_t stride = std::max<std::size_t>(1, measured.size() / kMostRows);
  for (std::size_t i = 0; i < measured.size(); i += stride)
    rows.push_back({cell(json(measured[i].x)), cell(json(measured[i].y)), ""});
  for (auto& p : measured) p.x = std::max(p.x, 1.0);  // step 0 has no logarithm
  Chart chart{album.say("html.loss", {{"log", log}}),
              {album.say("html.step"), Scale::logarithmic},
              {album.say("html.loss_axis")},
              {{album.say("html.loss_measured"), "a", Drawn::line, std::move(measured)}}};
  const auto& fitted = object_at(piece.details, "fit");
  if (auto fit = points_of(fitted); fit.size() > 1) {
    for (const auto& p : fit) rows.push_back({cell(json(p.x)), "", cell(json(p.y))});
    chart.series.push_back(
        {album.say("html.loss_fit",
                   {{"E", plottable(fitted, "E")}, {"B", plottable(fitted, "B")}, {"beta", plottable(fitted, "beta")}}),
         "b", Drawn::line, std::move(fit)});
  }
  if (const double top = plottable(piece.details, "log_vocabulary"); top > 0 && top < 50)
    chart.marks.push_back({album.say("html.untrained_loss"), top});
  album.add({chart.title, album.say("html.loss_caption"), {{"", draw(chart)}}, {}, rows}, {piece});
}

/// A claim's check is in the values of its sentence: one gauge for each check that was made.
void compute(Album& album) {
  std::vector<Gauge> gauges;
  std::vector<Piece> pieces;
  Rows rows{{album.say("html.check"), album.say("html.value"), album.say("html.usual")}};
  const auto add = [&](const Piece& piece, Gauge gauge, const std::string& usual) {
    rows.push_back({gauge.name, gauge.text, usual});
    gauges.push_back(std::move(gauge));
    pieces.push_back(piece);
  };
  for (const auto& piece : album.of("training_log.compute")) {
    const double share = std::max(0.0, plottable(piece.evidence, "value"));
    add(piece,
        {album.say("html.utilisation"), fixed(100 * share, 1) + "%", share, 0, std::max(1.0, std::min(share, 10.0)),
         0.08, 0.6},
        "8% \u2013 60%");
  }
  for (const auto& piece : album.of("training_log.token-balance")) {
    const double ratio = std::max(0.0, plottable(piece.evidence, "value"));
    add(piece,
        {album.say("html.token_balance"), fixed(ratio, 2), ratio, 0, std::max(2.0, std::min(ratio, 100.0)), 0.9, 1.1},
        "0.9 \u2013 1.1");
  }
  for (const auto& piece : album.of("training_log.chinchilla")) {
    const auto& params = object_at(piece.evidence, "params");
    const double value = plottable(params, "loss"), a = plottable(params, "hoffmann"),
                 b = plottable(params, "besiroglu");
    const double low = std::min(a, b) - 0.4, high = std::max(a, b) + 0.4;
    add(piece,
        {album.say("html.chinchilla"), fixed(value, 2), value, std::min(low, value) - 0.5, std::max(high, value) + 0.5,
         low, high},
        fixed(low, 2) + " \u2013 " + fixed(high, 2));
  }
  if (gauges.empty()) return;
  const auto title = album.say("html.compute");
  album.add({title, album.say("html.compute_caption"), {{"", draw(title, album.say("html.usual"), gauges)}}, {}, rows},
            pieces);
}

}  // namespace

void draw_training(Album& album) {
  album.group(album.words().term("family", "training_log"));
  std::set<std::string> logs;  // one picture of each log, however many analyzers read it
  for (const auto& piece : album.of("training_log.initial-loss"))
    if (logs.size() < kDrawnReferences && logs.insert(text_at(object_at(piece.evidence, "params"), "log")).second)
      loss(album, piece);
  compute(album);
}

}  // namespace pedigree::report::html
