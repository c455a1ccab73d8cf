// SPDX-License-Identifier: MIT
#include "framework/pipeline/yaml_loader.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "framework/core/text.hpp"
#include "framework/pipeline/yaml_text.hpp"

namespace pedigree::pipeline {
namespace {

/// Stops yaml-cpp when the document is over a budget; the finding has been added.
struct Stop : std::exception {};

constexpr std::size_t kMaxEntries = 10'000;  ///< of one list or map
constexpr std::size_t kBytesPerNode = 256;   ///< a long text costs as much as several values
/// Length of the longest text that may be a key.
constexpr std::size_t kMaxKeyBytes = 256;

/// Builds the tree from yaml-cpp's events, so that every key, tag and alias is seen as written.
class Builder : public YAML::EventHandler {
 public:
  Builder(int source, Findings& findings, std::size_t offset) : source_(source), findings_(findings), offset_(offset) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node node;
    node.place = place_of_null(mark);
    add(std::move(node), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const Place place = at(mark, 1 + word_length(mark));
    const auto known = anchored_.find(anchor);
    if (known == anchored_.end()) {
      findings_.add(place, {"PED-P014", "this alias stands inside the value it refers to",
                            "write the value out; a value cannot contain itself"});
      throw Stop{};
    }
    Node copy = known->second.node;
    copy.place = place;
    count(known->second.nodes, place);
    if (static_cast<int>(frames_.size()) + known->second.depth > kMaxDepth) too_deep(place);
    place_node(std::move(copy), 0, known->second.nodes, known->second.depth);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node node;
    node.kind = Node::Kind::text;
    node.text = value;
    node.plain = tag == "?";
    node.place = at(mark, scalar_length(mark, value, node.plain));
    if (tag != "?" && tag != "!") refuse_tag(tag, node.place), node.broken = true;
    if (!node.plain && quoted_length(text(), mark_offset(mark)) == 0)
      findings_.add(node.place, {"PED-P006", "the quote that opens here is never closed", "close it on the same line"});
    if (has_control_character(value))
      findings_.add(node.place, {"PED-P052", "the text holds a control character", "remove the escape"});
    add(std::move(node), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::map, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  Node take() { return std::move(root_); }

 private:
  struct Frame {
    Node node;
    YAML::anchor_t anchor = 0;
    bool key_next = true;      ///< of a map: the next node is a key
    bool key_refused = false;  ///< its value is dropped
    std::string key;
    Place key_place;
    std::set<std::string> seen;
    std::size_t nodes = 1;
    int depth = 1;
  };
  struct Anchored {
    Node node;
    std::size_t nodes;
    int depth;
  };

  const std::string& text() const { return findings_.source(source_).text; }
  std::size_t mark_offset(const YAML::Mark& mark) const {
    return static_cast<std::size_t>(std::max(mark.pos, 0)) + offset_;
  }
  Place at(const YAML::Mark& mark, std::size_t bytes) const {
    const int shift = mark.line == 0 ? static_cast<int>(offset_) : 0;
    return {source_, mark.line, mark.column + shift, static_cast<int>(std::max<std::size_t>(bytes, 1))};
  }
  std::size_t word_length(const YAML::Mark& mark) const {
    const auto start = std::min(mark_offset(mark) + 1, text().size());
    return std::min(text().find_first_of(" \t\r\n,]}", start), text().size()) - start;
  }
  std::size_t scalar_length(const YAML::Mark& mark, const std::string& value, bool plain) const {
    return plain ? value.size() : std::max<std::size_t>(quoted_length(text(), mark_offset(mark)), 1);
  }
  /// yaml-cpp puts an absent value where the next token stands; the key is the better place.
  Place place_of_null(const YAML::Mark& mark) const {
    const bool written = mark_offset(mark) < text().size() &&
                         std::string_view("~nN").find(text()[mark_offset(mark)]) != std::string_view::npos;
    if (!frames_.empty() && frames_.back().node.is_map() && !frames_.back().key_next &&
        (!written || mark.line != frames_.back().key_place.line))
      return frames_.back().key_place;
    return at(mark, 1);
  }

  void refuse_tag(const std::string& tag, const Place& place) {
    findings_.add(place, {"PED-P011", "the tag '" + tag + "' is not allowed here",
                          "remove it: types come from the vocabulary; quote a value that must stay text"});
  }
  void count(std::size_t nodes, const Place& place) {
    nodes_ += nodes;
    if (nodes_ <= kMaxNodes) return;
    findings_.add(place, {"PED-P015",
                          "the document has more than " + std::to_string(kMaxNodes) +
                              " values (aliases count as what they stand for)",
                          "split it, or write fewer aliases"});
    throw Stop{};
  }
  [[noreturn]] void too_many(const Place& place) {
    findings_.add(place, {"PED-P015", "a list or map of more than " + std::to_string(kMaxEntries) + " entries",
                          "use a group of the catalog, or split the file"});
    throw Stop{};
  }
  [[noreturn]] void too_deep(const Place& place) {
    findings_.add(place, {"PED-P015", "nested deeper than " + std::to_string(kMaxDepth) + " levels",
                          "a pipeline never needs that; check the brackets"});
    throw Stop{};
  }

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    Frame frame;
    frame.node.kind = kind;
    frame.node.place = at(mark, 1);
    frame.anchor = anchor;
    if (tag != "?" && tag != "!" && !tag.empty()) refuse_tag(tag, frame.node.place);
    count(1, frame.node.place);
    if (static_cast<int>(frames_.size()) >= kMaxDepth) too_deep(frame.node.place);
    frames_.push_back(std::move(frame));
  }
  void close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    place_node(std::move(frame.node), frame.anchor, frame.nodes, frame.depth);
  }
  void add(Node node, YAML::anchor_t anchor) {
    const std::size_t cost = 1 + node.text.size() / kBytesPerNode;
    count(cost, node.place);
    place_node(std::move(node), anchor, cost, 0);
  }

