// SPDX-License-Identifier: MIT
// A tree in Newick form, read defensively and drawn.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pedigree::report::html {

struct TreeNode {
  std::string name;  ///< of a leaf; the support of a fork
  double length = 0;
  std::vector<std::size_t> children{};  ///< places in Tree::nodes
};
struct Tree {
  std::vector<TreeNode> nodes;  ///< the root first
  std::size_t leaves() const;
};

/// Nothing when the text is no tree, is deeper than 400 forks or has more than 1000 nodes.
std::optional<Tree> read_newick(std::string_view text);

/// Branch lengths run to the right; `bold` is the leaf to point out.
/// `distance` names the scale bar.
std::string draw(const std::string& title, const Tree& tree, std::string_view bold, std::string_view distance);

}  // namespace pedigree::report::html
