// SPDX-License-Identifier: MIT
// Innermost objects of JSON-like text, one by one: trainer_state.json, JSON lines, W&B histories and
// Python dicts printed to a console. Tolerates bare NaN and Infinity and single quotes, which
// trainers write and JSON parsers refuse.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pedigree::io::training_log {

/// The scalar members of one object that holds no other object.
struct FlatObject {
  std::vector<std::pair<std::string, double>> numbers;
  std::vector<std::pair<std::string, std::string>> texts;
};

/// Walks `text` once and hands over every innermost object, in order. Objects over 1 MiB and
/// members past 256 are skipped. False when the text ends inside an object or a string.
bool each_flat_object(std::string_view text, const std::function<void(const FlatObject&)>& use);

}  // namespace pedigree::io::training_log
