// SPDX-License-Identifier: MIT
#include "plugins/weight/checkpoints/checkpoint_set.hpp"

#include <map>

#include "pedigree/io/artifact_role.hpp"

namespace pedigree::weight {
namespace {

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// The role a file would have outside its checkpoint; empty for what holds no tensors.
std::string_view tensor_role(std::string_view base) {
  if (base.ends_with(".safetensors")) return io::role::kWeights;
  if (base.ends_with(".safetensors.index.json")) return io::role::kWeightsIndex;
  return {};
}

bool beside_checkpoint(const Artifact& a) {
  return a.role == io::role::kConfig || a.role == io::role::kTokenizer || a.role == io::role::kVocab ||
         a.role == io::role::kMerges || a.role == io::role::kAddedTokens || a.role == io::role::kSpecialTokens ||
         a.role == io::role::kTokenizerConfig;
}

}  // namespace

CheckpointSet group_checkpoints(const std::vector<Artifact>& artifacts, std::size_t most) {
  CheckpointSet set;
  std::map<std::uint64_t, CheckpointFiles> by_step;
  for (const auto& artifact : artifacts) {
    if (artifact.role != io::role::kCheckpoint) continue;
    const auto base = base_name(artifact.name);
    const auto role = tensor_role(base);
    if (role.empty()) continue;
    const auto step = io::checkpoint_step(artifact.name);
    if (!step) {
      set.unnamed.emplace_back(artifact.name);
      continue;
    }
    auto& files = by_step[*step];
    files.step = *step;
    files.name = artifact.name.substr(0, artifact.name.size() - std::min(artifact.name.size(), base.size() + 1));
    Artifact plain = artifact;
    plain.role = role;
    plain.name = base;
    files.artifacts.push_back(plain);
  }
  // Config and tokenizer are the model's: a run does not change them.
  for (auto& [step, files] : by_step)
    for (const auto& artifact : artifacts)
      if (beside_checkpoint(artifact)) files.artifacts.push_back(artifact);
  const std::size_t found = by_step.size(), kept = std::min(found, std::max<std::size_t>(most, 2));
  std::size_t index = 0, next = 0;
  for (auto& [step, files] : by_step) {
    // The k-th of `kept` sits at k (found - 1) / (kept - 1), rounded down.
    if (kept < 2 || index == next * (found - 1) / (kept - 1)) {
      set.checkpoints.push_back(std::move(files));
      ++next;
    } else {
      ++set.left_out;
    }
    ++index;
  }
  return set;
}

}  // namespace pedigree::weight
