// SPDX-License-Identifier: MIT
// From measurements to a relation, a calibrated likelihood ratio and the kinds of change seen. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/weight/compare/component_comparison.hpp"

namespace pedigree::weight {

/// One thing that happened on the way from the reference to the subject.
struct Kind {
  std::string name;  ///< fine_tuned continued_pretraining heavily_changed lora copied merged extended_vocabulary
                     ///< reduced_vocabulary embeddings_replaced depth_pruned depth_upscaled layers_added width_pruned
                     ///< width_upscaled units_reused moe_upcycled undetermined quantised reference_quantised sparsified
                     ///< permuted rotated rescaled
  std::string sentence;  ///< message behind "change."; kinds of one sentence are said together
  std::string part;      ///< what it happened to, a message behind "part."; may be empty
  std::string type;      ///< of storage, may be empty
  std::vector<std::pair<std::string, double>> numbers;  ///< named as in the message
  std::string detail;                                   ///< the same in plain words, may be empty
  double value = 0;                                     ///< coefficient, rank share, layers ... as `detail` says
};

struct Judgement {
  std::string_view relation;     ///< of pedigree/evidence.hpp
  double log10_lr = 0;           ///< capped as methods ask: 6 with an exact p, 3 calibrated, at least -3
  double log10_p = 0;            ///< best exact p after every correction
  bool exact = false;            ///< log10_p reaches -12 with an effect
  double inherited_share = 0;    ///< of the component's layers' units
  double matched_layers = 0;     ///< share of the subject's layers that have a source
  bool by_heads = false;         ///< no layer has a source, attention heads do
  bool by_embedding = false;     ///< no layer has a source, the embedding does
  bool few_units = false;        ///< of those layers only a few units, closely copied
  double top = 0, bulk = 0;      ///< inheritance spectrum, medians over matrices
  double merge_coefficient = 1;  ///< weight of the reference, 1 when nothing else was mixed in
  double log10_lr_power = 0;     ///< for "none": what the power allows
  std::vector<Kind> kinds;
};

/// Judgement of the component's layers (heads, hidden units) and its embedding together.
Judgement judge(const ComponentFinding& finding);
/// W4: the rotation that brings the embeddings together is nearly a relabelling of axes. Between strangers it is as if
/// drawn by Haar's measure (an assumption: AdamW commutes with relabellings, not with rotations), hence calibrated.
bool embedding_relabelled(const ComponentFinding& finding);
/// Judgement of the embedding alone.
Judgement judge_embedding(const ComponentFinding& finding);

}  // namespace pedigree::weight
