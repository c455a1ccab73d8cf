// SPDX-License-Identifier: MIT
#include "framework/pipeline/source.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

namespace pedigree::pipeline {
namespace {

/// Characters of UTF-8 text: bytes that do not continue another.
int count_characters(std::string_view text) {
  return static_cast<int>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

std::string_view Source::line(int line) const {
  std::string_view rest = text;
  for (; line > 0; --line) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) return {};
    rest.remove_prefix(end + 1);
  }
  rest = rest.substr(0, rest.find('\n'));
  if (rest.ends_with('\r')) rest.remove_suffix(1);
  return rest;
}

int Findings::add_source(Source source) {
  sources_.push_back(std::move(source));
  return static_cast<int>(sources_.size()) - 1;
}

void Findings::add(const Place& place, Finding finding) {
  Diagnostic diagnostic;
  diagnostic.severity = finding.severity;
  diagnostic.code = std::move(finding.code);
  diagnostic.message = std::move(finding.message);
  diagnostic.suggestion = std::move(finding.suggestion);
  diagnostic.allowed = std::move(finding.allowed);
  diagnostic.see = std::move(finding.see);
  if (place.source >= 0) {
    const Source& source = this->source(place.source);
    diagnostic.file = source.name;
  }
  if (place.source >= 0 && place.line >= 0) {
    const Source& source = this->source(place.source);
    const std::string_view line = source.line(place.line);
    const auto column = static_cast<std::size_t>(std::max(place.column, 0));
    diagnostic.line = place.line + source.first_line;
    diagnostic.column = count_characters(line.substr(0, std::min(column, line.size()))) + 1;
    if (column < line.size())
      diagnostic.width = std::max(1, count_characters(line.substr(column, static_cast<std::size_t>(place.bytes))));
    diagnostic.excerpt = line;
  }
  keys_.push_back({place.source, place.line, place.column});
  diagnostics_.push_back(std::move(diagnostic));
}

std::string Findings::origin(const Place& place) const {
  if (place.source < 0) return "default";
  const Source& from = source(place.source);
  return from.is_set ? from.name : from.name + ":" + std::to_string(place.line + from.first_line);
}

Diagnostics Findings::take() {
  std::vector<std::size_t> order(diagnostics_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto key = [this](std::size_t i) { return std::tie(keys_[i].source, keys_[i].line, keys_[i].column); };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  Diagnostics out;
  std::set<std::tuple<std::string, int, int, std::string, std::string>> seen;
  for (const auto i : order) {
    auto& d = diagnostics_[i];
    if (seen.emplace(d.file, d.line, d.column, d.code, d.message).second) out.push_back(std::move(d));
  }
  diagnostics_.clear();
  keys_.clear();
  return out;
}

}  // namespace pedigree::pipeline
