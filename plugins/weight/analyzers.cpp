// SPDX-License-Identifier: MIT
#include "plugins/weight/analyzers.hpp"

#include "plugins/weight/report/run.hpp"

namespace pedigree::weight {
namespace {

std::vector<std::string_view> roles_read() {
  return {"weights", "weights-index", "gguf",           "config",           "tokenizer", "vocab",
          "merges",  "added-tokens",  "special-tokens", "tokenizer-config", "pickle"};
}

void require_capable_processor() {
  if (!processor_is_capable())
    throw ResourceError("this processor lacks AVX2 or FMA, which the matrix statistics need (docs/decisions/0080)");
}

}  // namespace

bool processor_is_capable() {
#if defined(__x86_64__) && defined(__GNUC__)
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
#else
  return true;
#endif
}

Descriptor Lineage::describe() {
  return {
      "weight.lineage",
      "Finds descent in the tensors: hidden units, heads, axes and embeddings matched under every known laundering, "
      "with exact p-values.",
      PEDIGREE_KIND_WEIGHT,
      PEDIGREE_FLAG_DETERMINISTIC | PEDIGREE_FLAG_NEEDS_REFERENCE | PEDIGREE_FLAG_HEAVY,
      {
          {"weight.lineage", "fraction", "Share of the component's hidden units found in the reference", 0, 1},
          {"weight.hidden-unit-match", "fraction", "Hidden units that are mutual nearest neighbours at one index", 0,
           1},
          {"weight.unit-agreement", "fraction", "Hidden units whose gate, up and down rows name one partner", 0, 1},
          {"weight.lis", "fraction", "Matched hidden units in unbroken order", 0, 1},
          {"weight.heads", "cosine", "Attention heads compared through C_vo and C_qk", -1, 1},
          {"weight.embedding-alignment", "cosine", "Rows of common tokens after the best alignment, held out", -1, 1},
          {"weight.seed-tokens", "correlation", "Embedding rows that training never touched", -1, 1},
          {"weight.inheritance-spectrum", "fraction", "Kept leading directions minus kept bulk", -10, 10},
          {"weight.merge-coefficient", "fraction", "Weight of the reference in the subject", -10, 10},
          {"weight.delta-rank", "fraction", "Rank share that holds 90 % of the difference", 0, 1},
          {"weight.comparators", "correlation", "Unbiased CKA of query and key rows: context, decides nothing", -1, 1},
          {"weight.power", "correlation", "Smallest row correlation this scan would have found", 0, 1},
          {"weight.pca", "fraction", "Variance of the layers in the plane shown", 0, 1},
      },
      roles_read(),
      {{"max_units", std::int64_t{0}, "Hidden units read per block; 0 chooses by memory", 0, 65536}},
  };
}

Lineage::Lineage(const Options& options) : max_units_(options.integer("max_units")) {}

pedigree_status Lineage::run(const Host& host, const Request& request) {
  require_capable_processor();
  return run_lineage(host, request, static_cast<std::uint64_t>(max_units_));
}

Descriptor SelfTests::describe() {
  return {
      "weight.self",
      "What a model's tensors say without any reference: copied experts, repeated layers, a boundary in the "
      "vocabulary.",
      PEDIGREE_KIND_WEIGHT,
      PEDIGREE_FLAG_DETERMINISTIC,
      {
          {"weight.self-experts", "fraction", "Hidden units shared by experts of one layer at one index", 0, 1},
          {"weight.self-layers", "fraction", "Layers that repeat another layer of the same model", 0, 1},
          {"weight.self-vocabulary", "fraction", "Strength of the strongest boundary in the embedding rows", 0, 1},
      },
      roles_read(),
      {},
  };
}

SelfTests::SelfTests(const Options&) {}

pedigree_status SelfTests::run(const Host& host, const Request& request) {
  require_capable_processor();
  return run_self_tests(host, request);
}

Descriptor Merge::describe() {
  return {
      "weight.merge",
      "The weighted sum of all references that comes nearest to a model's layers: how much of each a merge holds.",
      PEDIGREE_KIND_WEIGHT,
      PEDIGREE_FLAG_DETERMINISTIC | PEDIGREE_FLAG_NEEDS_REFERENCE,
      {{"weight.merge-share", "fraction", "Weight of a reference in the nearest weighted sum of all", 0, 10}},
      roles_read(),
      {},
  };
}

Merge::Merge(const Options&) {}

pedigree_status Merge::run(const Host& host, const Request& request) {
  require_capable_processor();
  return run_merge(host, request);
}

}  // namespace pedigree::weight
