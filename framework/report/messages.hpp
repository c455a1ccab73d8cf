// SPDX-License-Identifier: MIT
// Every sentence a user sees comes from a catalogue: {"key": {"en": "...", "ko": "..."}}.
// Plugins bring theirs in their manifest; the framework's own is framework/report/messages/*.json.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "framework/plugin/manifest.hpp"

namespace pedigree::report {

/// The framework's own catalogue (embedded at build time).
nlohmann::json framework_messages();

/// The framework's and the plugins' catalogues in one; the framework's wins, earlier plugins before later ones.
nlohmann::json merged_messages(const std::vector<plugin::Manifest>& plugins);

/// A sentence with places for values, taken apart once and filled as often as needed.
class Template {
 public:
  explicit Template(std::string_view text);

  struct Placeholder {
    std::string name, format;
  };
  /// Literal text and the placeholder behind it; the last piece has none, its name is empty.
  struct Piece {
    std::string text;
    Placeholder placeholder;
    bool last = true;
  };
  const std::vector<Piece>& pieces() const& { return pieces_; }
  const std::vector<Piece>& pieces() && = delete;  // they would be gone
  /// As fill().
  std::string fill(const nlohmann::json& params, const std::string& lang, const nlohmann::json& messages) const;

 private:
  std::vector<Piece> pieces_;
};

/// Fills a template's {name}, {name:.3} (decimals), {name:.1%} (percent) and {name:,} (thousands)
/// from params. "{{" is a brace. A text value that is a term of the catalogue is shown by its term:
/// the value "text_decoder" of {component} by the entry "component.text_decoder". {name:list} joins an array by commas,
/// {name:and} as people join a list; an item {"key", "params"} is a sentence of the catalogue. A value that is
/// missing or has the wrong type leaves the placeholder visible. Total; result is not escaped.
std::string fill(const std::string& text, const nlohmann::json& params, const std::string& lang,
                 const nlohmann::json& messages);

/// The sentence of `key` in `lang`, English when that language lacks it, the key itself when it is unknown.
std::string render(const std::string& key, const nlohmann::json& params, const std::string& lang,
                   const nlohmann::json& messages);

/// The text of `key` in `lang`, English when that language lacks it; nullptr when there is none.
const std::string* message_text(const nlohmann::json& messages, const std::string& key, const std::string& lang);

/// What a plugin says of one of its parts, `part` as in its catalogue ("analyzer.ID", "signal.ID",
/// "option.ANALYZER.NAME" behind "about."), in `lang`; the descriptor's English when its catalogue lacks it.
std::string about(const plugin::Manifest& plugin, const std::string& part, const std::string& english,
                  const std::string& lang);

/// What is wrong with a catalogue: a key without a language, templates that name different values,
/// an unknown format. One line each; empty when it is fine.
std::vector<std::string> check_messages(const nlohmann::json& messages);

/// Shortest decimal text that reads back as the same number; locale-independent.
std::string shortest(double value);
/// Six significant digits, what a reader can use; the JSON report has all of them.
std::string brief(double value);
/// A fixed number of decimals, rounded half to even of the exact value; no "-0".
std::string fixed(double value, int decimals);
/// 1234567 as "1,234,567".
std::string thousands(double value);

}  // namespace pedigree::report
