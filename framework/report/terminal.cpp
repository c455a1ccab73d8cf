// SPDX-License-Identifier: MIT
#include "framework/report/report.hpp"
#include "framework/report/text.hpp"

namespace pedigree::report {

std::string to_terminal(const nlohmann::json& report, const TextStyle& style) {
  (void)style;
  return harmless(report.at("subject").at("id").get<std::string>()) + "\n" +
         report.at("verdict").at("label").get<std::string>() + "\n";
}

}  // namespace pedigree::report
