// SPDX-License-Identifier: MIT
#include "plugins/tokenizer/conventions/special_tokens.hpp"

#include <algorithm>
#include <array>

namespace pedigree::tokenizer {
namespace {

constexpr std::array<std::string_view, 16> kEverywhere{
    "<s>",    "</s>",   "<unk>", "<pad>", "[PAD]", "[UNK]",         "[CLS]", "[SEP]",
    "[MASK]", "<mask>", "<bos>", "<eos>", "<sep>", "<|endoftext|>", "<cls>", "<|padding|>"};

struct FamilyMark {
  std::string_view mark, family;
};
/// A token or template text that only one style of conversation uses.
constexpr std::array kMarks{
    FamilyMark{"<|im_start|>", "chatml"},
    FamilyMark{"<|start_header_id|>", "llama-3"},
    FamilyMark{"<|header_start|>", "llama-4"},
    FamilyMark{"[INST]", "inst"},
    FamilyMark{"<start_of_turn>", "gemma"},
    FamilyMark{"<\xEF\xBD\x9CUser\xEF\xBD\x9C>", "deepseek"},
    FamilyMark{"<|im_middle|>", "kimi"},
    FamilyMark{"<|channel|>", "harmony"},
    FamilyMark{"[gMASK]", "glm"},
    FamilyMark{"[|assistant|]", "exaone"},
    FamilyMark{"<|START_OF_TURN_TOKEN|>", "command-r"},
    FamilyMark{"<|fim_prefix|>", "fim"},
    FamilyMark{"<fim_prefix>", "fim"},
    FamilyMark{"<|begin|>", "solar-open"},
    FamilyMark{"<|start_of_role|>", "granite"},
};

bool is_everywhere(std::string_view text) {
  return std::find(kEverywhere.begin(), kEverywhere.end(), text) != kEverywhere.end();
}

void add_families(SpecialTokens& out, const Model& model) {
  for (const auto& [mark, family] : kMarks) {
    bool found = out.tokens.contains(std::string{mark});
    for (const auto& one : model.companions.templates) found = found || one.text.find(mark) != std::string::npos;
    if (found) out.families.emplace(family);
  }
  if (model.facts && !model.facts->chat_style.empty()) out.families.insert(model.facts->chat_style);
}

}  // namespace

SpecialTokens special_tokens_of(const Model& model) {
  SpecialTokens out;
  if (model.tokenizer) {
    const auto& t = *model.tokenizer;
    std::uint32_t last_core = 0;
    for (std::size_t i = 0; i < t.size(); ++i)
      if (t.is_core(i)) last_core = t.id(i);
    for (std::size_t i = 0; i < t.size(); ++i) {
      if (t.is_core(i)) continue;
      if (t.kind(i) == io::TokenKind::kUnused) {
        if (out.reserved++ == 0) out.first_reserved = t.id(i);
        out.last_reserved = t.id(i);
        continue;
      }
      out.tokens.emplace(t.bytes(i), t.id(i));
      out.after_core += static_cast<std::size_t>(t.id(i) > last_core);
    }
  }
  for (const auto& [id, token] : model.companions.declared) {
    const bool reserved =
        token.text.find("reserved") != std::string::npos || token.text.find("unused") != std::string::npos;
    if (!reserved) out.tokens.emplace(token.text, id);
  }
  for (const auto& text : model.companions.additional)
    if (text.find("reserved") == std::string::npos) out.tokens.emplace(text, -1);
  for (const auto& [role, text] : model.companions.roles) out.tokens.emplace(text, -1);
  add_families(out, model);
  return out;
}

SpecialComparison compare_specials(const Model& subject, const Model& reference) {
  const auto mine = special_tokens_of(subject), theirs = special_tokens_of(reference);
  SpecialComparison out;
  for (const auto& [text, id] : theirs.tokens) out.reference += static_cast<std::size_t>(!is_everywhere(text));
  for (const auto& [text, id] : mine.tokens) {
    if (is_everywhere(text)) continue;
    ++out.subject;
    const auto it = theirs.tokens.find(text);
    if (it == theirs.tokens.end()) continue;
    out.shared.push_back(text);
    out.same_id += static_cast<std::size_t>(id >= 0 && id == it->second);
  }
  const std::size_t all = out.subject + out.reference - out.shared.size();
  out.jaccard = all == 0 ? 0 : static_cast<double>(out.shared.size()) / static_cast<double>(all);
  for (const auto& [role, text] : subject.companions.roles)
    if (const auto it = reference.companions.roles.find(role);
        it != reference.companions.roles.end() && it->second == text)
      out.same_roles.push_back(role + "=" + text);
  return out;
}

}  // namespace pedigree::tokenizer
