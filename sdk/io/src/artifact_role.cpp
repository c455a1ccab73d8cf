// SPDX-License-Identifier: MIT
#include "pedigree/io/artifact_role.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string>
#include <vector>

namespace pedigree::io {
namespace {

std::string_view base_name(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string_view skip_space(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  return text;
}

/// "base64 SP digits" on the first line: a tiktoken vocabulary.
bool looks_like_tiktoken(std::string_view head) {
  const auto line = head.substr(0, head.find_first_of("\r\n"));
  const auto space = line.find(' ');
  if (space == std::string_view::npos || space == 0 || space % 4 != 0 || space + 1 >= line.size()) return false;
  const auto base64 = [](unsigned char c) { return std::isalnum(c) != 0 || c == '+' || c == '/' || c == '='; };
  return std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(space), base64) &&
         std::all_of(line.begin() + static_cast<std::ptrdiff_t>(space) + 1, line.end(),
                     [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// u64 length, then '{': the start of a safetensors header.
bool looks_like_safetensors(std::string_view head) {
  return head.size() >= 9 && head[8] == '{' && head[5] == 0 && head[6] == 0 && head[7] == 0;
}

/// "step-0", "checkpoint-500", "step1000-tokens4B", "global_step20", "iter_0000100" -> the number.
std::optional<std::uint64_t> step_of_part(std::string_view part) {
  constexpr std::array<std::string_view, 6> kWords{"global_step", "step", "checkpoint", "ckpt", "iteration", "iter"};
  for (const auto word : kWords) {
    if (!part.starts_with(word)) continue;
    auto rest = part.substr(word.size());
    if (!rest.empty() && (rest.front() == '-' || rest.front() == '_')) rest.remove_prefix(1);
    std::uint64_t step = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), step);
    if (error != std::errc{}) continue;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    if (rest.empty() || rest.front() == '-' || rest.front() == '_' || rest == ".safetensors") return step;
  }
  return std::nullopt;
}

/// A folder of the path names a step. A file's own name does not: alone it is a model.
bool in_checkpoint_folder(std::string_view name) {
  const auto slash = name.rfind('/');
  return slash != std::string_view::npos && checkpoint_step(name.substr(0, slash)).has_value();
}

struct NamedRole {
  std::string_view name, role;
};
constexpr std::array kByName{
    NamedRole{"config.json", role::kConfig},
    NamedRole{"params.json", role::kConfig},
    NamedRole{"generation_config.json", role::kGenerationConfig},
    NamedRole{"tokenizer.json", role::kTokenizer},
    NamedRole{"tekken.json", role::kTokenizer},
    NamedRole{"tokenizer.model", role::kTokenizer},
    NamedRole{"tokenizer_config.json", role::kTokenizerConfig},
    NamedRole{"special_tokens_map.json", role::kSpecialTokens},
    NamedRole{"added_tokens.json", role::kAddedTokens},
    NamedRole{"vocab.json", role::kVocab},
    NamedRole{"encoder.json", role::kVocab},
    NamedRole{"merges.txt", role::kMerges},
    NamedRole{"vocab.bpe", role::kMerges},
    NamedRole{"chat_template.jinja", role::kChatTemplate},
    NamedRole{"chat_template.json", role::kChatTemplate},
    NamedRole{"adapter_config.json", role::kAdapterConfig},
    NamedRole{"trainer_state.json", role::kTrainingLog},
    NamedRole{"trainer_log.jsonl", role::kTrainingLog},
    NamedRole{"responses.jsonl", role::kResponses},
};

/// Keys of the outermost object, as far as the head goes. Words inside strings and nested objects do not count.
std::vector<std::string_view> outer_keys(std::string_view head) {
  std::vector<std::string_view> keys;
  std::size_t depth = 0;
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (head[i] == '{' || head[i] == '[') ++depth;
    if (head[i] == '}' || head[i] == ']') {
      if (depth <= 1) break;
      --depth;
    }
    if (head[i] != '"') continue;
    const auto start = ++i;
    while (i < head.size() && head[i] != '"') i += head[i] == '\\' ? 2 : 1;
    if (i >= head.size()) break;
    if (depth == 1 && skip_space(head.substr(i + 1)).starts_with(":")) keys.push_back(head.substr(start, i - start));
  }
  return keys;
}

/// Keys that only a model's configuration has at its outermost level, in any family's spelling.
constexpr std::string_view kConfigKeys[] = {"architectures",
                                            "hidden_size",
                                            "num_hidden_layers",
                                            "num_attention_heads",
                                            "n_embd",
                                            "n_layer",
                                            "n_head",
                                            "d_model",
                                            "n_layers",
                                            "n_heads",
                                            "num_layers",
                                            "text_config",
                                            "language_config",
                                            "thinker_config",
                                            "llm_config",
                                            "vision_config",
                                            "dim"};

/// A configuration may name its tokenizer's class; a tokenizer's configuration has no shape.
bool looks_like_config(const std::vector<std::string_view>& keys) {
  const auto has = [&](std::string_view key) { return std::find(keys.begin(), keys.end(), key) != keys.end(); };
  if (has("peft_type") || has("loss") || has("train_loss") || has("response")) return false;
  return std::any_of(std::begin(kConfigKeys), std::end(kConfigKeys), has);
}

/// A JSON document whose name says nothing: its first keys decide.
std::string_view role_of_json(std::string_view head) {
  if (skip_space(head).starts_with("{") && looks_like_config(outer_keys(head))) return role::kConfig;
  if (contains(head, "\"weight_map\"")) return role::kWeightsIndex;
  if (contains(head, "\"log_history\"") || contains(head, "\"global_step\"")) return role::kTrainingLog;
  if (contains(head, "\"added_tokens\"") || contains(head, "\"truncation\"") || contains(head, "\"vocab\""))
    return role::kTokenizer;
  if (contains(head, "\"tokenizer_class\"") || contains(head, "\"added_tokens_decoder\""))
    return role::kTokenizerConfig;
  if (contains(head, "\"base_model_name_or_path\"")) return role::kAdapterConfig;
  if (contains(head, "\"response\"") || contains(head, "\"output\"") || contains(head, "\"outputs\"") ||
      contains(head, "\"resps\"") || contains(head, "\"choices\"") || contains(head, "\"completion\""))
    return role::kResponses;
  // "loss", "train_loss", "train/loss", "loss/train/total": as trackers name it.
  if (contains(head, "loss\":") || contains(head, "loss\" :") || contains(head, "\"loss")) return role::kTrainingLog;
  if (contains(head, "\"model_type\"") || contains(head, "\"hidden_size\"")) return role::kConfig;
  return role::kUnknown;
}

/// A console log: lines of any trainer that print a loss, or a name that says so. Settings printed before the first
/// step may fill the head.
bool looks_like_console_log(std::string_view base, std::string_view head) {
  std::string lowered;
  for (const char c : base) lowered += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (contains(lowered, "train") || contains(lowered, "slurm-")) return true;
  lowered.clear();
  for (const char c : head) lowered += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return contains(lowered, "loss") || contains(lowered, " trl:") || contains(lowered, " tel:");
}

/// JSON begins with { or [ and goes on with a value; a console line "[batch=366/48000]:" or "{'loss': 2.1}" does not.
bool looks_like_json(std::string_view head) {
  auto text = skip_space(head);
  const char first = text.empty() ? ' ' : text.front();
  if (first != '{' && first != '[') return false;
  text = skip_space(text.substr(1));
  if (text.empty()) return true;
  if (first == '{') return text.front() == '"' || text.front() == '}';
  return std::string_view{"{[\"]"}.find(text.front()) != std::string_view::npos ||
         (std::isdigit(static_cast<unsigned char>(text.front())) != 0 && !contains(text.substr(0, 12), ":") &&
          !contains(text.substr(0, 5), "-"));
}

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(), [&](auto e) { return text.ends_with(e); });
}

}  // namespace

