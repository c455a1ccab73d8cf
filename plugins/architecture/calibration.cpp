// SPDX-License-Identifier: MIT
#include "plugins/architecture/calibration.hpp"

#include <algorithm>

namespace pedigree::architecture {
namespace {
namespace fact = io::fact;

/// Shapes that makers chose independently of each other (counted over published configurations).
/// Equality of such a shape is what two independent models of that size look like anyway.
struct CommonShape {
  std::int64_t hidden, layers, heads, intermediate;
  std::string_view who;
};
constexpr CommonShape kCommonShapes[] = {
    {768, 12, 12, 3072, "GPT-2, OPT, Pythia"},
    {1024, 24, 16, 4096, "GPT-2, Pythia, BLOOM"},
    {2048, 24, 16, 8192, "Pythia, Polyglot-Ko, InternLM2"},
    {2048, 24, 16, 5504, "Qwen, Sheared-LLaMA"},
    {3072, 28, 24, 8192, "Llama-3.2, FRANKENSTALLM"},
    {4096, 32, 32, 11008, "LLaMA, OpenLLaMA, OLMo, Amber, Baichuan2, Salamandra, DeepSeek-Coder, Yi"},
    {4096, 32, 32, 14336, "Mistral, Llama-3, EXAONE-3, InternLM2"},
    {4096, 32, 32, 16384, "Pythia, OPT, MPT"},
    {5120, 40, 40, 13824, "Llama-2, OpenLLaMA, OLMo-2"},
    {5120, 40, 40, 20480, "Pythia, Polyglot-Ko, Cerebras-GPT"},
    {5120, 64, 40, 27648, "Qwen2.5, OLMo-2"},
    {8192, 80, 64, 22016, "LLaMA, K2-65B"},
    {8192, 80, 64, 28672, "Llama-2, Llama-3"},
};

std::string common_shape(const io::ComponentConfig& decoder) {
  const auto is = [&](std::string_view key, std::int64_t value) { return decoder.integer(key) == value; };
  const auto* found = std::find_if(std::begin(kCommonShapes), std::end(kCommonShapes), [&](const CommonShape& s) {
    return is(fact::kHiddenSize, s.hidden) && is(fact::kLayers, s.layers) && is(fact::kHeads, s.heads) &&
           is(fact::kIntermediateSize, s.intermediate);
  });
  return found == std::end(kCommonShapes) ? std::string{} : std::string{found->who};
}

bool both_equal(const io::ComponentConfig& a, const io::ComponentConfig& b, std::string_view key) {
  const auto* x = a.find(key);
  const auto* y = b.find(key);
  return x != nullptr && y != nullptr && io::same_value(x->value, y->value);
}

}  // namespace

EqualityWorth worth_of_core(const io::ComponentConfig& subject, const io::ComponentConfig& reference, int equal) {
  EqualityWorth worth;
  worth.vocabulary_equal = both_equal(subject, reference, fact::kVocabularySize);
  const bool latent =
      both_equal(subject, reference, fact::kQueryRank) && both_equal(subject, reference, fact::kKeyValueRank);
  const bool experts =
      both_equal(subject, reference, fact::kExpertSize) && both_equal(subject, reference, fact::kExpertsPerToken);
  worth.fine_shape_equal = latent || experts;
  if (equal == 5) {
    worth.common_shape = common_shape(subject);
    worth.log10_lr = worth.common_shape.empty() ? 0.2 : 0.1;
    if (worth.vocabulary_equal) worth.log10_lr += 0.05;
    if (worth.fine_shape_equal) worth.log10_lr += 0.05;
  } else if (equal >= 3) {
    worth.log10_lr = 0.03;
  }
  worth.log10_lr = std::min(worth.log10_lr, kFamilyCap);
  return worth;
}

double worth_of_further(int equal, int comparable) {
  if (comparable < 6) return 0;
  const double share = static_cast<double>(equal) / comparable;
  if (share >= 0.95) return 0.1;
  return share >= 0.8 ? 0.05 : 0;
}

}  // namespace pedigree::architecture
