// SPDX-License-Identifier: MIT
// A document after YAML-level checks: text scalars, lists and maps with their places. Nothing is typed yet: types come
// from the vocabulary, never from guessing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "framework/pipeline/source.hpp"

namespace pedigree::pipeline {

struct Entry;

struct Node {
  enum class Kind { null, text, list, map };
  Kind kind = Kind::null;
  std::string text;            ///< of a text
  bool plain = false;          ///< written without quotes: may be read as a number or boolean
  bool interpolated = false;   ///< held ${...}: never null, number or boolean by guessing
  bool broken = false;         ///< has been found wrong as it is written: no more is said about it
  std::vector<Node> items;     ///< of a list
  std::vector<Entry> entries;  ///< of a map, in the file's order; keys are unique
  Place place;

  bool is_null() const { return kind == Kind::null; }
  bool is_text() const { return kind == Kind::text; }
  bool is_list() const { return kind == Kind::list; }
  bool is_map() const { return kind == Kind::map; }
  const Node* find(std::string_view key) const;
  Node* find(std::string_view key);
  const Entry* entry(std::string_view key) const;
  void erase(std::string_view key);
};

struct Entry {
  std::string key;
  Place place;
  Node value;
};

/// The node at a JSON pointer such as /weights/0; nullptr when there is none.
const Node* node_at(const Node& root, const std::string& pointer);

/// "a text", "a list", "a map", "nothing", and for plain scalars what they look like: "the number 5".
std::string describe(const Node& node);

}  // namespace pedigree::pipeline