std::optional<std::uint64_t> checkpoint_step(std::string_view name) {
  while (true) {
    const auto slash = name.rfind('/');
    if (const auto step = step_of_part(base_name(name))) return step;
    if (slash == std::string_view::npos) return std::nullopt;
    name = name.substr(0, slash);
  }
}

std::string_view role_of(std::string_view name, std::string_view head) {
  head = head.substr(0, 4096);
  const auto base = base_name(name);
  if (base.ends_with(".incomplete") || contains(name, ".cache/huggingface/")) return role::kUnknown;
  if (head.starts_with("version https://git-lfs.github.com/spec/")) return role::kUnknown;
  if (head.starts_with("GGUF")) return role::kGguf;
  if (contains(base, "tfevents")) return role::kTrainingLog;
  if (base.ends_with(".safetensors.index.json"))
    return in_checkpoint_folder(name) ? role::kCheckpoint : role::kWeightsIndex;
  if (base.ends_with(".jinja")) return role::kChatTemplate;
  if (base.ends_with(".safetensors") || looks_like_safetensors(head)) {
    if (skip_space(head).starts_with("<")) return role::kUnknown;
    return in_checkpoint_folder(name) ? role::kCheckpoint : role::kWeights;
  }
  if (ends_with_any(base, {".gguf"})) return role::kGguf;
  if (ends_with_any(base, {".bin", ".pth", ".pt", ".ckpt", ".pkl"})) return role::kPickle;
  for (const auto& [known, role] : kByName)
    if (base == known) return role;
  if (base == "README.md" && skip_space(head).starts_with("---")) return role::kModelCard;
  if (base == "vocab.txt" && !contains(head, "loss")) return role::kVocab;
  if (ends_with_any(base, {".tiktoken"}) || looks_like_tiktoken(head)) return role::kTokenizer;
  if (contains(base, ".model") && !head.empty() && head.front() == '\n') return role::kTokenizer;
  if (looks_like_json(head)) return role_of_json(head);
  const auto first_line = head.substr(0, head.find('\n'));
  if (base.ends_with(".csv") && (contains(first_line, "completion") || contains(first_line, "response")) &&
      !contains(first_line, "loss"))
    return role::kResponses;
  if (base.ends_with(".csv") && contains(head, "loss")) return role::kTrainingLog;
  if (ends_with_any(base, {".log", ".txt", ".out"}) && looks_like_console_log(base, head)) return role::kTrainingLog;
  return role::kUnknown;
}

}  // namespace pedigree::io
