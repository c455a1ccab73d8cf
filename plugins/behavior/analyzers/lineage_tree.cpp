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

/// How often each beginning was seen among a model's answers to one prompt; shares sum to one.
using Gene = std::map<std::string, double>;

/// Genes are prompts, alleles are how answers begin (PhyloLM, ICLR 2025). With one greedy answer a gene has
/// one allele; with several samples their shares. Empty: no answer.
struct Genome {
  std::string model;
  std::vector<Gene> genes;
  std::size_t samples = 0;
};

/// Empty when the answer says nothing, or was cut off before its beginning was complete. Past it a cut changes nothing.
std::string allele_of(const io::Answer& answer) {
  const auto beginning = words(answer.text, kAlleleWords + 1);
  if (answer.cut && beginning.size() <= kAlleleWords) return {};
  std::string allele;
  for (std::size_t i = 0; i < std::min(beginning.size(), kAlleleWords); ++i) allele += beginning[i] + " ";
  return allele;
}

/// Every answer that says something, further ones to the same prompt included: those are samples.
Genome genome_of(const ModelAnswers& model, const std::vector<std::string>& keys) {
  Genome genome{model.model, std::vector<Gene>(keys.size()), 0};
  for (const auto& set : model.sets)
    for (const auto& answer : set.answers) {
      if (answer.state != io::AnswerState::usable && answer.state != io::AnswerState::duplicate) continue;
      const auto key = io::AnswerSet::join_key(answer);
      const auto at = std::lower_bound(keys.begin(), keys.end(), key);
      if (at == keys.end() || *at != key || model.refused.count(key) != 0) continue;
      const auto allele = allele_of(answer);
      if (allele.empty()) continue;
      genome.genes[static_cast<std::size_t>(at - keys.begin())][allele] += 1;
      ++genome.samples;
    }
  for (auto& gene : genome.genes) {
    double total = 0;
    for (const auto& [allele, n] : gene) total += n;
    for (auto& [allele, n] : gene) n /= total;
  }
  return genome;
}

/// Over half of the answers begin the same: the model answers nothing, and would be close to every
/// other model that does so.
bool collapsed(const Genome& genome) {
  std::map<std::string, double> counts;
  double known = 0, most = 0;
  for (const auto& gene : genome.genes)
    for (const auto& [allele, share] : gene) {
      known += share;
      most = std::max(most, counts[allele] += share);
    }
  return known == 0 || most > kCollapsed * known;
}

double overlap(const Gene& a, const Gene& b) {
  double sum = 0;
  for (const auto& [allele, share] : a)
    if (const auto found = b.find(allele); found != b.end()) sum += share * found->second;
  return sum;
}

/// D = -ln S, S = sum_g sum_a P Q / sqrt(sum P^2 sum Q^2) over common genes (Nei 1972), at least half a gene.
double distance(const Genome& a, const Genome& b, const std::vector<std::size_t>& genes) {
  double same = 0, of_a = 0, of_b = 0, common = 0;
  for (const auto g : genes) {
    if (a.genes[g].empty() || b.genes[g].empty()) continue;
    common += 1;
    same += overlap(a.genes[g], b.genes[g]);
    of_a += overlap(a.genes[g], a.genes[g]);
    of_b += overlap(b.genes[g], b.genes[g]);
  }
  if (common == 0) return 10.0;
  return -std::log(std::min(1.0, std::max(same / std::sqrt(of_a * of_b), 0.5 / common)));
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
  const auto models = read_all_answers(host, request);
  std::vector<std::string> keys;
  for (const auto& [key, answer] : models.front().by_key) keys.push_back(key);
  std::vector<Genome> genomes;
  json left_out = json::array();
  for (const auto& model : models) {
    Genome genome = genome_of(model, keys);
    const auto known = static_cast<std::size_t>(
        std::count_if(genome.genes.begin(), genome.genes.end(), [](const Gene& gene) { return !gene.empty(); }));
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
  std::size_t samples = 0;
  for (const auto& genome : genomes) {
    names.push_back(genome.model);
    samples = std::max(samples, genome.samples);
  }
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
                          {{"models", genomes.size()},
                           {"prompts", keys.size()},
                           {"left_out", left_out.size()},
                           {"samples", static_cast<double>(samples) / static_cast<double>(keys.size())}},
                          {{"newick", to_newick(tree)},
                           {"ascii", to_ascii(tree)},
                           {"distances_csv", to_csv(names, matrix)},
                           {"left_out", left_out}}));
  return PEDIGREE_OK;
}

}  // namespace pedigree::behavior
