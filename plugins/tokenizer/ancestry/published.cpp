// SPDX-License-Identifier: MIT
#include "plugins/tokenizer/ancestry/published.hpp"

#include <algorithm>

namespace pedigree::tokenizer {
namespace {

constexpr std::int64_t kSingleBytes = 256;

const io::Signature* find(const std::vector<io::Signature>& signatures, std::string_view name) {
  const auto it =
      std::find_if(signatures.begin(), signatures.end(), [&](const auto& s) { return s.label.name == name; });
  return it == signatures.end() ? nullptr : &*it;
}

AncestorHypothesis test(const io::Signature& ancestor, const TokenizerFacts& facts,
                        const std::vector<io::Signature>& signatures) {
  AncestorHypothesis out;
  out.ancestor = &ancestor;
  out.own_tokens = facts.file_vocab_size.value_or(0) - std::int64_t{ancestor.core_tokens};
  for (const auto& count : facts.published) {
    const auto* other = find(signatures, count.with);
    if (other == nullptr) continue;
    const auto common = common_tokens(ancestor, *other);
    if (count.tokens) out.tests.push_back({count.with, "tokens", *count.tokens, common});
    if (count.merges && ancestor.byte_level && other->byte_level)
      out.tests.push_back({count.with, "merges", *count.merges, std::max<std::int64_t>(0, common - kSingleBytes)});
  }
  out.holds = !out.tests.empty() && (!facts.file_vocab_size || out.own_tokens >= 0);
  out.explained = 1;
  for (const auto& one : out.tests) {
    out.holds = out.holds && one.holds();
    out.explained = std::min(out.explained, one.explained());
  }
  return out;
}

}  // namespace

std::int64_t common_tokens(const io::Signature& a, const io::Signature& b) {
  const unsigned bits = std::min(a.hash_bits, b.hash_bits);
  const unsigned cut_a = a.hash_bits - bits, cut_b = b.hash_bits - bits;
  std::int64_t common = 0;
  std::size_t at = 0;
  for (const auto& entry : a.entries) {
    const auto prefix = entry.prefix >> cut_a;
    while (at < b.entries.size() && (b.entries[at].prefix >> cut_b) < prefix) ++at;
    if (at == b.entries.size()) break;
    if ((b.entries[at].prefix >> cut_b) == prefix) {
      ++common;
      ++at;
    }
  }
  return common;
}

std::vector<AncestorHypothesis> test_published(const TokenizerFacts& facts,
                                               const std::vector<io::Signature>& signatures) {
  std::vector<AncestorHypothesis> out;
  for (const auto& ancestor : signatures)
    if (auto hypothesis = test(ancestor, facts, signatures); hypothesis.holds) out.push_back(std::move(hypothesis));
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.explained > b.explained; });
  return out;
}

}  // namespace pedigree::tokenizer
