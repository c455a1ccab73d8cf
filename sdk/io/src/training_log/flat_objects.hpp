// SPDX-License-Identifier: MIT
// Objects of JSON-like text, one by one, innermost first: trainer_state.json, JSON lines, W&B histories and Python
// dicts printed to a console. Tolerates bare NaN and Infinity and single quotes, which trainers write and JSON
// parsers refuse.
#pragma once

#include <functional>
#include <string_view>
#include <utility>
#include <vector>

namespace pedigree::io::training_log {

/// The scalar members of one object, as views into the text; escapes stay as they are.
struct FlatObject {
  std::vector<std::pair<std::string_view, double>> numbers;
  std::vector<std::pair<std::string_view, std::string_view>> texts;
};

/// Reads text in pieces. An object is handed over when it closes, unless `use` took one inside it (answered true):
/// the rows of a history are taken, what holds them is not.
class FlatObjects {
 public:
  using Use = std::function<bool(const FlatObject&)>;
  explicit FlatObjects(Use use) : use_(std::move(use)) {}

  /// Walks `text` and answers how much of it is done with; the rest has to come again with more behind it. When
  /// `last` nothing more comes. Objects over 256 KiB and members past 256 are not read. A string ends at a line's
  /// end, so that a broken line costs only itself.
  std::size_t read(std::string_view text, bool last);

  bool open() const { return !frames_.empty(); }  ///< inside an object
  std::size_t broken() const { return broken_; }  ///< strings that no quote closed

 private:
  struct Frame {
    std::size_t start = 0;
    bool alive = true;  ///< its text is at hand and nothing inside it was taken
    FlatObject values;
  };

  void close();
  std::size_t leave(std::size_t at, std::size_t size);

  Use use_;
  std::vector<Frame> frames_;
  std::size_t deeper_ = 0;  ///< braces beyond the depth that is followed
  std::size_t broken_ = 0;
  bool line_start_ = true;
};

/// All objects of a text at hand. False when it ends inside an object.
bool each_flat_object(std::string_view text, const FlatObjects::Use& use);

}  // namespace pedigree::io::training_log
