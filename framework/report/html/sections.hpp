// SPDX-License-Identifier: MIT
// The parts of the page. Each is empty when the report has nothing for it.
#pragma once

#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "framework/report/view.hpp"

namespace pedigree::report::html {

std::string verdict_card(const nlohmann::json& report, const Language& words);
std::string component_cards(const nlohmann::json& report, const Language& words);
std::string next_evidence(const nlohmann::json& report, const Language& words);
std::string references(const nlohmann::json& report, const Language& words);
/// `shown`: place of a piece of evidence -> number of the picture that shows it.
std::string evidence(const nlohmann::json& report, const Language& words,
                     const std::map<std::size_t, std::size_t>& shown);
std::string outcomes(const nlohmann::json& report, const Language& words);
std::string provenance(const nlohmann::json& report, const Language& words);

}  // namespace pedigree::report::html
