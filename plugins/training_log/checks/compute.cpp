// SPDX-License-Identifier: MIT
#include "plugins/training_log/checks/compute.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

namespace pedigree::training_log {
namespace {

struct Accelerator {
  std::string_view name;
  double peak;
};
// Longest names first: "h100" must not answer for "gh100x".
constexpr std::array kAccelerators{
    Accelerator{"mi250x", 383e12}, Accelerator{"mi300x", 1307e12}, Accelerator{"gaudi2", 432e12},
    Accelerator{"tpuv5p", 459e12}, Accelerator{"tpuv4", 275e12},   Accelerator{"b200", 2250e12},
    Accelerator{"h100", 989e12},   Accelerator{"h200", 989e12},    Accelerator{"h800", 989e12},
    Accelerator{"a100", 312e12},   Accelerator{"a800", 312e12},    Accelerator{"v100", 125e12}};

}  // namespace

std::optional<double> peak_flops(std::string_view accelerator) {
  std::string plain;
  for (const char c : accelerator)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const auto& known : kAccelerators)
    if (plain.find(known.name) != std::string::npos) return known.peak;
  return std::nullopt;
}

double training_flops(const Claim& c) {
  const double n = c.active_parameters > 0 ? c.active_parameters : c.parameters;
  return 6 * n * c.tokens + 12 * c.layers * c.hidden_size * c.sequence_length * c.tokens;
}

double all_accelerator_hours(const Claim& c) {
  return c.accelerator_hours > 0 ? c.accelerator_hours : c.accelerators * c.hours;
}

double flops_balance(const Claim& c) {
  const double needed = training_flops(c);
  return c.flops > 0 && c.tokens > 0 && needed > 0 ? c.flops / needed : 0;
}

double model_flops_utilisation(const Claim& c) {
  const auto peak = peak_flops(c.accelerator);
  const double hours = all_accelerator_hours(c);
  if (!peak || hours <= 0 || c.tokens <= 0) return 0;
  return training_flops(c) / (hours * 3600 * *peak);
}

Utilisation judge_utilisation(double share) {
  if (!(share > 0)) return Utilisation::unknown;
  if (share > 0.60) return Utilisation::impossible;
  return share < 0.08 ? Utilisation::suspiciously_low : Utilisation::plausible;
}

double token_balance(const Claim& c) {
  return c.batch_tokens > 0 && c.steps > 0 && c.tokens > 0 ? c.tokens / (c.batch_tokens * c.steps) : 0;
}

double hoffmann_loss(double n, double d) { return 1.69 + 406.4 / std::pow(n, 0.34) + 410.7 / std::pow(d, 0.28); }

double besiroglu_loss(double n, double d) { return 1.817 + 482.0 / std::pow(n, 0.348) + 2085.4 / std::pow(d, 0.366); }

}  // namespace pedigree::training_log
