// SPDX-License-Identifier: MIT
// What all pictures share: evidence by signal, the references worth drawing first, words, and the figures made.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include <nlohmann/json.hpp>

#include "framework/report/html/markup.hpp"
#include "framework/report/view.hpp"

namespace pedigree::report::html {

/// Evidence of a report by its place there.
struct Piece {
  std::size_t place;
  const nlohmann::json& evidence;
  const nlohmann::json& details;
  std::string reference() const { return text_at(evidence, "reference"); }
  std::string component() const { return text_at(evidence, "component"); }
};

/// How many references get pictures of one kind; the evidence table has all of them.
inline constexpr std::size_t kDrawnReferences = 4;

class Album {
 public:
  Album(const nlohmann::json& report, const Language& words);

  const nlohmann::json& report() const { return report_; }
  const Language& words() const { return words_; }
  std::string say(const char* key, const nlohmann::json& params = nlohmann::json::object()) const {
    return words_.say(key, params);
  }
  /// "b1 (text decoder)": what a picture compares with.
  std::string against(const Piece& piece) const;

  /// All evidence of a signal, the likeliest parents first.
  std::vector<Piece> of(const std::string& signal) const;

  /// Adds a figure that shows these pieces.
  void add(const Figure& figure, const std::vector<Piece>& pieces = {});
  /// Opens a group of figures; nothing is written for a group without any.
  void group(const std::string& title);
  /// A sentence under the group's figures.
  void remark(const std::string& text);

  std::string take();
  /// Place in the evidence -> number of the figure that shows it.
  const std::map<std::size_t, std::size_t>& shown() const { return shown_; }

 private:
  void close();

  const nlohmann::json& report_;
  const Language& words_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_signal_;
  std::unordered_map<std::string, std::size_t> rank_;  ///< of references
  std::string out_, title_, caption_, figures_, remarks_;
  std::size_t number_ = 0;
  std::map<std::size_t, std::size_t> shown_;
};

/// A number as a table shows it, a text as it is, nothing for anything else.
std::string cell(const nlohmann::json& value);
std::string cell(double value);
/// The same for a member of an object.
std::string cell_at(const nlohmann::json& object, const char* key);
/// A finite number within +-1e15, else nothing usable: the fallback.
double plottable(const nlohmann::json& object, const char* key, double fallback = 0);

void draw_weights(Album& album);
void draw_tokenizers(Album& album);
void draw_configurations(Album& album);
void draw_behavior(Album& album);
void draw_training(Album& album);
/// The way from the prior to the posterior of each component, in a section of its own.
void draw_odds(Album& album);

}  // namespace pedigree::report::html
