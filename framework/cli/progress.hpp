// SPDX-License-Identifier: MIT
// Progress on stderr: a bar on a terminal, a line per analyzer otherwise, JSON lines for machines.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "framework/cli/console.hpp"
#include "framework/run/run.hpp"

namespace pedigree::cli {

enum class ProgressStyle { automatic, plain, json, none };
/// auto plain json none; nothing for another word.
std::optional<ProgressStyle> progress_style_from(const std::string& word);

/// Shows the events of one run. Not thread-safe: run() sends events under a lock.
class Progress {
 public:
  Progress(const Console& console, ProgressStyle style, bool verbose);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void on(const run::Event& event);

 private:
  void draw();
  void clear();
  void line(const run::Event& event);
  std::string outcome(const std::string& word) const;

  const Console& console_;
  ProgressStyle style_;
  bool verbose_;
  bool bar_drawn_ = false;
  std::size_t done_ = 0, total_ = 0;
  std::map<std::string, double> running_;  ///< analyzer and reference -> fraction
  std::vector<std::string> phases_;        ///< what was said last, in full and in fewer words
};

}  // namespace pedigree::cli
