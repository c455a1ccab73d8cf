// SPDX-License-Identifier: MIT
#include "framework/pipeline/merge.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace pedigree::pipeline {
namespace {

std::string text_at(const Node& map, std::string_view key) {
  const Node* value = map.find(key);
  return value != nullptr && value->is_text() ? value->text : "";
}

bool all_named_maps(const Node& list) {
  return std::all_of(list.items.begin(), list.items.end(),
                     [](const Node& item) { return item.is_map() && !identity(item).empty(); });
}

Node merge_lists(Node parent, const Node& child) {
  std::map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < parent.items.size(); ++i) known.emplace(identity(parent.items[i]), i);
  for (const auto& item : child.items) {
    const auto [at, added] = known.emplace(identity(item), parent.items.size());
    if (added)
      parent.items.push_back(item);
    else
      parent.items[at->second] = merge(std::move(parent.items[at->second]), item);
  }
  return parent;
}

Node merge_maps(Node parent, const Node& child) {
  std::map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < parent.entries.size(); ++i) known.emplace(parent.entries[i].key, i);
  for (const auto& entry : child.entries) {
    const auto [at, added] = known.emplace(entry.key, parent.entries.size());
    if (added) {
      parent.entries.push_back(entry);
    } else {
      Entry& under = parent.entries[at->second];
      under.value = merge(std::move(under.value), entry.value);
      under.place = entry.place;
    }
  }
  return parent;
}

void reference_item(Node& item) {
  if (!item.is_text()) return;
  Node map;
  map.kind = Node::Kind::map;
  map.place = item.place;
  const Place place = item.place;
  const bool all = item.text == "all";
  map.entries.push_back({all ? "group" : "id", place, std::move(item)});
  item = std::move(map);
}

void drop_below(Node& node) {
  for (auto& item : node.items) drop_below(item);
  node.entries.erase(std::remove_if(node.entries.begin(), node.entries.end(),
                                    [](const Entry& entry) { return entry.value.is_null(); }),
                     node.entries.end());
  for (auto& entry : node.entries)
    if (entry.key != "artifacts") drop_below(entry.value);
}

}  // namespace

std::string identity(const Node& item) {
  if (item.is_text()) return item.text;
  for (const char* key : {"id", "use"})
    if (std::string name = text_at(item, key); !name.empty()) return name;
  const std::string group = text_at(item, "group");
  return group.empty() ? "" : "group:" + group;
}

Node merge(Node parent, const Node& child) {
  if (parent.is_map() && child.is_map()) {
    const Place place = child.place;
    parent = merge_maps(std::move(parent), child);
    parent.place = place;
    return parent;
  }
  const bool lists = parent.is_list() && child.is_list() && !parent.items.empty() && !child.items.empty();
  if (lists && all_named_maps(parent) && all_named_maps(child)) {
    const Place place = child.place;
    parent = merge_lists(std::move(parent), child);
    parent.place = place;
    return parent;
  }
  return child;
}

void normalise(Node& root) {
  Node* references = root.find("references");
  if (references == nullptr) return;
  if (references->is_text() && references->text == "all") {
    Node list;
    list.kind = Node::Kind::list;
    list.place = references->place;
    list.items.push_back(std::move(*references));
    *references = std::move(list);
  }
  for (auto& item : references->items) reference_item(item);
}

void drop_nulls(Node& root) {
  if (Node* steps = root.find("analyzers"); steps != nullptr && steps->is_list())
    steps->items.erase(std::remove_if(steps->items.begin(), steps->items.end(),
                                      [](const Node& step) {
                                        const Node* use = step.find("use");
                                        return use != nullptr && use->is_null();
                                      }),
                       steps->items.end());
  drop_below(root);
}

}  // namespace pedigree::pipeline
