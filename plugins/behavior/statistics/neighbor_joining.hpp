// SPDX-License-Identifier: MIT
// A tree from distances: neighbour joining (Saitou & Nei 1987), with bootstrap support.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace pedigree::behavior {

using DistanceMatrix = std::vector<std::vector<double>>;

/// An unrooted tree written with its last join as the root. Leaves have a name and no children.
struct TreeNode {
  std::string name;
  double length = 0;    ///< to the parent; negative lengths of NJ are clamped to 0
  double support = -1;  ///< share of bootstrap trees with the same split, [0, 1]; -1 when not asked
  std::vector<TreeNode> children;
};

/// O(n^3). Names and rows in the same order; needs at least two.
TreeNode neighbor_joining(const std::vector<std::string>& names, DistanceMatrix distances);

/// Sets `support` of every inner node from `replicates` trees over resampled data. `resample(k)`
/// gives the distance matrix of replicate k.
void add_support(TreeNode& tree, const std::vector<std::string>& names, int replicates,
                 const std::function<DistanceMatrix(int)>& resample);

/// Newick with quoted labels where needed, six decimals, support in percent as inner labels.
std::string to_newick(const TreeNode& tree);

/// One line per node, indented with ASCII branches.
std::string to_ascii(const TreeNode& tree);

}  // namespace pedigree::behavior
