// SPDX-License-Identifier: MIT
// One table per component: the subject's configuration beside those of its nearest references, equal values marked.
#include <algorithm>
#include <map>

#include "framework/report/html/pictures/album.hpp"

namespace pedigree::report::html {
namespace {

struct Side {
  std::string value, mark;
};

/// A component's keys in the order they were first compared, with a column for each reference.
struct Comparison {
  std::vector<std::string> keys, references;
  std::map<std::string, std::string> subject;
  std::map<std::string, std::map<std::string, Side>> sides;  ///< key -> reference -> value
  std::vector<Piece> pieces;
};

void take(Comparison& table, const Piece& piece) {
  const auto reference = piece.reference();
  if (std::find(table.references.begin(), table.references.end(), reference) == table.references.end()) {
    if (table.references.size() >= kDrawnReferences) return;
    table.references.push_back(reference);
  }
  table.pieces.push_back(piece);
  for (const auto& row : list_at(piece.details, "rows")) {
    const auto key = text_at(row, "key"), mark = text_at(row, "mark");
    if (key.empty() || mark == "both_absent") continue;
    if (std::find(table.keys.begin(), table.keys.end(), key) == table.keys.end()) {
      if (table.keys.size() >= 80) continue;
      table.keys.push_back(key);
    }
    if (const auto value = cell_at(row, "subject"); !value.empty()) table.subject[key] = value;
    table.sides[key][reference] = {cell_at(row, "reference"), mark};
  }
}

/// What is short stays on one line; what is long breaks anywhere, so that it does not push the others aside.
std::string width_class(const std::string& value) { return value.size() > 24 ? "long" : "kept"; }

std::string cell_of(const Album& album, const std::string& reference, const Side* side) {
  const auto open = [&](const std::string& css) {
    return "<td class=\"" + css + "\" data-label=\"" + escape(reference) + "\">";
  };
  if (side == nullptr) return open("kept") + "</td>";
  const bool equal = side->mark == "equal", different = side->mark == "different";
  // A sign for the eye, a word for the ear; colour comes third.
  std::string out = open((equal ? "same " : "") + width_class(side->value)) +
                    "<span class=\"mark\" aria-hidden=\"true\">" +
                    (equal       ? "="
                     : different ? "\u2260"
                                 : "?") +
                    "</span> <span class=\"hidden\">" +
                    escape(album.say(equal       ? "html.equal"
                                     : different ? "html.different"
                                                 : "html.unknown")) +
                    ": </span>" + escape(side->value.empty() ? "\u2013" : side->value) + "</td>";
  return out;
}

std::string write(const Album& album, const Comparison& c) {
  const auto subject = text_at(object_at(album.report(), "subject"), "id");
  std::string out = "<div class=\"scroll\" tabindex=\"0\"><table><thead><tr><th scope=\"col\">" +
                    escape(album.say("html.key")) + "</th><th scope=\"col\">" + escape(subject) + "</th>";
  for (const auto& reference : c.references) out += "<th scope=\"col\">" + escape(reference) + "</th>";
  out += "</tr></thead><tbody>";
  for (const auto& key : c.keys) {
    const auto own = c.subject.find(key);
    const auto value = own == c.subject.end() ? std::string{} : own->second;
    out += "<tr><th scope=\"row\">" + escape(key) + "</th><td class=\"" + width_class(value) + "\">" + escape(value) +
           "</td>";
    const auto& row = c.sides.at(key);
    for (const auto& reference : c.references) {
      const auto side = row.find(reference);
      out += cell_of(album, reference, side == row.end() ? nullptr : &side->second);
    }
    out += "</tr>";
  }
  return out + "</tbody></table></div>";
}

}  // namespace

void draw_configurations(Album& album) {
  album.group(album.words().term("family", "architecture"));
  std::map<std::string, Comparison> tables;
  std::vector<std::string> order;
  for (const char* signal : {"architecture.core-match", "architecture.table-match", "architecture.config-similarity"})
    for (const auto& piece : album.of(signal)) {
      if (tables.count(piece.component()) == 0) order.push_back(piece.component());
      take(tables[piece.component()], piece);
    }
  for (const auto& component : order) {
    const auto& comparison = tables[component];
    if (comparison.keys.empty()) continue;
    Figure figure{album.say("html.config", {{"component", component}}), album.say("html.config_caption"), {}};
    figure.body = write(album, comparison);
    figure.wide = true;
    album.add(figure, comparison.pieces);
  }
}

}  // namespace pedigree::report::html
