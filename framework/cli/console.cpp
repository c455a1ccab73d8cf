// SPDX-License-Identifier: MIT
#include "framework/cli/console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>

#include "framework/report/messages.hpp"
#include "framework/report/phrases.hpp"

namespace pedigree::cli {
namespace {

constexpr const char* kPhrases = "phrase.";

/// Writes all of it; errno of the failure, or 0.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

int terminal_width(const Variables& variables) {
  winsize size{};
  int columns = 0;
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) columns = size.ws_col;
  if (columns == 0) columns = std::atoi(value_of(variables, "COLUMNS").c_str());
  return columns <= 0 ? 80 : std::clamp(columns, 40, 160);
}

/// The locale that decides about messages, in POSIX's order.
std::string locale_of(const Variables& variables, const char* category) {
  for (const char* name : {"LC_ALL", category, "LANG"})
    if (const auto value = value_of(variables, name); !value.empty()) return value;
  return {};
}

bool is_utf8_locale(std::string locale) {
  std::transform(locale.begin(), locale.end(), locale.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
}

}  // namespace

std::string value_of(const Variables& variables, const std::string& name) {
  const auto found = variables.find(name);
  return found == variables.end() ? std::string{} : found->second;
}

Console::Console(const Variables& variables)
    : out_terminal_(::isatty(STDOUT_FILENO) != 0),
      err_terminal_(::isatty(STDERR_FILENO) != 0),
      language_(locale_of(variables, "LC_MESSAGES").starts_with("ko") ? "ko" : "en"),
      messages_(std::make_shared<nlohmann::json>(report::framework_messages())),
      phrases_(messages_, kPhrases, language_) {
  const bool wanted = value_of(variables, "NO_COLOR").empty() && value_of(variables, "TERM") != "dumb";
  color_out_ = wanted && out_terminal_;
  color_err_ = wanted && err_terminal_;
  width_ = terminal_width(variables);
  const auto type = locale_of(variables, "LC_CTYPE");
  unicode_ = type.empty() ? !out_terminal_ : is_utf8_locale(type);
}

void Console::set_language(std::string language) {
  language_ = std::move(language);
  phrases_ = report::Translator{messages_, kPhrases, language_};
}

bool Console::result(std::string_view text) {
  if (!problem_.empty()) return false;
  if (const int failed = write_all(STDOUT_FILENO, text); failed != 0) {
    problem_ = std::string{"cannot write the result to stdout: "} + std::strerror(failed);
    return false;
  }
  return true;
}

void Console::message(std::string_view text) const { (void)write_all(STDERR_FILENO, text); }

std::string Console::say(const std::string& key, const nlohmann::json& params) const {
  return report::render(key, params, language_, *messages_);
}

std::string Console::in_language(const std::string& english) const {
  std::string out;
  for (std::size_t at = 0; at < english.size();) {
    const auto end = std::min(english.find('\n', at), english.size());
    const auto first = std::min(english.find_first_not_of(' ', at), end);
    out += english.substr(at, first - at);
    out += phrases_(english.substr(first, end - first));
    if (end < english.size()) out += '\n';
    at = end + 1;
  }
  return out;
}

void Console::labelled(const char* word, const char* tint, const std::string& text) const {
  const auto label = say(std::string{"cli."} + word) + ":";
  message("pedigree: " + (color_err_ ? tint + label + "\033[0m" : label) + " " + text + "\n");
}

void Console::error(const std::string& text) const { labelled("error", "\033[1;31m", in_language(text)); }

void Console::warning(const std::string& text) const { labelled("warning", "\033[1;33m", in_language(text)); }

void Console::error(const Error& what) const {
  Error told = what;
  told.message = in_language(what.message);
  told.hint = in_language(what.hint);
  labelled("error", "\033[1;31m", told.text());
}

void Console::diagnostics(const Diagnostics& diagnostics) const {
  if (diagnostics.empty()) return;
  const DiagnosticWords words{say("cli.error"),   say("cli.warning"), say("cli.note"),
                              say("cli.allowed"), say("cli.more"),    say("cli.see")};
  Diagnostics told = diagnostics;
  for (auto& problem : told) {
    problem.message = in_language(problem.message);
    problem.suggestion = in_language(problem.suggestion);
    problem.allowed = in_language(problem.allowed);
  }
  message(to_text(told, color_err_, words));
}

}  // namespace pedigree::cli
