// SPDX-License-Identifier: MIT
// What a file of a model is, decided by its name and first bytes (docs/reference/artifacts.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pedigree::io {

/// The roles of artifacts, as written in pipelines and seen by plugins.
namespace role {
inline constexpr std::string_view kConfig = "config";  ///< config.json
inline constexpr std::string_view kGenerationConfig = "generation-config";
inline constexpr std::string_view kTokenizer = "tokenizer";  ///< tokenizer.json, .model, .tiktoken, tekken.json
inline constexpr std::string_view kTokenizerConfig = "tokenizer-config";
inline constexpr std::string_view kSpecialTokens = "special-tokens";
inline constexpr std::string_view kAddedTokens = "added-tokens";
inline constexpr std::string_view kVocab = "vocab";  ///< vocab.json, with merges.txt beside it
inline constexpr std::string_view kMerges = "merges";
inline constexpr std::string_view kChatTemplate = "chat-template";
inline constexpr std::string_view kTokenizerFacts = "tokenizer-facts";  ///< catalog: published counts (JSON)
inline constexpr std::string_view kWeights = "weights";                 ///< one safetensors shard
inline constexpr std::string_view kWeightsIndex = "weights-index";      ///< *.safetensors.index.json
inline constexpr std::string_view kGguf = "gguf";                       ///< weights, metadata and tokenizer in one
inline constexpr std::string_view kPickle = "pickle";                   ///< refused with an explanation, never executed
inline constexpr std::string_view kAdapterConfig = "adapter-config";    ///< LoRA; names a declared ancestor
inline constexpr std::string_view kResponses = "responses";             ///< recorded answers (JSONL and kin)
inline constexpr std::string_view kTrainingLog = "training-log";
inline constexpr std::string_view kCheckpoint =
    "checkpoint";  ///< an earlier checkpoint's safetensors; name = "step-N/FILE"
inline constexpr std::string_view kModelCard = "model-card";      ///< README.md with YAML front matter
inline constexpr std::string_view kCatalogCard = "catalog-card";  ///< catalog: the whole card as JSON
inline constexpr std::string_view kUnknown = "unknown";
}  // namespace role

/// Decides the role of a file. `name` is its path relative to the model's folder, `head` its first
/// bytes (up to 4 KiB are looked at). Content wins over the name where both speak: a Git-LFS
/// pointer or an HTML page saved as weights is kUnknown. Pure, thread-safe.
std::string_view role_of(std::string_view name, std::string_view head);

/// The optimiser step that a checkpoint's name states: "step-0/model.safetensors", "checkpoint-500/x",
/// "step1000-tokens4B/x", "global_step20/x", "iter_0000100/x", "ckpts/step0.safetensors". The last such
/// part of the path counts; nothing when no part has that form.
std::optional<std::uint64_t> checkpoint_step(std::string_view name);

}  // namespace pedigree::io
