// SPDX-License-Identifier: MIT
#include "plugins/behavior/analyzers/lineage_tree.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include "plugins/behavior/analyzers/emit.hpp"
#include "plugins/behavior/pairing.hpp"
#include "plugins/behavior/statistics/neighbor_joining.hpp"
#include "plugins/behavior/text/words.hpp"

namespace pedigree::behavior {
namespace {

using nlohmann::json;

constexpr std::size_t kAlleleWords = 2, kMaximumModels = 200;
constexpr double kCollapsed = 0.5;

/// Genes are prompts, the allele of a model is how its answer begins (PhyloLM, ICLR 2025, with one
/// greedy answer per gene). Empty text: no allele.
struct Genome {
  std::string model;
  std::vector<std::string> alleles;
};

std::string allele_of(const io::Answer& answer) {
  std::string allele;
  for (const auto& word : words(answer.text, kAlleleWords)) allele += word + " ";
  return allele;
}

/// Over half of the answers begin the same: the model answers nothing, and would be close to every
/// other model that does so.
bool collapsed(const Genome& genome) {
  std::map<std::string, std::size_t> counts;
  std::size_t known = 0, most = 0;
  for (const auto& allele : genome.alleles) {
    if (allele.empty()) continue;
    ++known;
    most = std::max(most, ++counts[allele]);
  }
  return known == 0 || static_cast<double>(most) > kCollapsed * static_cast<double>(known);
}

/// D = -ln S with S the share of common genes with the same allele, at least half a gene.
double distance(const Genome& a, const Genome& b, const std::vector<std::size_t>& genes) {
  double same = 0, common = 0;
  for (const auto g : genes) {
    if (a.alleles[g].empty() || b.alleles[g].empty()) continue;
    common += 1;
    same += a.alleles[g] == b.alleles[g] ? 1 : 0;
  }
  return common == 0 ? 10.0 : -std::log(std::max(same, 0.5) / common);
}

DistanceMatrix distances(const std::vector<Genome>& genomes, const std::vector<std::size_t>& genes) {
  DistanceMatrix d(genomes.size(), std::vector<double>(genomes.size(), 0.0));
  for (std::size_t i = 0; i < genomes.size(); ++i)
    for (std::size_t j = i + 1; j < genomes.size(); ++j) d[i][j] = d[j][i] = distance(genomes[i], genomes[j], genes);
  return d;
}

std::string to_csv(const std::vector<std::string>& names, const DistanceMatrix& d) {
  std::string csv = "model";
  for (const auto& name : names) csv += ",\"" + name + "\"";
  for (std::size_t i = 0; i < names.size(); ++i) {
    csv += "\n\"" + names[i] + "\"";
    for (const double v : d[i]) csv += "," + json(v).dump();
  }
  return csv + "\n";
}

}  // namespace

Descriptor LineageTree::describe() {
  return {"behavior.lineage-tree",
          "Draws a neighbour-joining tree of the models from how often their answers begin alike.",
          PEDIGREE_KIND_BEHAVIOR,
          PEDIGREE_FLAG_DETERMINISTIC | PEDIGREE_FLAG_NEEDS_REFERENCE,
          {{"behavior.tree", "count", "Models in the tree.", 0, 1e6}},
          {"responses"},
          {{"minimum_prompts", std::int64_t{30}, "Models with fewer usable answers are left out.", 1, 1e6},
           {"replicates", std::int64_t{100}, "Bootstrap replicates over prompts.", 0, 10000}}};
}

LineageTree::LineageTree(const Options& options)
    : minimum_prompts_(static_cast<std::size_t>(options.integer("minimum_prompts"))),
      replicates_(static_cast<int>(options.integer("replicates"))) {}

pedigree_status LineageTree::run(const Host& host, const Request& request) {
  const auto models = read_all_answers(request);
  std::vector<std::string> keys;
  for (const auto& [key, answer] : models.front().by_key) keys.push_back(key);
  std::vector<Genome> genomes;
  json left_out = json::array();
  for (const auto& model : models) {
    Genome genome{model.model, std::vector<std::string>(keys.size())};
    std::size_t known = 0;
    for (std::size_t g = 0; g < keys.size(); ++g)
      if (const auto found = model.by_key.find(keys[g]); found != model.by_key.end()) {
        genome.alleles[g] = allele_of(*found->second);
        ++known;
      }
    if (known < minimum_prompts_ || genomes.size() >= kMaximumModels)
      left_out.push_back({{"model", model.model}, {"why", "too few answers"}});
    else if (collapsed(genome))
      left_out.push_back({{"model", model.model}, {"why", "most answers begin the same"}});
    else
      genomes.push_back(std::move(genome));
  }
  if (genomes.size() < 4) {
    host.set_error("a tree needs four models with at least " + std::to_string(minimum_prompts_) +
                   " answers to the same prompts; there are " + std::to_string(genomes.size()));
    return PEDIGREE_NOT_APPLICABLE;
  }
  std::vector<std::string> names;
  for (const auto& genome : genomes) names.push_back(genome.model);
  std::vector<std::size_t> genes(keys.size());
  for (std::size_t g = 0; g < genes.size(); ++g) genes[g] = g;
  const auto matrix = distances(genomes, genes);
  auto tree = neighbor_joining(names, matrix);
  std::mt19937_64 random{request.seed() + 1};
  if (replicates_ > 0)
    add_support(tree, names, replicates_, [&](int) {
      std::vector<std::size_t> drawn(genes.size());
      for (auto& g : drawn) g = static_cast<std::size_t>(random() % genes.size());
      return distances(genomes, drawn);
    });
  host.emit(make_evidence("behavior.tree", "", static_cast<double>(genomes.size()), "tree.drawn",
                          {{"models", genomes.size()}, {"prompts", keys.size()}, {"left_out", left_out.size()}},
                          {{"newick", to_newick(tree)},
                           {"ascii", to_ascii(tree)},
                           {"distances_csv", to_csv(names, matrix)},
                           {"left_out", left_out}}));
  return PEDIGREE_OK;
}

}  // namespace pedigree::behavior