  void place_node(Node node, YAML::anchor_t anchor, std::size_t nodes, int depth) {
    if (anchor != 0) anchored_[anchor] = {node, nodes, depth};
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& parent = frames_.back();
    parent.nodes += nodes;
    parent.depth = std::max(parent.depth, depth + 1);
    if (parent.node.items.size() + parent.node.entries.size() >= kMaxEntries) too_many(node.place);
    if (parent.node.is_list()) {
      parent.node.items.push_back(std::move(node));
    } else if (parent.key_next) {
      take_key(parent, node);
      parent.key_next = false;
    } else {
      if (!parent.key_refused) parent.node.entries.push_back({parent.key, parent.key_place, std::move(node)});
      parent.key_next = true;
    }
  }

  void take_key(Frame& map, const Node& key) {
    map.key = key.text;
    map.key_place = key.place;
    map.key_refused = true;
    if (!key.is_text() || key.text.empty() || key.text.size() > kMaxKeyBytes) {
      findings_.add(key.place, {"PED-P013", "a key must be a short text, found " + describe(key), "name the key"});
    } else if (key.text == "<<" && key.plain) {
      findings_.add(key.place, {"PED-P009", "merge keys ('<<') are not part of the pipeline language",
                                "use 'extends:' for a parent file, or repeat the values"});
    } else if (!map.seen.insert(key.text).second) {
      findings_.add(key.place,
                    {"PED-P008",
                     "the key '" + key.text + "' stands twice in one map; the first is on line " +
                         std::to_string(map.node.entry(key.text)->place.line + findings_.source(source_).first_line),
                     "keep one of them"});
    } else {
      map.key_refused = false;
    }
  }

  const int source_;
  Findings& findings_;
  const std::size_t offset_;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Anchored> anchored_;
  std::size_t nodes_ = 0;
  Node root_;
};

/// Only looks whether anything follows the first document.
class Ignore : public YAML::EventHandler {
 public:
  std::optional<YAML::Mark> start;
  void OnDocumentStart(const YAML::Mark& mark) override {
    start = mark;
    throw Stop{};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

void refuse_second_document(YAML::Parser& parser, int source, Findings& findings) {
  Ignore ignore;
  try {
    parser.HandleNextDocument(ignore);
  } catch (const Stop&) {
  }
  if (!ignore.start) return;
  const Place place{source, ignore.start->line, ignore.start->column, 1};
  const bool separator = findings.source(source).line(place.line).starts_with("---");
  findings.add(place,
               {"PED-P010",
                separator ? "a second document starts here; a pipeline file holds one"
                          : "this line does not belong to what stands above; YAML takes it for a second document",
                separator ? "put it in a file of its own" : "check the indentation"});
}

Node null_at(int source, std::size_t offset) {
  Node node;
  node.place = {source, 0, static_cast<int>(offset), 1};
  return node;
}

}  // namespace

std::optional<Node> load_yaml(int source, Findings& findings, std::size_t offset) {
  if (!check_text(source, findings)) return std::nullopt;
  Builder builder(source, findings, offset);
  try {
    std::istringstream in(findings.source(source).text.substr(offset));
    YAML::Parser parser(in);
    if (!parser.HandleNextDocument(builder)) {
      if (offset > 0) return null_at(source, offset);
      findings.add({source, 0, 0, 1}, {"PED-P005", "the file holds no document", "start from 'pedigree init'"});
      return std::nullopt;
    }
    refuse_second_document(parser, source, findings);
  } catch (const Stop&) {
    return std::nullopt;
  } catch (const YAML::Exception& error) {
    const Place place{source, std::max(error.mark.line, 0),
                      std::max(error.mark.column, 0) + (error.mark.line <= 0 ? static_cast<int>(offset) : 0), 1};
    findings.add(place, {"PED-P006", "this is not YAML: " + error.msg,
                         syntax_hint(error.msg, findings.source(source).line(place.line))});
    return std::nullopt;
  }
  return builder.take();
}

}  // namespace pedigree::pipeline
