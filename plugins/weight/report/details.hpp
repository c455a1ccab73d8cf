// SPDX-License-Identifier: MIT
// The JSON objects behind the pictures of a report.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "plugins/weight/decide/judgement.hpp"
#include "plugins/weight/statistics/layer_plane.hpp"

namespace pedigree::weight {

/// Six significant digits: enough for a picture, stable in size. Not finite becomes null.
nlohmann::json rounded(double value);

nlohmann::json inheritance_map(const ComponentFinding& finding);  ///< [{layer, source, share, ..., roles}]
nlohmann::json layer_map(const ComponentFinding& finding);        ///< [source layer or null]
nlohmann::json kinds_json(const Judgement& judgement);            ///< [{kind, detail, value}]
nlohmann::json changes_said(const Judgement& judgement);          ///< the kinds as a list of sentences, each once
nlohmann::json trials_json(const ComponentFinding& finding);      ///< residual maps tried
nlohmann::json power_json(const ComponentFinding& finding);       ///< null when not measured
nlohmann::json sampling_json(const ComponentFinding& finding);    ///< what was read and what was left out
nlohmann::json spectrum_json(const ComponentFinding& finding);    ///< median curve over matrices
nlohmann::json plane_json(const LayerPlane& plane);

}  // namespace pedigree::weight
