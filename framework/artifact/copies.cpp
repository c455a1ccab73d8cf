// SPDX-License-Identifier: MIT
// Repositories often hold the same weights twice. Counting them twice would let a model match itself.
#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "framework/artifact/scan.hpp"
#include "framework/core/descriptor.hpp"
#include "pedigree/io/artifact_role.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::artifact {
namespace {

using Predicate = std::function<bool(const File&)>;

std::string base_name(const std::string& name) { return name.substr(name.rfind('/') + 1); }
std::string folder_name(const std::string& name) {
  const auto slash = name.rfind('/');
  return slash == std::string::npos ? "" : name.substr(0, slash + 1);
}

std::size_t count(const ResolvedModel& model, const Predicate& which) {
  return static_cast<std::size_t>(std::count_if(model.files.begin(), model.files.end(), which));
}

/// Removes the files and says so once, naming the first.
void drop(ResolvedModel& model, const Predicate& which, const std::string& code, const std::string& why) {
  const std::size_t dropped = count(model, which);
  if (dropped == 0) return;
  const auto first = std::find_if(model.files.begin(), model.files.end(), which);
  std::string message = why;
  if (dropped > 1) message += " (" + std::to_string(dropped) + " files)";
  model.notices.push_back({code, first->name, message});
  std::erase_if(model.files, which);
}

bool is_original(const File& file) {
  return file.role == io::role::kWeights &&
         (base_name(file.name).starts_with("consolidated") || file.name.starts_with("original/"));
}
bool is_adapter(const File& file) {
  return file.role == io::role::kWeights && base_name(file.name).starts_with("adapter_");
}
bool is_plain_weights(const File& file) {
  return file.role == io::role::kWeights && !is_original(file) && !is_adapter(file);
}

/// The shards an index names; empty when it cannot be read (the tensor reader reports that).
std::set<std::string> shards_of(const File& index) {
  constexpr std::uint64_t kLargestIndex = 64ull << 20;
  const auto text = read_file(index.path, kLargestIndex);
  if (!text) return {};
  io::JsonLimits limits;
  limits.bytes = kLargestIndex;
  limits.values = 4'000'000;
  const auto parsed = io::parse_json(*text, limits, index.name);
  if (!parsed || !parsed->is_object() || !parsed->contains("weight_map")) return {};
  std::set<std::string> shards;
  for (const auto& shard : (*parsed)["weight_map"])
    if (shard.is_string()) shards.insert(folder_name(index.name) + shard.get<std::string>());
  return shards;
}

/// Weights beside an index that it does not name: variants ("model.fp16-...") or leftovers.
void keep_indexed_only(ResolvedModel& model) {
  const auto index = std::find_if(model.files.begin(), model.files.end(), [](const File& file) {
    return file.role == io::role::kWeightsIndex && base_name(file.name) == "model.safetensors.index.json";
  });
  if (index == model.files.end()) return;
  const auto shards = shards_of(*index);
  if (shards.empty()) return;
  const bool any_present =
      count(model, [&](const File& f) { return is_plain_weights(f) && shards.count(f.name) != 0; }) > 0;
  if (!any_present) return;
  drop(
      model, [&](const File& f) { return is_plain_weights(f) && shards.count(f.name) == 0; }, "WEIGHTS_NOT_IN_INDEX",
      "weights that model.safetensors.index.json does not name: left out");
}

/// "x-00001-of-00003.gguf" -> "x": the parts of one split file belong together.
std::string gguf_group(const std::string& name) {
  std::string stem = name.ends_with(".gguf") ? name.substr(0, name.size() - 5) : name;
  const auto of = stem.rfind("-of-");
  if (of == std::string::npos) return stem;
  const auto dash = stem.rfind('-', of - 1);
  return dash == std::string::npos ? stem : stem.substr(0, dash);
}

/// Several quantisations of one model in a folder: the largest says most.
void keep_one_gguf(ResolvedModel& model) {
  std::map<std::string, std::uint64_t> bytes;
  for (const auto& file : model.files)
    if (file.role == io::role::kGguf) bytes[gguf_group(file.name)] += file.size;
  if (bytes.size() < 2) return;
  const auto largest =
      std::max_element(bytes.begin(), bytes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  const std::string kept = largest->first;
  drop(
      model, [&](const File& f) { return f.role == io::role::kGguf && gguf_group(f.name) != kept; }, "SECOND_COPY",
      "another GGUF of the same folder; " + kept + " is the largest and is used");
}

/// Trainers put the config and the tokenizer beside every checkpoint.
void drop_copies_beside_checkpoints(ResolvedModel& model) {
  const auto in_checkpoint = [](const File& file) {
    const auto folder = folder_name(file.name);
    return !folder.empty() && io::checkpoint_step(folder.substr(0, folder.size() - 1)).has_value();
  };
  std::set<std::string> outside;
  for (const auto& file : model.files)
    if (!in_checkpoint(file)) outside.insert(base_name(file.name));
  drop(
      model,
      [&](const File& f) {
        return f.role != io::role::kCheckpoint && f.role != io::role::kTrainingLog && in_checkpoint(f) &&
               outside.count(base_name(f.name)) != 0;
      },
      "SECOND_COPY", "a copy beside an earlier checkpoint; the model's own is used");
}

}  // namespace

void drop_second_copies(ResolvedModel& model) {
  drop_copies_beside_checkpoints(model);
  const bool plain = count(model, is_plain_weights) > 0;
  const bool any = count(model, [](const File& f) { return f.role == io::role::kWeights; }) > 0;
  if (plain) {
    drop(model, is_original, "SECOND_COPY", "the maker's original format beside the same weights: left out");
    drop(model, is_adapter, "ADAPTER_BESIDE_WEIGHTS", "an adapter beside full weights: left out, its config is read");
    keep_indexed_only(model);
  }
  if (any) {
    drop(
        model, [](const File& f) { return f.role == io::role::kGguf; }, "SECOND_COPY",
        "a GGUF beside safetensors of the same model: left out");
    drop(
        model, [](const File& f) { return f.role == io::role::kPickle; }, "SECOND_COPY",
        "a Python pickle beside safetensors: left out, pickles are never opened");
  }
  keep_one_gguf(model);
}

}  // namespace pedigree::artifact
