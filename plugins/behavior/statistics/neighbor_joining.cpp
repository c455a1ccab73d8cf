// SPDX-License-Identifier: MIT
#include "plugins/behavior/statistics/neighbor_joining.hpp"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <map>
#include <set>

namespace pedigree::behavior {
namespace {

using Split = std::set<std::string>;

void collect_leaves(const TreeNode& node, Split& leaves) {
  if (node.children.empty()) leaves.insert(node.name);
  for (const auto& child : node.children) collect_leaves(child, leaves);
}

/// A split is the same seen from either side: the side without the first name stands for it.
Split side(const TreeNode& node, const Split& all) {
  Split leaves;
  collect_leaves(node, leaves);
  if (leaves.count(*all.begin()) == 0) return leaves;
  Split other;
  std::set_difference(all.begin(), all.end(), leaves.begin(), leaves.end(), std::inserter(other, other.end()));
  return other;
}

void each_inner(const TreeNode& node, bool root, const std::function<void(const TreeNode&)>& use) {
  if (!root && !node.children.empty()) use(node);
  for (const auto& child : node.children) each_inner(child, false, use);
}

std::string label(const std::string& name) {
  if (name.find_first_of(" \t\n,;:()[]'_") == std::string::npos && !name.empty()) return name;
  std::string quoted = "'";
  for (const char c : name) {
    if (c == '\'') quoted += '\'';
    quoted += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return quoted + "'";
}

std::string number(const char* format, double value) {
  char text[40];
  std::snprintf(text, sizeof text, format, value);
  for (char* c = text; *c != '\0'; ++c)
    if (*c == ',') *c = '.';
  return text;
}

void write_newick(const TreeNode& node, bool root, std::string& out) {
  if (!node.children.empty()) {
    out += '(';
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      if (i > 0) out += ',';
      write_newick(node.children[i], false, out);
    }
    out += ')';
    if (node.support >= 0) out += number("%.0f", 100 * node.support);
  } else {
    out += label(node.name);
  }
  if (!root) out += ":" + number("%.6f", node.length);
}

void write_ascii(const TreeNode& node, const std::string& indent, bool last, bool root, std::string& out) {
  out += indent + (root ? "" : last ? "`-- " : "|-- ");
  out += node.children.empty() ? node.name : node.support >= 0 ? "[" + number("%.0f", 100 * node.support) + "%]" : "+";
  if (!root) out += "  " + number("%.3f", node.length);
  out += '\n';
  for (std::size_t i = 0; i < node.children.size(); ++i)
    write_ascii(node.children[i],
                indent + (root   ? ""
                          : last ? "    "
                                 : "|   "),
                i + 1 == node.children.size(), false, out);
}

/// The pair with the smallest Q; ties go to the first, so that the tree does not depend on chance.
std::pair<std::size_t, std::size_t> closest_pair(const DistanceMatrix& d, const std::vector<double>& sums) {
  const auto n = static_cast<double>(d.size());
  std::pair<std::size_t, std::size_t> best{0, 1};
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < d.size(); ++i)
    for (std::size_t j = i + 1; j < d.size(); ++j) {
      const double q = (n - 2) * d[i][j] - sums[i] - sums[j];
      if (q < least - 1e-12) {
        least = q;
        best = {i, j};
      }
    }
  return best;
}

}  // namespace

TreeNode neighbor_joining(const std::vector<std::string>& names, DistanceMatrix d) {
  std::vector<TreeNode> nodes;
  for (const auto& name : names) nodes.push_back({name, 0, -1, {}});
  while (nodes.size() > 3) {
    std::vector<double> sums(d.size(), 0.0);
    for (std::size_t i = 0; i < d.size(); ++i)
      for (std::size_t j = 0; j < d.size(); ++j) sums[i] += d[i][j];
    const auto [a, b] = closest_pair(d, sums);
    const double to_a = 0.5 * d[a][b] + (sums[a] - sums[b]) / (2 * (static_cast<double>(d.size()) - 2));
    nodes[a].length = std::max(0.0, to_a);
    nodes[b].length = std::max(0.0, d[a][b] - to_a);
    TreeNode joined{"", 0, -1, {}};
    joined.children.push_back(std::move(nodes[a]));
    joined.children.push_back(std::move(nodes[b]));
    std::vector<double> row;
    for (std::size_t k = 0; k < d.size(); ++k)
      if (k != a && k != b) row.push_back(0.5 * (d[a][k] + d[b][k] - d[a][b]));
    for (const auto gone : {b, a}) {  // b > a: the later row first
      d.erase(d.begin() + static_cast<std::ptrdiff_t>(gone));
      for (auto& r : d) r.erase(r.begin() + static_cast<std::ptrdiff_t>(gone));
      nodes.erase(nodes.begin() + static_cast<std::ptrdiff_t>(gone));
    }
    for (std::size_t k = 0; k < d.size(); ++k) d[k].push_back(row[k]);
    row.push_back(0);
    d.push_back(std::move(row));
    nodes.push_back(std::move(joined));
  }
  TreeNode root{"", 0, -1, {}};
  if (nodes.size() == 3) {
    nodes[0].length = std::max(0.0, 0.5 * (d[0][1] + d[0][2] - d[1][2]));
    nodes[1].length = std::max(0.0, 0.5 * (d[0][1] + d[1][2] - d[0][2]));
    nodes[2].length = std::max(0.0, 0.5 * (d[0][2] + d[1][2] - d[0][1]));
  } else if (nodes.size() == 2) {
    nodes[0].length = nodes[1].length = 0.5 * d[0][1];
  }
  root.children = std::move(nodes);
  return root;
}

void add_support(TreeNode& tree, const std::vector<std::string>& names, int replicates,
                 const std::function<DistanceMatrix(int)>& resample) {
  const Split all(names.begin(), names.end());
  std::map<Split, int> seen;
  for (int k = 0; k < replicates; ++k) {
    const auto replicate = neighbor_joining(names, resample(k));
    each_inner(replicate, true, [&](const TreeNode& node) { ++seen[side(node, all)]; });
  }
  const std::function<void(TreeNode&, bool)> mark = [&](TreeNode& node, bool root) {
    if (!root && !node.children.empty()) node.support = static_cast<double>(seen[side(node, all)]) / replicates;
    for (auto& child : node.children) mark(child, false);
  };
  mark(tree, true);
}

std::string to_newick(const TreeNode& tree) {
  std::string out;
  write_newick(tree, true, out);
  return out + ";";
}

std::string to_ascii(const TreeNode& tree) {
  std::string out;
  write_ascii(tree, "", true, true, out);
  return out;
}

}  // namespace pedigree::behavior
