// SPDX-License-Identifier: MIT
#include "framework/report/html/pictures/album.hpp"

#include <algorithm>
#include <cmath>

#include "framework/report/messages.hpp"

namespace pedigree::report::html {

using nlohmann::json;

Album::Album(const json& report, const Language& words) : report_(report), words_(words) {
  const auto& evidence = list_at(report, "evidence");
  for (std::size_t i = 0; i < evidence.size(); ++i) by_signal_[text_at(evidence[i], "signal")].push_back(i);
  std::vector<std::pair<double, std::string>> order;
  for (const auto& r : list_at(report, "references")) order.emplace_back(number_at(r, "p_derived"), text_at(r, "id"));
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  for (const auto& [p, id] : order) rank_.emplace(id, rank_.size());
}

std::string Album::against(const Piece& piece) const {
  const auto reference = piece.reference(), component = words_.term("component", piece.component());
  return reference.empty() ? component : component.empty() ? reference : reference + " (" + component + ")";
}

std::vector<Piece> Album::of(const std::string& signal) const {
  std::vector<Piece> out;
  const auto found = by_signal_.find(signal);
  if (found == by_signal_.end()) return out;
  std::vector<std::pair<std::size_t, std::size_t>> order;  // rank of the reference, place
  const auto& evidence = list_at(report_, "evidence");
  for (const auto place : found->second) {
    const auto rank = rank_.find(text_at(evidence[place], "reference"));
    order.emplace_back(rank == rank_.end() ? rank_.size() : rank->second, place);
  }
  std::sort(order.begin(), order.end());
  for (const auto& [rank, place] : order)
    out.push_back({place, evidence[place], object_at(evidence[place], "details")});
  return out;
}

void Album::add(const Figure& f, const std::vector<Piece>& pieces) {
  ++number_;
  for (const auto& piece : pieces) shown_.emplace(piece.place, number_);
  auto drawn = f;
  if (f.caption == caption_) drawn.caption.clear();  // said once for pictures of one kind
  caption_ = f.caption;
  figures_ += figure(drawn, number_, say("html.data"));
}

void Album::group(const std::string& title) {
  close();
  title_ = title;
  caption_.clear();
}

void Album::remark(const std::string& text) { remarks_ += "<p class=\"soft\">" + escape(text) + "</p>"; }

void Album::close() {
  if (!figures_.empty()) {
    if (!title_.empty()) out_ += "<h3>" + escape(title_) + "</h3>";
    out_ += "<div class=\"figures\">" + figures_ + "</div>" + remarks_ + "\n";
  } else if (!remarks_.empty()) {
    out_ += (title_.empty() ? "" : "<h3>" + escape(title_) + "</h3>") + remarks_ + "\n";
  }
  figures_.clear();
  remarks_.clear();
}

std::string Album::take() {
  close();
  return std::exchange(out_, {});
}

std::string cell(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  return value.is_number() ? cell(value.get<double>()) : std::string{};
}

std::string cell(double value) { return brief(value); }

std::string cell_at(const json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto found = object.find(key);
  return found == object.end() ? std::string{} : cell(*found);
}

double plottable(const json& object, const char* key, double fallback) {
  const double value = number_at(object, key, fallback);
  return std::isfinite(value) ? std::clamp(value, -1e15, 1e15) : fallback;
}

}  // namespace pedigree::report::html
