// SPDX-License-Identifier: MIT
#include "plugins/behavior/probes/probes.hpp"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <sstream>

namespace pedigree::behavior {
namespace {

int month_number(const std::string& text) {
  if (text.size() != 7) return -1;
  return (std::stoi(text.substr(0, 4)) - 2000) * 12 + std::stoi(text.substr(5, 2)) - 1;
}

std::vector<Probe> read_probes() {
  std::vector<Probe> probes;
  std::istringstream lines{kProbeLines};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    const auto row = nlohmann::json::parse(line);
    Probe probe{row.at("id"), row.at("kind"), row.at("language"), row.at("prompt"), -1, {}};
    if (row.contains("month")) probe.month = month_number(row.at("month"));
    if (row.contains("accept")) probe.accept = row.at("accept").get<std::vector<std::string>>();
    probes.push_back(std::move(probe));
  }
  return probes;
}

std::string lowered(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return c < 0x80 ? static_cast<char>(std::tolower(c)) : static_cast<char>(c); });
  return out;
}

}  // namespace

const std::vector<Probe>& all_probes() {
  static const std::vector<Probe> probes = read_probes();
  return probes;
}

const Probe* find_probe(std::string_view prompt, std::string_view id) {
  for (const auto& probe : all_probes())
    if (probe.prompt == prompt || (prompt.empty() && probe.id == id)) return &probe;
  return nullptr;
}

std::string month_text(int month) {
  const int year = 2000 + month / 12, in_year = month % 12 + 1;
  return std::to_string(year) + (in_year < 10 ? "-0" : "-") + std::to_string(in_year);
}

bool grade(const Probe& probe, std::string_view answer) {
  const auto text = lowered(answer);
  return std::any_of(probe.accept.begin(), probe.accept.end(),
                     [&](const auto& a) { return text.find(lowered(a)) != std::string::npos; });
}

}  // namespace pedigree::behavior
