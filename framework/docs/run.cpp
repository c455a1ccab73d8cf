// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "framework/docs/facts.hpp"
#include "framework/report/markdown.hpp"
#include "framework/report/messages.hpp"

namespace pedigree::docs {
namespace {

using report::markdown::plain;

using nlohmann::json;
using report::list_at;
using report::number_at;
using report::object_at;
using report::text_at;

const json& facts_of(const json& document) { return object_at(object_at(document, "subject"), "facts"); }

}  // namespace

std::string short_number(double value, int decimals) {
  auto text = report::fixed(value, decimals);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

std::string count_text(double value) {
  for (const auto& [size, letter] : {std::pair{1e12, "T"}, {1e9, "B"}, {1e6, "M"}})
    if (value >= size) return short_number(value / size, 1) + letter;
  return report::thousands(value);
}

std::string page_name(const json& document) {
  std::string name = text_at(object_at(document, "pipeline"), "name");
  const auto id = text_at(object_at(document, "subject"), "id");
  if (name.empty()) name = id.substr(id.rfind('/') == std::string::npos ? 0 : id.rfind('/') + 1);
  std::string plain_name;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
    plain_name += letter || digit || c == '.' || c == '-' || c == '_' ? c : '-';
  }
  plain_name.erase(0, std::min(plain_name.size(), plain_name.find_first_not_of(".-_")));
  return plain_name.empty() ? "model" : plain_name.substr(0, 80);
}

Run::Run(const json& document, const std::string& lang)
    : report_(&document), words_(document, lang), page_(page_name(document)) {}

std::string Run::name() const {
  const auto whole = id();
  return plain(whole.substr(whole.rfind('/') == std::string::npos ? 0 : whole.rfind('/') + 1));
}

std::string Run::organisation() const {
  const auto known = text_at(facts_of(*report_), "organisation");
  const auto whole = id();
  const auto slash = whole.find('/');
  return plain(!known.empty() ? known : slash == std::string::npos || slash == 0 ? "" : whole.substr(0, slash));
}

std::string Run::parameters() const {
  double total = number_at(facts_of(*report_), "parameters"),
         active = number_at(facts_of(*report_), "active_parameters");
  if (total <= 0)
    if (const auto* counted = strongest("architecture.parameter-count")) {
      total = number_at(*counted, "value");
      active = number_at(object_at(*counted, "details"), "active");
    }
  if (total <= 0) return "";
  return active > 0 && active < 0.99 * total
             ? say("parameters-active", {{"total", count_text(total)}, {"active", count_text(active)}})
             : count_text(total);
}

std::string Run::kind() const {
  const auto kind = text_at(facts_of(*report_), "kind"), modality = text_at(facts_of(*report_), "modality");
  if (kind.empty()) return "";
  auto text = plain(words_.term("docs.kind", kind));
  if (!modality.empty() && modality != "text") text += ", " + plain(words_.term("docs.modality", modality));
  return text;
}

std::string Run::label() const { return plain(words_.term("label", text_at(verdict(), "label"))); }

std::vector<const json*> Run::evidence(const std::string& family) const {
  std::vector<const json*> rows;
  for (const auto& row : list_at(*report_, "evidence"))
    if (text_at(row, "family") == family) rows.push_back(&row);
  std::stable_sort(rows.begin(), rows.end(), [](const json* a, const json* b) {
    return std::abs(number_at(*a, "log10_lr")) > std::abs(number_at(*b, "log10_lr"));
  });
  return rows;
}

const json* Run::strongest(const std::string& signal) const {
  const json* best = nullptr;
  for (const auto& row : list_at(*report_, "evidence")) {
    if (text_at(row, "signal") != signal) continue;
    if (best == nullptr || std::abs(number_at(row, "log10_lr")) > std::abs(number_at(*best, "log10_lr"))) best = &row;
  }
  return best;
}

}  // namespace pedigree::docs
