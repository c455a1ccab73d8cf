// SPDX-License-Identifier: MIT
#include <map>

#include "framework/run/run.hpp"

namespace pedigree::run {
namespace {
using nlohmann::json;

std::string text_at(const json& report, const char* pointer) {
  const json::json_pointer at{pointer};
  return report.contains(at) && report[at].is_string() ? report[at].get<std::string>() : "(none)";
}

int number_at(const json& report, const char* pointer) {
  const json::json_pointer at{pointer};
  return report.contains(at) && report[at].is_number() ? report[at].get<int>() : 0;
}

std::string differs(const std::string& what, const std::string& expected, const std::string& found) {
  return what + ": expected " + expected + ", found " + found;
}

std::string component_label(const json& report, const std::string& name) {
  if (report.contains("components") && report["components"].is_array())
    for (const auto& component : report["components"])
      if (text_at(component, "/name") == name) return text_at(component, "/verdict/label");
  return "no such component";
}

}  // namespace

std::vector<std::string> check_expectation(const pipeline::Expectation& expectation, const json& report) {
  std::vector<std::string> lines;
  if (const auto label = text_at(report, "/verdict/label"); expectation.verdict && *expectation.verdict != label)
    lines.push_back(differs("verdict", *expectation.verdict, label));
  for (const auto& [name, label] : expectation.components)
    if (const auto found = component_label(report, name); found != label)
      lines.push_back(differs("component " + name, label, found));
  const int score = number_at(report, "/verdict/score"), assurance = number_at(report, "/verdict/assurance");
  if (expectation.min_score && score < *expectation.min_score)
    lines.push_back(differs("score", "at least " + std::to_string(*expectation.min_score), std::to_string(score)));
  if (expectation.max_score && score > *expectation.max_score)
    lines.push_back(differs("score", "at most " + std::to_string(*expectation.max_score), std::to_string(score)));
  if (expectation.assurance && assurance != *expectation.assurance)
    lines.push_back(differs("assurance", std::to_string(*expectation.assurance), std::to_string(assurance)));
  return lines;
}

}  // namespace pedigree::run
