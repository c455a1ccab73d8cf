// SPDX-License-Identifier: MIT
#include "framework/report/html/svg/tree.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <tuple>

#include "framework/report/html/svg/canvas.hpp"
#include "framework/report/html/svg/ticks.hpp"
#include "framework/report/messages.hpp"

namespace pedigree::report::html {
namespace {

constexpr std::size_t kMostNodes = 1000, kDeepest = 400;

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<Tree> read() {
    tree_.nodes.emplace_back();
    std::vector<std::size_t> open{0};
    std::size_t current = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '(') {
        if (open.size() > kDeepest || !tree_.nodes[current].children.empty()) return std::nullopt;
        open.push_back(current);
        if (!grow(open.back(), current)) return std::nullopt;
        ++at_;
      } else if (c == ',') {
        if (open.size() < 2 || !grow(open.back(), current)) return std::nullopt;
        ++at_;
      } else if (c == ')') {
        if (open.size() < 2) return std::nullopt;
        current = open.back();
        open.pop_back();
        ++at_;
      } else if (c == ';') {
        return open.size() == 1 && tree_.nodes.size() > 1 ? std::optional{std::move(tree_)} : std::nullopt;
      } else if (c == ':') {
        ++at_;
        tree_.nodes[current].length = number();
      } else if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
        ++at_;
      } else {
        tree_.nodes[current].name = label();
      }
    }
    return std::nullopt;
  }

 private:
  bool grow(std::size_t parent, std::size_t& current) {
    if (tree_.nodes.size() >= kMostNodes) return false;
    current = tree_.nodes.size();
    tree_.nodes.emplace_back();
    tree_.nodes[parent].children.push_back(current);
    return true;
  }
  double number() {
    double value = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    at_ = std::max(at_, static_cast<std::size_t>(end - text_.data()));
    // Neighbour joining gives small negative lengths; a drawing has none.
    return error == std::errc{} && std::isfinite(value) ? std::clamp(value, 0.0, 1e6) : 0;
  }
  std::string label() {
    std::string name;
    if (text_[at_] == '\'') {
      for (++at_; at_ < text_.size(); ++at_) {
        if (text_[at_] == '\'') {
          if (at_ + 1 >= text_.size() || text_[at_ + 1] != '\'') break;
          ++at_;
        }
        name += text_[at_];
      }
      ++at_;
      return name;
    }
    const auto end = std::min(text_.find_first_of("(),:;", at_), text_.size());
    name = text_.substr(at_, end - at_);
    at_ = end;
    return name;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Tree tree_;
};

struct Place {
  double x = 0, y = 0;
};

/// Puts words at forks so that none covers another: right of the fork, or beside the branch that leads there. What
/// finds no room is left out; the tree as text has it.
class ForkLabels {
 public:
  explicit ForkLabels(double right) : right_(right) {}
  void put(Canvas& canvas, double x, double y, std::string_view words) {
    const double wide = width_of(words);
    for (const auto& [from, base, anchor] : {std::tuple{x + 3, y + 4, "start"}, std::tuple{x - 3 - wide, y - 3, "end"},
                                             std::tuple{x - 3 - wide, y + 12, "end"}}) {
      const Box box{from, base - 10, from + wide, base + 2};
      if (box.left < 1 || box.right > right_ || std::any_of(taken_.begin(), taken_.end(), [&](const Box& other) {
            return box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom;
          }))
        continue;
      taken_.push_back(box);
      canvas.text(anchor[0] == 's' ? from : from + wide, base, words, anchor, "tick over");
      return;
    }
  }

 private:
  struct Box {
    double left, top, right, bottom;
  };
  double right_;
  std::vector<Box> taken_;
};

}  // namespace

std::size_t Tree::leaves() const {
  return static_cast<std::size_t>(
      std::count_if(nodes.begin(), nodes.end(), [](const TreeNode& n) { return n.children.empty(); }));
}

std::optional<Tree> read_newick(std::string_view text) { return Reader{text}.read(); }

std::string draw(const std::string& title, const Tree& tree, std::string_view bold, std::string_view distance) {
  constexpr double kRow = 20, kLeft = 8, kDeep = 190, kNames = 216;
  std::vector<Place> places(tree.nodes.size());
  double deepest = 1e-9;
  // Children have higher places than their parent: one pass down for depths, one up for heights.
  for (std::size_t i = 0; i < tree.nodes.size(); ++i)
    for (const auto child : tree.nodes[i].children) {
      places[child].x = places[i].x + tree.nodes[child].length;
      deepest = std::max(deepest, places[child].x);
    }
  std::vector<std::size_t> stack{0}, order;
  while (!stack.empty()) {
    const auto node = stack.back();
    stack.pop_back();
    if (tree.nodes[node].children.empty()) order.push_back(node);
    for (auto child = tree.nodes[node].children.rbegin(); child != tree.nodes[node].children.rend(); ++child)
      stack.push_back(*child);
  }
  for (std::size_t i = 0; i < order.size(); ++i) places[order[i]].y = kRow * (static_cast<double>(i) + 0.8);
  for (std::size_t i = tree.nodes.size(); i-- > 0;) {
    const auto& children = tree.nodes[i].children;
    if (!children.empty()) places[i].y = (places[children.front()].y + places[children.back()].y) / 2;
  }
  Canvas canvas{kRow * static_cast<double>(order.size()) + 30, title};
  const auto px = [&](std::size_t node) { return kLeft + kDeep * places[node].x / deepest; };
  for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
    const auto& node = tree.nodes[i];
    for (const auto child : node.children)
      canvas.path("M" + at(px(i)) + " " + at(places[i].y) + "V" + at(places[child].y) + "H" + at(px(child)), "branch");
    if (node.children.empty()) {
      canvas.line(px(i), places[i].y, kNames - 4, places[i].y, "grid");
      canvas.text(kNames, places[i].y + 4, fitted(node.name, kDrawingWidth - kNames - 4), "start",
                  node.name == bold ? "name" : "");
    }
  }
  ForkLabels labels{kNames - 4};
  for (std::size_t i = 1; i < tree.nodes.size(); ++i)
    if (!tree.nodes[i].children.empty() && !tree.nodes[i].name.empty())
      labels.put(canvas, px(i), places[i].y, fitted(tree.nodes[i].name, 44));
  const double y = kRow * static_cast<double>(order.size()) + 14, unit = nice_step(deepest, 3);
  canvas.line(kLeft, y, kLeft + kDeep * unit / deepest, y, "axis");
  canvas.text(kLeft, y + 14, fitted(std::string{distance} + " " + tick_name(unit, unit), kDrawingWidth), "start",
              "tick");
  return canvas.take();
}

}  // namespace pedigree::report::html
