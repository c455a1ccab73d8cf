// SPDX-License-Identifier: MIT
#include "plugins/weight/checkpoints/analyzer.hpp"

#include "plugins/weight/analyzers.hpp"
#include "plugins/weight/checkpoints/run.hpp"

namespace pedigree::weight {

Descriptor Checkpoints::describe() {
  return {
      "training_log.checkpoints",
      "Follows a training record's checkpoints from random numbers at step 0 to the final weights.",
      PEDIGREE_KIND_TRAINING_LOG,
      PEDIGREE_FLAG_DETERMINISTIC | PEDIGREE_FLAG_HEAVY,
      {
          {"training_log.step0-link", "cosine", "What the final weights keep of step 0, unit by unit.", -1, 1},
          {"training_log.step0-physics", "fraction", "Matrices of step 0 that look untrained.", 0, 1},
          {"training_log.checkpoint-path", "count", "Contradictions along the path of checkpoints.", 0, 1e6},
      },
      {"checkpoint", "training-log", "weights", "weights-index", "gguf", "config", "tokenizer", "vocab", "merges",
       "added-tokens", "special-tokens", "tokenizer-config"},
      {{"max_checkpoints", std::int64_t{12}, "Checkpoints read; more are thinned evenly.", 2, 64},
       {"optimizer",
        std::string_view{"adam"},
        "Optimiser of the run: adam bounds how far a step can go.",
        0,
        0,
        {"adam", "other"}},
       {"peak_learning_rate", 0.0, "Highest learning rate, where no log shows the schedule; 0 when unknown.", 0, 10},
       {"weight_decay", 0.1, "Decoupled weight decay of the run.", 0, 10}},
  };
}

Checkpoints::Checkpoints(const Options& o)
    : options_{static_cast<std::size_t>(o.integer("max_checkpoints")), o.text("optimizer") == "adam",
               o.number("peak_learning_rate"), o.number("weight_decay")} {}

pedigree_status Checkpoints::run(const Host& host, const Request& request) {
  if (!processor_is_capable())
    throw ResourceError("this processor lacks AVX2 or FMA, which the matrix statistics need (docs/decisions/0080)");
  return run_checkpoints(host, request, options_);
}

}  // namespace pedigree::weight
