// SPDX-License-Identifier: MIT
// What moved the odds of descent, step by step.
#include "framework/report/html/pictures/album.hpp"
#include "framework/report/html/svg/shapes.hpp"
#include "framework/report/messages.hpp"

namespace pedigree::report::html {
namespace {

using nlohmann::json;

constexpr std::size_t kMostSteps = 40;

std::string step_name(const Album& album, const json& step) {
  const auto what = text_at(step, "what"), signal = text_at(step, "signal"), reference = text_at(step, "reference");
  auto name = album.words().term("step", what);
  if (name == what) name = album.words().term("family", what);
  // The family is said already: what follows the signal's first point tells more.
  if (!signal.empty()) name += ": " + signal.substr(signal.find('.') + 1);
  return reference.empty() ? name : name + " (" + reference + ")";
}

void waterfall(Album& album, const std::string& component, const json& verdict) {
  const auto& contributions = list_at(verdict, "contributions");
  const auto title = album.say("html.waterfall", {{"component", component}});
  const auto posterior = verdict.contains("p_derived")
                             ? album.say("html.posterior_p", {{"p", plottable(verdict, "p_derived")}})
                             : album.say("html.posterior");
  Waterfall drawing{title, album.say("html.independent"), album.say("html.descends"), posterior, {}};
  Rows rows{{album.say("html.step_of_odds"), album.say("html.log10_odds"), album.say("html.sum")}};
  double sum = 0;
  for (const auto& step : contributions) {
    if (drawing.steps.size() >= kMostSteps) break;
    const double odds = plottable(step, "log10_odds");
    drawing.steps.emplace_back(step_name(album, step), odds);
    rows.push_back({drawing.steps.back().first, fixed(odds, 3), fixed(sum += odds, 3)});
  }
  if (!drawing.steps.empty()) album.add({title, album.say("html.waterfall_caption"), {{"", draw(drawing)}}, {}, rows});
}

}  // namespace

void draw_odds(Album& album) {
  album.group({});
  const auto& whole = object_at(album.report(), "verdict");
  bool same = false;
  for (const auto& component : list_at(album.report(), "components")) {
    const auto& own = object_at(component, "verdict");
    same |= list_at(own, "contributions") == list_at(whole, "contributions");
    waterfall(album, text_at(component, "name"), own);
  }
  if (!same) waterfall(album, "model", whole);
}

}  // namespace pedigree::report::html
