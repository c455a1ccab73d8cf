// SPDX-License-Identifier: MIT
// --set path=value: a path through the merged document to a small document that is merged over it.
#include <algorithm>
#include <optional>
#include <utility>

#include "framework/pipeline/layers.hpp"
#include "framework/pipeline/merge.hpp"
#include "framework/pipeline/vocabulary.hpp"
#include "framework/pipeline/yaml_loader.hpp"

namespace pedigree::pipeline {
namespace {

/// Names of the children of a map, or of a list whose items have names.
std::vector<std::string> children(const Node& node) {
  std::vector<std::string> out;
  for (const auto& entry : node.entries) out.push_back(entry.key);
  for (const auto& item : node.items)
    if (std::string id = identity(item); !id.empty()) out.push_back(std::move(id));
  return out;
}

const Node* child(const Node& node, const std::string& name) {
  if (node.is_map()) return node.find(name);
  for (const auto& item : node.items)
    if (identity(item) == name) return &item;
  return nullptr;
}

/// The first segment of a path: the longest child that fits (names may hold points), else up to the next point.
std::string first_segment(std::string_view path, const Node* at) {
  std::string best;
  if (at != nullptr)
    for (const auto& name : children(*at))
      if (name.size() > best.size() && path.starts_with(name) &&
          (path.size() == name.size() || path[name.size()] == '.'))
        best = name;
  return best.empty() ? std::string(path.substr(0, path.find('.'))) : best;
}

class Assignment {
 public:
  Assignment(int source, std::string_view path, Findings& findings)
      : source_(source), path_(path), findings_(findings) {}

  /// The document that holds `value` at the path; nothing after a finding.
  std::optional<Node> document(Node value, const Node* merged) { return below(0, std::move(value), merged, 0); }

 private:
  std::optional<Node> below(std::size_t offset, Node value, const Node* at, int depth) {
    const std::string name = first_segment(path_.substr(offset), at);
    const Place place{source_, 0, static_cast<int>(offset), static_cast<int>(std::max<std::size_t>(name.size(), 1))};
    if (name.empty() || depth > kMaxDepth) return refuse(place, "the path has an empty name");
    if (depth == 0 && (name == "extends" || name == "schema"))
      return refuse(place, "'" + name + "' cannot be set", name == "extends" ? "use --profile" : "");
    const Node* next = at == nullptr ? nullptr : child(*at, name);
    const bool in_list = at != nullptr && at->is_list();
    const bool must_exist = in_list || (depth == 1 && (path_.starts_with("vars.") || path_.starts_with("references.")));
    if (next == nullptr && must_exist) return unknown(place, name, at);
    std::optional<Node> inner = std::move(value);
    const std::size_t end = offset + name.size();
    if (end < path_.size()) inner = below(end + 1, std::move(*inner), next, depth + 1);
    if (!inner) return std::nullopt;
    return in_list ? list_of(*next, std::move(*inner), place) : map_of(name, std::move(*inner), place);
  }

  static Node map_of(const std::string& key, Node value, const Place& place) {
    Node out;
    out.kind = Node::Kind::map;
    out.place = place;
    out.entries.push_back({key, place, std::move(value)});
    return out;
  }
  /// A list of one item that merges with the item `found`; null takes a step away.
  std::optional<Node> list_of(const Node& found, Node value, const Place& place) {
    Node out;
    out.kind = Node::Kind::list;
    out.place = place;
    if (value.is_null() && found.find("use") != nullptr) value = map_of("use", std::move(value), place);
    if (!value.is_map()) return refuse(place, "an entry of a list is set key by key", "e.g. analyzers.ID.weight=0.5");
    for (const char* key : {"id", "use", "group"}) {  // whatever names the item
      const Entry* name = found.entry(key);
      if (name == nullptr || !name->value.is_text()) continue;
      if (value.find(key) == nullptr) value.entries.insert(value.entries.begin(), *name);
      break;
    }
    out.items.push_back(std::move(value));
    return out;
  }

  std::optional<Node> refuse(const Place& place, const std::string& message, const std::string& hint = {}) {
    findings_.add(place,
                  {"PED-P047", message, hint.empty() ? "write --set path=value, e.g. subject.path=/models/x" : hint});
    return std::nullopt;
  }
  std::optional<Node> unknown(const Place& place, const std::string& name, const Node* at) {
    const auto names = at == nullptr ? std::vector<std::string>{} : children(*at);
    std::string listed;
    for (const auto& known : names) (listed += listed.empty() ? "" : ", ") += known;
    const std::string best = nearest(name, names);
    findings_.add(place, {"PED-P048", "nothing is called '" + name + "' here",
                          best.empty() ? "" : "did you mean '" + best + "'?", listed, "pedigree explain PIPELINE"});
    return std::nullopt;
  }

  const int source_;
  const std::string_view path_;
  Findings& findings_;
};

}  // namespace

std::vector<Node> load_assignments(const std::vector<std::string>& assignments, const Node& merged,
                                   const std::filesystem::path& folder, Findings& findings) {
  std::vector<Node> out;
  int count = 0;
  for (const auto& assignment : assignments) {
    const int source = findings.add_source({"--set", folder, assignment, ++count, true});
    const auto equals = assignment.find('=');
    if (equals == std::string::npos || equals == 0) {
      findings.add({source, 0, 0, 1}, {"PED-P047", "an assignment is path=value", "e.g. --set subject.path=/models/x"});
      continue;
    }
    auto value = load_yaml(source, findings, equals + 1);
    if (!value) continue;
    auto document = Assignment(source, std::string_view(assignment).substr(0, equals), findings)
                        .document(std::move(*value), &merged);
    if (document) out.push_back(std::move(*document));
  }
  return out;
}

}  // namespace pedigree::pipeline
