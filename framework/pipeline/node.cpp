// SPDX-License-Identifier: MIT
#include "framework/pipeline/node.hpp"

#include <algorithm>
#include <charconv>

#include "framework/core/text.hpp"

namespace pedigree::pipeline {

const Entry* Node::entry(std::string_view key) const {
  const auto at = std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.key == key; });
  return at == entries.end() ? nullptr : &*at;
}

const Node* Node::find(std::string_view key) const {
  const Entry* at = entry(key);
  return at == nullptr ? nullptr : &at->value;
}

Node* Node::find(std::string_view key) {
  const auto at = std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.key == key; });
  return at == entries.end() ? nullptr : &at->value;
}

void Node::erase(std::string_view key) {
  entries.erase(std::remove_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.key == key; }),
                entries.end());
}

const Node* node_at(const Node& root, const std::string& pointer) {
  const Node* at = &root;  // keys with ~ or / are not looked for: no vocabulary has them
  for (std::size_t start = 1; at != nullptr && start <= pointer.size();) {
    const std::size_t end = std::min(pointer.find('/', start), pointer.size());
    const std::string step = pointer.substr(start, end - start);
    if (at->is_list()) {
      std::size_t index = at->items.size();
      std::from_chars(step.data(), step.data() + step.size(), index);
      at = index < at->items.size() ? &at->items[index] : nullptr;
    } else {
      at = at->find(step);
    }
    start = end + 1;
  }
  return at;
}

std::string describe(const Node& node) {
  constexpr std::size_t kShown = 60;
  switch (node.kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::list:
      return "a list";
    case Node::Kind::map:
      return "a map";
    case Node::Kind::text:
      break;
  }
  std::string shown = node.text.size() <= kShown ? node.text : to_utf8(node.text.substr(0, kShown)) + "...";
  return (node.plain ? "'" + shown + "'" : "the text '" + shown + "'");
}

}  // namespace pedigree::pipeline
