// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

#include "flat_objects.hpp"
#include "log_fields.hpp"
#include "readers.hpp"
#include "text_cells.hpp"
#include "text_remarks.hpp"
#include "word_scan.hpp"

namespace pedigree::io::training_log {
namespace {

constexpr std::size_t kLineCap = std::size_t{1} << 20;  // longer lines are cut: one line of 1 GB is not a log line
constexpr std::array<std::string_view, 2> kBlockHeads{"[step=", "[batch="};

constexpr double kMostSteps = 1e15;  // also keeps the sum over epochs finite

bool line_end(char c) { return c == '\n' || c == '\r'; }

const WordScan& telling_words() {
  static const WordScan scan = [] {
    auto words = remark_words();
    words.insert(words.end(), {"loss", "trl:", "tel:"});
    words.insert(words.end(), kBlockHeads.begin(), kBlockHeads.end());
    return WordScan{words};
  }();
  return scan;
}

/// Keras: "  17/3091 ... 61ms/step - accuracy: 0.06 - loss: 8.49". The step is within the epoch.
std::optional<double> keras_step(std::string_view line) {
  const auto unit = line.find("/step - ");
  if (unit == std::string_view::npos) return std::nullopt;
  while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  auto rest = line;
  const auto step = take_number(rest);
  return step && *step >= 0 && *step <= kMostSteps && rest.starts_with("/") ? step : std::nullopt;
}

/// PyTorch's word_language_model: "| epoch   1 |   200/ 2983 batches | lr 20.00 | ... | loss  7.53 |".
std::optional<double> batch_of_epoch(std::string_view line) {
  const auto unit = line.find(" batches |");
  if (unit == std::string_view::npos) return std::nullopt;
  auto at = line.rfind('|', unit);
  if (at == std::string_view::npos) return std::nullopt;
  auto rest = line.substr(at + 1);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  const auto step = take_number(rest);
  return step && *step >= 0 && *step <= kMostSteps && rest.starts_with("/") ? step : std::nullopt;
}

/// nanochat prints the exponential mean of its losses, of weight 0.1: "step 00010/21400 (0.05%) | loss: 10.31 | lrm:
/// 1.00 | dt: 131.20ms | ...". No other trainer prints a multiplier of the learning rate under that name.
bool prints_exponential_mean(std::string_view line) { return line.find("| lrm:") != std::string_view::npos; }

bool says(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

class TextReader {
 public:
  TextReader(const RE2* pattern, TrainingLog& log)
      : pattern_(pattern),
        groups_(pattern == nullptr ? 0 : std::min(pattern->NumberOfCapturingGroups(), 2) + 1),
        log_(log),
        keeper_(log) {}

  /// Whole lines. Of those that can say nothing only the number is taken.
  void read(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
      std::size_t begin = at;
      if (block_ && !inside_block(text[at])) finish_block();
      if (!whole_lines(text[at])) {
        const auto hit = telling_words().find(text, at);
        if (hit == std::string_view::npos) break;
        begin = hit;
        while (begin > at && !line_end(text[begin - 1])) --begin;
      }
      lines_ += static_cast<std::uint64_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(at),
                                                      text.begin() + static_cast<std::ptrdiff_t>(begin), '\n'));
      auto end = begin;
      while (end < text.size() && !line_end(text[end])) ++end;
      log_.lines = lines_ + 1;
      if (end > begin) line(text.substr(begin, end - begin));
      if (end < text.size() && text[end] == '\n') ++lines_;
      at = std::min(text.size(), end + 1);
    }
    lines_ += static_cast<std::uint64_t>(
        std::count(text.begin() + static_cast<std::ptrdiff_t>(std::min(at, text.size())), text.end(), '\n'));
  }

  void finish(bool ends_with_line_end) {
    finish_block();
    log_.lines = lines_ + (ends_with_line_end ? 0 : 1);
  }

 private:
  /// With a pattern, and inside a block of indented lines, every line is looked at.
  bool whole_lines(char first) const { return pattern_ != nullptr || (block_ && inside_block(first)); }
  static bool inside_block(char first) { return first == ' ' || first == '\t' || line_end(first); }

