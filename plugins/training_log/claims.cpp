// SPDX-License-Identifier: MIT
#include "plugins/training_log/claims.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

#include "pedigree/io/artifact_role.hpp"
#include "pedigree/io/config.hpp"
#include "pedigree/io/json.hpp"
#include "plugins/training_log/run_record.hpp"

namespace pedigree::training_log {
namespace {

using nlohmann::json;

constexpr double kContradictionLr = 0.3;
constexpr double kChinchillaBytes = 4.2;  // bytes per token of the corpora those fits used
constexpr double kChinchillaBand = 0.4;   // nat per token either way (methods 4.4)

void emit(const Host& host, std::string_view signal, double value, std::string key, const json& params,
          double log10_lr) {
  Evidence e;
  e.signal = signal;
  e.value = value;
  e.summary_key = std::move(key);
  e.params_json = io::json_text(params);
  e.log10_lr = log10_lr;
  host.emit(e);
}

bool emit_utilisation(const Host& host, const Claim& claim) {
  const bool unknown = !claim.accelerator.empty() && !peak_flops(claim.accelerator);
  if (unknown && all_accelerator_hours(claim) > 0) {
    host.warn("no peak is known for the accelerator '" + claim.accelerator.substr(0, 80) +
              "'; known: A100 A800 H100 H200 H800 B200 V100 MI250X MI300X TPUv4 TPUv5p Gaudi2");
    return false;
  }
  const double share = model_flops_utilisation(claim);
  const auto judged = judge_utilisation(share);
  if (judged == Utilisation::unknown) return false;
  const std::string key = judged == Utilisation::impossible         ? "compute.impossible"
                          : judged == Utilisation::suspiciously_low ? "compute.low"
                                                                    : "compute.plausible";
  emit(host, "training_log.compute", share, key,
       {{"flops", training_flops(claim)},
        {"utilisation", share},
        {"accelerator", claim.accelerator},
        {"hours", all_accelerator_hours(claim)}},
       judged == Utilisation::impossible ? kContradictionLr : 0);
  return true;
}

bool emit_flops(const Host& host, const Claim& claim) {
  const double balance = flops_balance(claim);
  if (balance <= 0) return false;
  // Recomputation of activations and a quoted attention term are within a third either way.
  const bool off = balance < 0.67 || balance > 1.5;
  emit(host, "training_log.flops-balance", balance, off ? "flops.contradiction" : "flops.balanced",
       {{"flops", claim.flops}, {"needed", training_flops(claim)}, {"ratio", balance}}, off ? kContradictionLr : 0);
  return true;
}

bool emit_schedule(const Host& host, const Series* series, const ClaimedSchedule& claimed) {
  if (series == nullptr || !claimed.any()) return false;
  const auto found = recover_schedule(*series);
  if (found.shape == "none") return false;
  const auto off = contradictions(found, claimed);
  std::string names;
  for (const auto& name : off) names += (names.empty() ? "" : ", ") + name;
  emit(host, "training_log.schedule-claim", static_cast<double>(off.size()),
       off.empty() ? "schedule_claim.agrees" : "schedule_claim.contradiction",
       {{"shape", found.shape},
        {"peak", found.peak},
        {"warmup", found.warmup_steps},
        {"claimed_shape", claimed.shape.empty() ? "-" : claimed.shape},
        {"claimed_peak", claimed.peak},
        {"claimed_warmup", claimed.warmup_steps},
        {"what", names}},
       off.empty() ? 0 : kContradictionLr);
  return true;
}

/// Layers and width from the model's own config, where the claim does not say them.
void fill_shape(const Request& request, Claim& claim) {
  for (const auto& artifact : request.artifacts_of(request.subject().id)) {
    if (artifact.role != io::role::kConfig) continue;
    const auto config = io::read_config(artifact.bytes, artifact.name);
    const auto* decoder = config.ok() ? config->find("text_decoder") : nullptr;
    if (decoder == nullptr) continue;
    if (claim.layers <= 0) claim.layers = static_cast<double>(decoder->integer_or(io::fact::kLayers, 0));
    if (claim.hidden_size <= 0) claim.hidden_size = static_cast<double>(decoder->integer_or(io::fact::kHiddenSize, 0));
    return;
  }
}

bool emit_balance(const Host& host, const Claim& claim) {
  const double balance = token_balance(claim);
  if (balance <= 0) return false;
  const bool off = balance < 0.9 || balance > 1.1;
  emit(host, "training_log.token-balance", balance, off ? "tokens.contradiction" : "tokens.balanced",
       {{"tokens", claim.tokens},
        {"batch_tokens", claim.batch_tokens},
        {"steps", claim.steps},
        {"product", claim.batch_tokens * claim.steps}},
       off ? kContradictionLr : 0);
  return true;
}

/// The loss over the log's last twentieth, nat per token.
double final_loss(const Series& s) {
  const std::size_t tail = std::max<std::size_t>(1, s.loss.size() / 20);
  return median({s.loss.end() - static_cast<std::ptrdiff_t>(tail), s.loss.end()});
}

/// Tokens that the log itself counts, against the claimed number.
bool emit_logged_tokens(const Host& host, const Series* series, const Claim& claim) {
  if (series == nullptr || series->tokens.empty() || claim.tokens <= 0) return false;
  const double logged = *std::max_element(series->tokens.begin(), series->tokens.end());
  const double balance = claim.tokens / logged;
  // A log may end before the run does: fewer tokens than claimed prove nothing, more do.
  const bool off = balance < 0.9;
  emit(host, "training_log.token-balance", balance,
       off             ? "tokens.logged_more"
       : balance > 1.1 ? "tokens.logged_less"
                       : "tokens.logged",
       {{"tokens", claim.tokens}, {"logged", logged}, {"ratio", balance}}, off ? kContradictionLr : 0);
  return true;
}

}  // namespace

bool Claims::emit_chinchilla(const Host& host, const Series* series, const Claim& claim) const {
  if (claim.parameters <= 0 || claim.tokens <= 0 || (series == nullptr && final_loss_ <= 0)) return false;
  const double raw = series != nullptr ? final_loss(*series) : final_loss_;
  const bool comparable = bytes_per_token_ > 0;
  const double loss = comparable ? raw * kChinchillaBytes / bytes_per_token_ : raw;
  const double high = hoffmann_loss(claim.parameters, claim.tokens),
               low = besiroglu_loss(claim.parameters, claim.tokens);
  const double above = loss - std::max(high, low), below = std::min(high, low) - loss;
  const double away = above > 0 ? above : below > 0 ? -below : 0;
  const bool off = comparable && std::abs(away) > kChinchillaBand;
  emit(host, "training_log.chinchilla", away,
       !comparable ? "chinchilla.other_tokenizer"
       : off       ? "chinchilla.off"
                   : "chinchilla.within",
       {{"loss", loss},
        {"hoffmann", high},
        {"besiroglu", low},
        {"away", away},
        {"bits_per_byte", comparable ? raw / bytes_per_token_ / std::numbers::ln2 : 0.0},
        {"expected_bits", std::min(high, low) / kChinchillaBytes / std::numbers::ln2}},
       off ? kContradictionLr : 0);
  return true;
}

Descriptor Claims::describe() {
  return {"training_log.claims",
          "Holds the claimed run against its own arithmetic: tokens, compute, hardware and the loss they buy.",
          PEDIGREE_KIND_TRAINING_LOG,
          PEDIGREE_FLAG_DETERMINISTIC,
          {{"training_log.compute", "fraction", "Share of the hardware's peak that the claimed run needs.", 0, 1e9},
           {"training_log.token-balance", "ratio", "Claimed tokens over batch tokens times steps.", 0, 1e12},
           {"training_log.flops-balance", "ratio", "Claimed compute over what parameters and tokens need.", 0, 1e12},
           {"training_log.schedule-claim", "count", "Parts of the claimed schedule that the log contradicts.", 0, 10},
           {"training_log.chinchilla", "nat", "Final loss minus the loss that scaling laws expect.", -100, 100}},
          {"training-log", "config"},
          {{"parameters", 0.0, "Claimed parameters.", 0, 1e15},
           {"active_parameters", 0.0, "Claimed parameters a token passes through; 0 means all.", 0, 1e15},
           {"tokens", 0.0, "Claimed training tokens.", 0, 1e18},
           {"layers", 0.0, "Layers, for the attention term.", 0, 1e5},
           {"hidden_size", 0.0, "Residual width, for the attention term.", 0, 1e6},
           {"sequence_length", 0.0, "Training sequence length in tokens.", 0, 1e8},
           {"batch_tokens", 0.0, "Tokens per optimiser step.", 0, 1e12},
           {"steps", 0.0, "Optimiser steps in all; 0 takes the log's last.", 0, 1e12},
           {"flops", 0.0, "Claimed training compute in FLOP.", 0, 1e30},
           {"accelerator", std::string_view{""}, "Kind of accelerator, e.g. H100."},
           {"accelerators", 0.0, "Number of accelerators.", 0, 1e7},
           {"hours", 0.0, "Wall time of the run in hours.", 0, 1e6},
           {"accelerator_hours", 0.0, "Hours of all accelerators together; 0 takes accelerators times hours.", 0, 1e12},
           {"schedule",
            std::string_view{""},
            "Claimed shape of the learning-rate schedule.",
            0,
            0,
            {"", "constant", "linear", "cosine", "warmup-stable-decay"}},
           {"peak_learning_rate", 0.0, "Claimed highest learning rate.", 0, 10},
           {"warmup_steps", 0.0, "Claimed warm-up in steps.", 0, 1e12},
           {"final_loss", 0.0, "Claimed last loss in nat per token, where there is no log.", 0, 100},
           {"bytes_per_token", 0.0, "Mean bytes of text per token of this tokenizer; 0 when unknown.", 0, 100}}};
}

Claims::Claims(const Options& o)
    : schedule_{o.text("schedule"), o.number("peak_learning_rate"), o.number("warmup_steps")},
      bytes_per_token_(o.number("bytes_per_token")),
      final_loss_(o.number("final_loss")) {
  claim_.parameters = o.number("parameters");
  claim_.active_parameters = o.number("active_parameters");
  claim_.tokens = o.number("tokens");
  claim_.layers = o.number("layers");
  claim_.hidden_size = o.number("hidden_size");
  claim_.sequence_length = o.number("sequence_length");
  claim_.batch_tokens = o.number("batch_tokens");
  claim_.steps = o.number("steps");
  claim_.flops = o.number("flops");
  claim_.accelerator = o.text("accelerator");
  claim_.accelerators = o.number("accelerators");
  claim_.hours = o.number("hours");
  claim_.accelerator_hours = o.number("accelerator_hours");
}

pedigree_status Claims::run(const Host& host, const Request& request) {
  auto claim = claim_;
  fill_shape(request, claim);
  const auto record = read_record(request, 0, {});
  const Series* series = nullptr;
  for (const auto& r : record.logs)
    if (series == nullptr && r.start.start == Start::untrained && r.series.step.size() >= 30) series = &r.series;
  if (claim.steps <= 0 && series != nullptr) claim.steps = series->step.back();
  bool said = emit_utilisation(host, claim);
  said |= emit_flops(host, claim);
  said |= emit_balance(host, claim);
  said |= emit_logged_tokens(host, series, claim);
  said |= emit_schedule(host, series, schedule_);
  said |= emit_chinchilla(host, series, claim);
  if (said) return PEDIGREE_OK;
  host.set_error(
      "nothing to check: the pipeline's claim names no hardware with hours, no steps with batch_tokens, no schedule "
      "and no log with a final loss");
  return PEDIGREE_NOT_APPLICABLE;
}

}  // namespace pedigree::training_log
