// SPDX-License-Identifier: MIT
#include "framework/report/html/pictures.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "framework/report/html/markup.hpp"
#include "framework/report/html/svg.hpp"
#include "framework/report/messages.hpp"

namespace pedigree::report::html {
namespace {

using nlohmann::json;
using Rows = std::vector<std::vector<std::string>>;

struct Picture {
  const json& evidence;
  const json& details;
  const Language& language;

  std::string say(const char* key) const { return language.say(key, {{"reference", text_at(evidence, "reference")}}); }
  std::string make(const char* title, const char* caption, const std::string& svg, const Rows& rows) const {
    return figure(say(title), say(caption), svg, rows, language.say("html.data"));
  }
};

std::string number_text(const json& value) {
  return value.is_number() ? shortest(value.get<double>()) : value.is_string() ? value.get<std::string>() : "";
}

std::vector<double> numbers(const json& list) {
  std::vector<double> out;
  if (list.is_array())
    for (const auto& v : list) out.push_back(v.is_number() ? v.get<double>() : 0.0);
  return out;
}

std::string inheritance(const Picture& p) {
  const auto& map = list_at(p.details, "inheritance_map");
  if (map.empty()) return {};
  std::set<std::string> names;
  for (const auto& layer : map)
    for (const auto& [name, role] : object_at(layer, "roles").items()) names.insert(name);
  const std::vector<std::string> columns(names.begin(), names.end());
  std::vector<std::string> labels;
  std::vector<std::vector<double>> values;
  Rows rows{{p.say("html.layer"), "source", "share"}};
  for (const auto& name : columns) rows.front().push_back(name);
  for (const auto& layer : map) {
    if (labels.size() >= 200) break;
    labels.push_back(number_text(layer.value("layer", json{})));
    values.emplace_back();
    rows.push_back(
        {labels.back(), number_text(layer.value("source", json{})), number_text(layer.value("share", json{}))});
    for (const auto& name : columns) {
      const auto& role = object_at(object_at(layer, "roles"), name.c_str());
      values.back().push_back(role.empty() ? -1.0 : number_at(role, "share", -1));
      rows.back().push_back(number_text(role.value("share", json{})));
    }
  }
  return p.make("html.inheritance", "html.inheritance_caption",
                heat_map(p.say("html.inheritance"), labels, columns, values), rows);
}

std::string by_layer(const Picture& p, const char* list, const char* raw, const char* centred, const char* title,
                     const char* caption, bool band) {
  const auto& layers = list_at(p.details, list);
  if (layers.size() < 2) return {};
  Series a{p.say("html.raw"), "b", {}, false}, b{p.say("html.centred"), "a", {}, false};
  Rows rows{{p.say("html.layer"), "role", raw, centred}};
  for (const auto& layer : layers) {
    const double at_layer = number_at(layer, "layer");
    a.points.push_back({at_layer, number_at(layer, raw)});
    b.points.push_back({at_layer, number_at(layer, centred)});
    if (rows.size() <= 400)
      rows.push_back({number_text(layer.value("layer", json{})), text_at(layer, "role"),
                      number_text(layer.value(raw, json{})), number_text(layer.value(centred, json{}))});
  }
  Axes axes{p.say(title), p.say("html.layer"), p.say("html.cosine"), false, 0, 0, {}};
  if (band) {
    axes.band_low = -0.05;
    axes.band_high = 0.05;
  }
  return p.make(title, caption, chart(axes, {a, b}), rows);
}

std::string ranks(const Picture& p) {
  const auto& scatter = list_at(p.details, "scatter");
  if (scatter.size() < 10) return {};
  Series dots{"", "a", {}, false};
  for (const auto& pair : scatter)
    if (pair.is_array() && pair.size() == 2 && pair[0].is_number() && pair[1].is_number())
      dots.points.push_back({pair[0].get<double>(), pair[1].get<double>()});
  std::string out =
      p.make("html.ranks", "html.ranks_caption",
             chart({p.say("html.ranks"), text_at(p.evidence, "reference"), "subject", false, 0, 0, {}}, {dots}), {});
  std::vector<std::pair<std::string, double>> shifts;
  for (const auto& shift : list_at(p.details, "shifts"))
    shifts.emplace_back(number_text(shift.value("by", json{})), number_at(shift, "items"));
  if (!shifts.empty()) out += p.make("html.shifts", "html.shifts_caption", bars(p.say("html.shifts"), shifts), {});
  return out;
}

std::string vocabularies(const Picture& p) {
  const auto& v = object_at(p.details, "venn");
  if (v.empty()) return {};
  return p.make("html.venn", "html.venn_caption",
                venn(p.say("html.venn"), "subject", text_at(p.evidence, "reference"), number_at(v, "subject_only"),
                     number_at(v, "common"), number_at(v, "reference_only")),
                {{"subject only", "common", "reference only"},
                 {number_text(v.value("subject_only", json{})), number_text(v.value("common", json{})),
                  number_text(v.value("reference_only", json{}))}});
}

std::string configuration(const Picture& p) {
  const auto& list = list_at(p.details, "rows");
  if (list.empty() || !list.front().is_object() || !list.front().contains("key")) return {};
  Rows rows{{"key", "subject", text_at(p.evidence, "reference"), "="}};
  for (const auto& row : list) {
    const auto match = row.value("match", row.value("equal", json{}));
    const bool equal = match == true || match == "equal" || match == "match";
    rows.push_back({text_at(row, "key"), number_text(row.value("subject", json{})),
                    number_text(row.value("reference", json{})), equal ? "=" : ""});
  }
  return "<figure><figcaption><b>" + escape(p.say("html.config")) + "</b> " + escape(p.say("html.config_caption")) +
         "</figcaption><div class=\"scroll\">" + table(rows) + "</div></figure>\n";
}

std::string loss_curve(const Picture& p) {
  const auto& curve = object_at(p.details, "curve");
  const auto steps = numbers(list_at(curve, "step")), losses = numbers(list_at(curve, "loss"));
  if (steps.size() < 2 || steps.size() != losses.size()) return {};
  Series loss{"loss", "a", {}, true}, fit{"E + B s^-beta", "b", {}, true};
  Rows rows{{"step", "loss"}};
  for (std::size_t i = 0; i < steps.size(); ++i) {
    loss.points.push_back({steps[i], losses[i]});
    if (rows.size() <= 300) rows.push_back({shortest(steps[i]), shortest(losses[i])});
  }
  const auto& fitted = object_at(p.details, "fit");
  const auto fit_steps = numbers(list_at(fitted, "step")), fit_losses = numbers(list_at(fitted, "loss"));
  for (std::size_t i = 0; i < std::min(fit_steps.size(), fit_losses.size()); ++i)
    fit.points.push_back({fit_steps[i], fit_losses[i]});
  Axes axes{p.say("html.loss"), "step", "nat", true, 0, 0, {}};
  if (const double top = number_at(p.details, "log_vocabulary"); top > 0) axes.marks.emplace_back(top, "ln V");
  std::vector<Series> series{loss};
  if (!fit.points.empty()) series.push_back(fit);
  return p.make("html.loss", "html.loss_caption", chart(axes, series), rows);
}

std::string cutoff(const Picture& p) {
  const auto& curve = list_at(p.details, "curve");
  if (curve.size() < 3) return {};
  Series line{"", "a", {}, true};
  Rows rows{{"month", "accuracy", "answers"}};
  for (const auto& point : curve) {
    const auto month = text_at(point, "month");
    if (month.size() != 7) return {};
    line.points.push_back({std::strtod(month.c_str(), nullptr) + (std::strtod(month.c_str() + 5, nullptr) - 1) / 12,
                           number_at(point, "accuracy")});
    rows.push_back({month, number_text(point.value("accuracy", json{})), number_text(point.value("answers", json{}))});
  }
  return p.make("html.cutoff", "html.cutoff_caption", chart({p.say("html.cutoff"), "", "", false, 0, 0, {}}, {line}),
                rows);
}

std::string tree(const Picture& p) {
  const auto ascii = text_at(p.details, "ascii");
  if (ascii.empty()) return {};
  std::string lines;
  for (std::size_t at = 0; at < ascii.size();) {
    const auto end = std::min(ascii.find('\n', at), ascii.size());
    lines += escape(std::string_view{ascii}.substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return "<figure><figcaption><b>" + escape(p.say("html.tree")) + "</b> " + escape(p.say("html.tree_caption")) +
         "</figcaption><pre>" + lines + "</pre></figure>\n";
}

std::string figures_of(const Picture& p) {
  std::string out = inheritance(p);
  out += by_layer(p, "layers", "cosine", "centred", "html.layers", "html.layers_caption", true);
  out += by_layer(p, "gains", "cosine", "pearson", "html.norms", "html.norms_caption", false);
  out += ranks(p) + vocabularies(p) + configuration(p);
  if (p.details.contains("curve")) out += p.details["curve"].is_array() ? cutoff(p) : loss_curve(p);
  return out + tree(p);
}

}  // namespace

std::string pictures(const json& report, const Language& language) {
  std::vector<const json*> order;
  for (const auto& e : list_at(report, "evidence")) order.push_back(&e);
  std::stable_sort(order.begin(), order.end(), [](const json* a, const json* b) {
    return std::abs(number_at(*a, "log10_lr")) > std::abs(number_at(*b, "log10_lr"));
  });
  std::string out;
  std::size_t figures = 0;
  for (const json* e : order) {
    if (figures >= kMaximumFigures) break;
    const auto made = figures_of({*e, object_at(*e, "details"), language});
    if (made.empty()) continue;
    out += made;
    ++figures;
  }
  return out;
}

}  // namespace pedigree::report::html
