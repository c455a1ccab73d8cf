// SPDX-License-Identifier: MIT
// Does the claimed run fit its own arithmetic? Tokens, compute, hardware, and the loss that so much
// compute buys.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pedigree::training_log {

/// What is claimed of a run; any part may be missing (0).
struct Claim {
  double active_parameters = 0;                             ///< N that a token passes through
  double parameters = 0;                                    ///< N in all
  double tokens = 0;                                        ///< D
  double layers = 0, hidden_size = 0, sequence_length = 0;  ///< for the attention term
  double batch_tokens = 0, steps = 0;                       ///< tokens per optimiser step, steps in all
  std::string accelerator;                                  ///< "H100"
  double accelerators = 0, hours = 0;                       ///< count, wall time
  double accelerator_hours = 0;                             ///< their product, where that is what is claimed
  double flops = 0;                                         ///< training compute as claimed
};

/// Dense BF16 peak of one accelerator in FLOP/s (makers' data sheets: A100 312e12, H100/H800/H200
/// 989e12, B200 2250e12, MI250X 383e12, MI300X 1307e12, TPU v4 275e12, v5p 459e12, Gaudi2 432e12);
/// nothing for a name not in the table.
std::optional<double> peak_flops(std::string_view accelerator);

/// C = 6 N D + 12 L d s D (causal attention counted whole, methods 4.4). FLOP.
double training_flops(const Claim& claim);

/// Hours of all accelerators together, however they are claimed. 0 when unknown.
double all_accelerator_hours(const Claim& claim);

/// Claimed compute over what parameters and tokens need: 1 when they agree; 0 when a part is missing.
double flops_balance(const Claim& claim);

/// Share of the hardware's peak that the claim needs: C / (count x seconds x peak). 0 when unknown.
double model_flops_utilisation(const Claim& claim);

enum class Utilisation { unknown, plausible, impossible, suspiciously_low };
/// Above 60 % no public run of this size has been; below 8 % the claim wastes its hardware.
Utilisation judge_utilisation(double share);

/// tokens / (batch_tokens x steps): 1 when the books balance; 0 when a part is missing.
double token_balance(const Claim& claim);

/// Chinchilla loss E + A/N^alpha + B/D^beta in nat per token of that paper's tokenizer.
double hoffmann_loss(double parameters, double tokens);   ///< Hoffmann et al. 2022, approach 3
double besiroglu_loss(double parameters, double tokens);  ///< Besiroglu et al. 2024, the corrected fit

}  // namespace pedigree::training_log
