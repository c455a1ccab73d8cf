// SPDX-License-Identifier: MIT
#include "plugins/training_log/claims.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

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
  const double share = model_flops_utilisation(claim);
  const auto judged = judge_utilisation(share);
  if (judged == Utilisation::unknown) return false;
  const std::string key = judged == Utilisation::impossible         ? "compute.impossible"
                          : judged == Utilisation::suspiciously_low ? "compute.low"
                                                                    : "compute.plausible";
  emit(host, "training_log.compute", share, key,
       {{"flops", training_flops(claim)},
        {"utilisation", share},
        {"accelerators", claim.accelerators},
        {"accelerator", claim.accelerator},
        {"hours", claim.hours}},
       judged == Utilisation::impossible ? kContradictionLr : 0);
  return true;
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

/// The final loss in nat per token of the Chinchilla tokenizer, from the log's last twentieth.
double final_loss(const Series& s, double bytes_per_token) {
  const std::size_t tail = std::max<std::size_t>(1, s.loss.size() / 20);
  const double loss = median({s.loss.end() - static_cast<std::ptrdiff_t>(tail), s.loss.end()});
  return bytes_per_token > 0 ? loss * kChinchillaBytes / bytes_per_token : loss;
}

}  // namespace

Descriptor Claims::describe() {
  return {"training_log.claims",
          "Holds the claimed run against its own arithmetic: tokens, compute, hardware and the loss they buy.",
          PEDIGREE_KIND_TRAINING_LOG,
          PEDIGREE_FLAG_DETERMINISTIC,
          {{"training_log.compute", "fraction", "Share of the hardware's peak that the claimed run needs.", 0, 1e9},
           {"training_log.token-balance", "ratio", "Claimed tokens over batch tokens times steps.", 0, 1e12},
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
           {"accelerator", std::string_view{""}, "Kind of accelerator, e.g. H100."},
           {"accelerators", 0.0, "Number of accelerators.", 0, 1e7},
           {"hours", 0.0, "Wall time of the run in hours.", 0, 1e6},
           {"bytes_per_token", 0.0, "Mean bytes of text per token of this tokenizer; 0 when unknown.", 0, 100}}};
}

Claims::Claims(const Options& o) : bytes_per_token_(o.number("bytes_per_token")) {
  claim_.parameters = o.number("parameters");
  claim_.active_parameters = o.number("active_parameters");
  claim_.tokens = o.number("tokens");
  claim_.layers = o.number("layers");
  claim_.hidden_size = o.number("hidden_size");
  claim_.sequence_length = o.number("sequence_length");
  claim_.batch_tokens = o.number("batch_tokens");
  claim_.steps = o.number("steps");
  claim_.accelerator = o.text("accelerator");
  claim_.accelerators = o.number("accelerators");
  claim_.hours = o.number("hours");
  if (!claim_.accelerator.empty() && !peak_flops(claim_.accelerator))
    throw ConfigError("option accelerator: no peak is known for '" + claim_.accelerator +
                      "'; known: A100 A800 H100 H200 H800 B200 V100 MI250X MI300X TPUv4 TPUv5p Gaudi2");
}

pedigree_status Claims::run(const Host& host, const Request& request) {
  auto claim = claim_;
  const auto record = read_record(request, 0, {});
  const Series* series = nullptr;
  for (const auto& r : record.logs)
    if (series == nullptr && r.start.start == Start::untrained && r.series.step.size() >= 30) series = &r.series;
  if (claim.steps <= 0 && series != nullptr) claim.steps = series->step.back();
  bool said = emit_utilisation(host, claim);
  said |= emit_balance(host, claim);
  if (series != nullptr && claim.parameters > 0 && claim.tokens > 0) {
    const double loss = final_loss(*series, bytes_per_token_);
    const double high = hoffmann_loss(claim.parameters, claim.tokens),
                 low = besiroglu_loss(claim.parameters, claim.tokens);
    const double above = loss - std::max(high, low), below = std::min(high, low) - loss;
    const double away = above > 0 ? above : below > 0 ? -below : 0;
    const bool comparable = bytes_per_token_ > 0;
    const bool off = comparable && std::abs(away) > kChinchillaBand;
    emit(host, "training_log.chinchilla", away,
         !comparable ? "chinchilla.other_tokenizer"
         : off       ? "chinchilla.off"
                     : "chinchilla.within",
         {{"loss", loss},
          {"hoffmann", high},
          {"besiroglu", low},
          {"away", away},
          {"bits_per_byte", comparable ? loss / kChinchillaBytes / std::numbers::ln2 : 0.0}},
         off ? kContradictionLr : 0);
    said = true;
  }
  if (said) return PEDIGREE_OK;
  host.set_error("nothing to check: give claimed tokens with batch_tokens and steps, or accelerators with hours");
  return PEDIGREE_NOT_APPLICABLE;
}

}  // namespace pedigree::training_log
