// SPDX-License-Identifier: MIT
#include "framework/cli/progress.hpp"

#include <algorithm>
#include <cmath>

#include "framework/core/text.hpp"
#include "framework/report/text.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::cli {
namespace {

using Kind = run::Event::Kind;
constexpr int kInfo = 1, kWarning = 2;  // levels of the C boundary

std::string who(const run::Event& event) {
  return event.analyzer + (event.reference.empty() ? "" : (event.analyzer.empty() ? "" : " × ") + event.reference);
}

/// What a terminal would obey must not come from a file's name or a plugin.
std::string harmless(const std::string& text) {
  std::string out;
  for (const char c : to_utf8(text))
    if (c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F)) out += c;
  return out;
}

nlohmann::json to_json(const run::Event& event) {
  nlohmann::json line{{"schema", "pedigree/event/v1"},
                      {"event", run::to_string(event.kind)},
                      {"done", event.done},
                      {"total", event.total}};
  if (!event.analyzer.empty()) line["analyzer"] = event.analyzer;
  if (!event.reference.empty()) line["reference"] = event.reference;
  if (!event.text.empty()) line["text"] = event.text;
  if (event.kind == Kind::progress) line["fraction"] = event.fraction;
  return line;
}

}  // namespace

std::optional<ProgressStyle> progress_style_from(const std::string& word) {
  if (word == "auto") return ProgressStyle::automatic;
  if (word == "plain") return ProgressStyle::plain;
  if (word == "json") return ProgressStyle::json;
  if (word == "none") return ProgressStyle::none;
  return std::nullopt;
}

Progress::Progress(const Console& console, ProgressStyle style, bool verbose)
    : console_(console), style_(style), verbose_(verbose) {
  if (style_ == ProgressStyle::automatic && !console.stderr_is_terminal()) style_ = ProgressStyle::plain;
}

Progress::~Progress() { clear(); }

void Progress::on(const run::Event& event) {
  if (style_ == ProgressStyle::json) {
    console_.message(io::json_text(to_json(event)) + "\n");
    return;
  }
  total_ = event.total != 0 ? event.total : total_;
  if (event.kind == Kind::analyzer_start) running_[who(event)] = 0;
  if (event.kind == Kind::progress) {
    if (!event.analyzer.empty()) running_[who(event)] = event.fraction;
    const auto said = console_.in_language(event.text);
    phases_ = {said};
    if (!event.analyzer.empty()) {
      const std::string colon = said.empty() ? "" : ": ";
      phases_ = {who(event) + colon + said, event.analyzer + colon + said, said};
    }
  }
  if (event.kind == Kind::analyzer_end) {
    running_.erase(who(event));
    phases_.clear();
    done_ = std::max(done_, event.done);
  }
  if (style_ == ProgressStyle::none && event.kind != Kind::log) return;
  line(event);
  if (style_ == ProgressStyle::automatic && event.kind != Kind::run_end) draw();
  if (event.kind == Kind::run_end) clear();
}

std::string Progress::outcome(const std::string& word) const {
  const auto key = "outcome." + word;
  return console_.knows(key) ? console_.say(key) : word;
}

/// What becomes a line of its own: warnings always, ends of analyzers when there is no bar.
void Progress::line(const run::Event& event) {
  std::string text;
  if (event.kind == Kind::log) {
    const int level = static_cast<int>(event.fraction);
    if (level < kWarning && !(verbose_ && level >= kInfo)) return;
    text = "  " + who(event) + ": " + console_.in_language(event.text);
  } else if (event.kind == Kind::analyzer_end) {
    const bool failed = event.text != "ok" && event.text != "not-applicable";
    if (style_ != ProgressStyle::plain && !failed && !verbose_) return;
    text = "  [" + std::to_string(event.done) + "/" + std::to_string(event.total) + "] " + who(event) + ": " +
           outcome(event.text) + (event.cached ? " " + console_.say("cli.known") : "");
  } else {
    return;
  }
  clear();
  console_.message(harmless(text) + "\n");
}

void Progress::draw() {
  double parts = static_cast<double>(done_);
  for (const auto& [name, fraction] : running_) parts += std::clamp(fraction, 0.0, 1.0);
  const double fraction = total_ == 0 ? 0 : std::min(1.0, parts / static_cast<double>(total_));
  const int cells = console_.width() >= 110 ? 24 : 10;
  const int filled = static_cast<int>(std::lround(fraction * cells));
  std::string bar;  // none before it is known how much there is to do
  if (total_ != 0)
    bar = "[" + std::string(static_cast<std::size_t>(filled), '#') +
          std::string(static_cast<std::size_t>(cells - filled), '.') + "] " + std::to_string(done_) + "/" +
          std::to_string(total_) + " ";
  const int room = std::max(0, console_.width() - 1 - static_cast<int>(bar.size()));
  std::string rest = running_.empty() ? "" : harmless(running_.begin()->first);
  for (const auto& phase : phases_)  // who is at work gives way to how far it is
    if (rest = harmless(phase); report::display_width(rest) <= room) break;
  if (report::display_width(rest) > room) rest = report::clip(rest, room);
  console_.message("\r\033[K" + bar + rest);
  bar_drawn_ = true;
}

void Progress::clear() {
  if (bar_drawn_) console_.message("\r\033[K");
  bar_drawn_ = false;
}

}  // namespace pedigree::cli
