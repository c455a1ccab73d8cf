// SPDX-License-Identifier: MIT
// The two streams: results on stdout, everything else on stderr, and what the terminal can show.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "framework/core/diagnostic.hpp"
#include "framework/report/phrases.hpp"

namespace pedigree::cli {

/// The environment the program was started in.
using Variables = std::map<std::string, std::string>;
std::string value_of(const Variables& variables, const std::string& name);

/// Writes to the descriptors 1 and 2. Thread-safe for single calls.
class Console {
 public:
  explicit Console(const Variables& variables);

  /// The result. False once stdout failed (a full disk, a closed pipe); problem() says why.
  bool result(std::string_view text);
  /// The result, in the reader's language where the catalogue knows the sentence.
  bool tell(const std::string& english) { return result(in_language(english)); }
  void message(std::string_view text) const;  ///< stderr, as it is
  void error(const std::string& text) const;  ///< "pedigree: error: ..."
  void warning(const std::string& text) const;
  void error(const Error& error) const;
  void diagnostics(const Diagnostics& diagnostics) const;

  bool color_out() const { return color_out_; }
  bool color_err() const { return color_err_; }
  bool stdout_is_terminal() const { return out_terminal_; }
  bool stderr_is_terminal() const { return err_terminal_; }
  int width() const { return width_; }  ///< columns of the terminal, 80 elsewhere
  bool unicode() const { return unicode_; }
  /// "ko" or "en": what --lang says, else the locale.
  const std::string& language() const { return language_; }
  void set_language(std::string language);
  /// The message of a key of the catalogue.
  std::string say(const std::string& key, const nlohmann::json& params = nlohmann::json::object()) const;
  bool knows(const std::string& key) const { return messages_->contains(key); }
  /// An English sentence in the reader's language, when the catalogue knows it (report/phrases.hpp); line by line.
  std::string in_language(const std::string& english) const;
  const std::string& problem() const { return problem_; }

 private:
  void labelled(const char* word, const char* tint, const std::string& text) const;

  bool out_terminal_, err_terminal_, color_out_, color_err_, unicode_;
  int width_ = 80;
  std::string language_, problem_;
  std::shared_ptr<const nlohmann::json> messages_;
  report::Translator phrases_;
};

}  // namespace pedigree::cli
