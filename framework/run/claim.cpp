// SPDX-License-Identifier: MIT
#include "framework/run/claim.hpp"

namespace pedigree::run {
namespace {

using nlohmann::json;

bool is_scalar(const json& value) { return value.is_number() || value.is_string() || value.is_boolean(); }

void add_hardware(const json& hardware, json& options) {
  if (!hardware.is_object()) return;
  const auto take = [&](const char* from, const char* to, double factor) {
    const auto found = hardware.find(from);
    if (found == hardware.end()) return;
    if (found->is_number())
      options[to] = found->get<double>() * factor;
    else if (found->is_string())
      options[to] = *found;
  };
  take("accelerator", "accelerator", 1);
  take("count", "accelerators", 1);
  take("days", "hours", 24);
  take("hours", "accelerator_hours", 1);
}

}  // namespace

json claim_options(const json& claim) {
  json options = json::object();
  if (!claim.is_object()) return options;
  for (const auto& [name, value] : claim.items())
    if (is_scalar(value)) options[name] = value;
  if (const auto training = claim.find("training"); training != claim.end() && training->is_object())
    for (const auto& [name, value] : training->items())
      if (is_scalar(value)) options[name] = value;
  if (const auto hardware = claim.find("hardware"); hardware != claim.end()) add_hardware(*hardware, options);
  return options;
}

void hand_over_claim(pipeline::Pipeline& pipeline, const std::vector<plugin::Manifest>& plugins) {
  const auto options = claim_options(pipeline.claim);
  for (auto& step : pipeline.analyzers) {
    const auto found = plugin::find_analyzer(plugins, step.use);
    if (found.analyzer == nullptr) continue;
    const auto& schema = found.analyzer->config_schema;
    const auto properties = schema.find("properties");
    if (properties == schema.end() || !properties->is_object()) continue;
    for (const auto& [name, value] : options.items())
      if (properties->contains(name) && !step.with.contains(name)) step.with[name] = value;
  }
}

}  // namespace pedigree::run