  void line(std::string_view text) {
    plain_lower(text, lowered_);
    if (pattern_ != nullptr) return by_pattern(text);
    if (block_ && inside_block(text.front())) return read_cells(lowered_, *block_, log_.not_finite);
    finish_block();
    for (const auto head : kBlockHeads)
      if (const auto at = lowered_.find(head); at != std::string::npos)
        return open_block(value_after(std::string_view{lowered_}.substr(at + head.size())));
    const auto point = measure();
    if (has_measurement(point))
      keeper_.add(point);
    else
      note_line(text, lowered_, log_);
  }

  void by_pattern(std::string_view text) {
    const auto head = text.substr(0, kParsedPrefix);
    // The whole match and two groups: step and loss, or the loss alone.
    std::array<re2::StringPiece, 3> match;
    if (!pattern_->Match({head.data(), head.size()}, 0, head.size(), RE2::UNANCHORED, match.data(), groups_))
      return note_line(text, lowered_, log_);
    const auto number = [&](int group) {
      const auto& found = match[static_cast<std::size_t>(group)];
      std::string_view rest{found.data(), found.size()};
      return take_number(rest);
    };
    LogPoint point;
    if (groups_ > 2) point.step = number(1);
    if (point.step && !std::isfinite(*point.step)) point.step.reset();
    if (const auto loss = number(groups_ - 1)) set_field("loss", *loss, point, log_.not_finite);
    if (has_measurement(point)) keeper_.add(point);
  }

  LogPoint measure() {
    LogPoint point;
    const auto brace = lowered_.find('{');
    if (brace != std::string::npos && lowered_.find("loss", brace) != std::string::npos) {
      each_flat_object(std::string_view{lowered_}.substr(brace), [&](const FlatObject& object) {
        for (const auto& [name, value] : object.numbers) set_field(name, value, point, log_.not_finite);
        return true;
      });
      return point;
    }
    if (!says(lowered_, "loss") && !says(lowered_, "trl") && !says(lowered_, "tel:")) return point;
    read_cells(lowered_, point, log_.not_finite);
    const auto keras = keras_step(lowered_), batch = batch_of_epoch(lowered_);
    if (const auto step = keras ? keras : batch) {
      if (*step < last_in_epoch_) epoch_base_ += last_in_epoch_;
      last_in_epoch_ = *step;
      point.step = epoch_base_ + *step;
    }
    if (keras || prints_exponential_mean(lowered_)) log_.running_mean = true;
    return point;
  }

  /// OLMo, OLMo-core and Composer print a head and below it one indented line per quantity.
  void open_block(std::optional<double> step) {
    block_.emplace();
    block_step_ = step && std::isfinite(*step) ? step : std::nullopt;
    read_cells(lowered_, *block_, log_.not_finite);
  }

  void finish_block() {
    if (!block_) return;
    if (!block_->step) block_->step = block_step_;
    if (has_measurement(*block_)) keeper_.add(*block_);
    block_.reset();
  }

  const RE2* pattern_;
  int groups_;
  TrainingLog& log_;
  PointKeeper keeper_;
  std::string lowered_;
  std::uint64_t lines_ = 0;
  std::optional<LogPoint> block_;
  std::optional<double> block_step_;
  double epoch_base_ = 0, last_in_epoch_ = 0;
};

}  // namespace

void read_text_log(Feed& feed, const RE2* pattern, TrainingLog& log) {
  TextReader reader{pattern, log};
  bool skipping = false, ended = true;
  do {
    auto text = feed.ahead();
    if (skipping) {
      // The rest of a line over the cap.
      const auto rest = static_cast<std::size_t>(std::find_if(text.begin(), text.end(), line_end) - text.begin());
      skipping = rest == text.size();
      feed.consume(rest);
      text = feed.ahead();
    }
    std::size_t whole = text.size();
    if (!feed.at_end()) {
      while (whole > 0 && !line_end(text[whole - 1])) --whole;
      if (whole == 0 && text.size() >= kLineCap) {
        whole = kLineCap;
        skipping = true;
      }
    }
    if (whole == 0) continue;
    ended = line_end(text[whole - 1]);
    reader.read(text.substr(0, whole));
    feed.consume(whole);
  } while (feed.more() || !feed.ahead().empty());
  reader.finish(ended);
}

}  // namespace pedigree::io::training_log
