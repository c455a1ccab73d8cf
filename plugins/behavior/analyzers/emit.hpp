// SPDX-License-Identifier: MIT
// The few lines every analyzer of this plugin needs to hand evidence over.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "pedigree/analyzer.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::behavior {

inline Evidence make_evidence(std::string_view signal, std::string_view reference, double value, std::string key,
                              const nlohmann::json& params, const nlohmann::json& details = nlohmann::json::object()) {
  Evidence e;
  e.signal = signal;
  e.reference = reference;
  e.value = value;
  e.summary_key = std::move(key);
  e.params_json = io::json_text(params);
  e.details_json = io::json_text(details);
  return e;
}

}  // namespace pedigree::behavior
