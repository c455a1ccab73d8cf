// SPDX-License-Identifier: MIT
#include "pedigree/io/json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace pedigree::io {
namespace {
using nlohmann::json;

constexpr double kExactIntegers = 9007199254740992.0;  // 2^53: below it every integer is a double

Error json_error(std::string code, std::string_view file, std::size_t byte, std::string message,
                 std::string hint = {}) {
  return {std::move(code), std::string{file}, "byte " + std::to_string(byte), std::move(message), std::move(hint)};
}

/// Builds the document and stops at the first thing that is over a limit. nlohmann's parser keeps
/// its own stack on the heap, so depth costs no call stack here.
class Builder : public nlohmann::json_sax<json> {
 public:
  Builder(const JsonLimits& limits, std::string_view file) : limits_(limits), file_(file) {}

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(json::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(json::array()); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    auto& object = *stack_.back();
    if (object.contains(name))
      return fail("JSON_DUPLICATE_KEY", "the key " + json_excerpt(json(name), 80) + " stands twice in one object",
                  "readers disagree which one counts; keep one");
    slot_ = &object[name];
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& e) override {
    const std::string what = e.what();
    const auto detail = what.find("syntax error");
    if (what.find("UTF-8") != std::string::npos || what.find("surrogate") != std::string::npos) {
      error_ = json_error("JSON_ENCODING", file_, position, "text that is no valid UTF-8", "save the file as UTF-8");
    } else if (what.find("number overflow") != std::string::npos) {
      error_ = json_error("JSON_NUMBER", file_, position, "a number too large for a double");
    } else {
      error_ = json_error("JSON_SYNTAX", file_, position, detail == std::string::npos ? what : what.substr(detail),
                          "the file may be truncated; compare its size with the original");
    }
    return false;
  }

  json take() { return std::move(root_); }
  const std::optional<Error>& error() const { return error_; }

 private:
  bool fail(std::string code, std::string message, std::string hint = {}) {
    error_ = Error{std::move(code), std::string{file_}, "value " + std::to_string(values_), std::move(message),
                   std::move(hint)};
    return false;
  }
  /// Puts a value where the document goes on; nullptr when there are too many.
  json* place(json&& value) {
    if (++values_ > limits_.values) {
      fail("JSON_VALUES", "more than " + std::to_string(limits_.values) + " values");
      return nullptr;
    }
    if (stack_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    auto& parent = *stack_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    *slot_ = std::move(value);
    return slot_;
  }
  template <class T>
  bool add(T&& value) {
    return place(json(std::forward<T>(value))) != nullptr;
  }
  bool open(json&& container) {
    if (stack_.size() >= limits_.depth)
      return fail("JSON_DEPTH", "nested deeper than " + std::to_string(limits_.depth) + " levels");
    auto* at = place(std::move(container));
    if (at == nullptr) return false;
    stack_.push_back(at);
    return true;
  }
  bool close() {
    stack_.pop_back();
    return true;
  }

  const JsonLimits& limits_;
  std::string_view file_;
  json root_;
  std::vector<json*> stack_;  // open containers; a container is never moved while it is open
  json* slot_ = nullptr;
  std::size_t values_ = 0;
  std::optional<Error> error_;
};

/// Text with bare NaN and Infinity outside strings replaced; nothing when there are none.
std::optional<std::string> without_bare_nonfinite(std::string_view text) {
  constexpr std::string_view kWords[] = {"-Infinity", "Infinity", "NaN"};
  std::string out;
  std::size_t copied = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if (c != '-' && c != 'I' && c != 'N') continue;
    for (auto word : kWords) {
      if (!text.substr(i).starts_with(word)) continue;
      out.append(text.substr(copied, i - copied));
      out.append("{\"__float__\":\"").append(word).append("\"}");
      i += word.size() - 1;
      copied = i + 1;
      break;
    }
  }
  if (copied == 0) return std::nullopt;
  out.append(text.substr(copied));
  return out;
}

/// What the first bytes say about a file that is no JSON at all.
std::optional<Error> refuse_by_head(std::string_view text, const JsonLimits& limits, std::string_view file) {
  if (text.empty()) return json_error("JSON_EMPTY", file, 0, "the file is empty", "download it again");
  if (text.size() > limits.bytes)
    return json_error("JSON_SIZE", file, limits.bytes,
                      "the file has " + std::to_string(text.size()) + " bytes; at most " +
                          std::to_string(limits.bytes) + " are read");
  const auto starts = [&](std::string_view head) { return text.starts_with(head); };
  const bool wide = starts("\xFF\xFE") || starts("\xFE\xFF") || (text.size() > 1 && (text[0] == 0 || text[1] == 0));
  if (wide) return json_error("JSON_ENCODING", file, 0, "the file is UTF-16 or UTF-32", "save the file as UTF-8");
  if (starts("version https://git-lfs"))
    return json_error("JSON_NOT_JSON", file, 0, "a Git-LFS pointer stands in place of the file", "run git lfs pull");
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return json_error("JSON_EMPTY", file, 0, "the file holds only white space");
  if (text[first] == '<')
    return json_error("JSON_NOT_JSON", file, first, "an HTML or XML page stands in place of the file",
                      "download it again; the server may have asked for a login");
  return std::nullopt;
}

std::string cut(std::string text, std::size_t limit) {
  if (text.size() <= limit) return text;
  std::size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
  text.resize(end);
  return text + "...";
}

}  // namespace

JsonLimits config_json_limits() {
  JsonLimits limits;
  limits.bare_nonfinite = true;
  return limits;
}

Result<json> parse_json(std::string_view text, const JsonLimits& limits, std::string_view file) {
  if (auto refused = refuse_by_head(text, limits, file)) return *refused;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::optional<std::string> rewritten;
  if (limits.bare_nonfinite) rewritten = without_bare_nonfinite(text);
  const std::string_view source = rewritten ? std::string_view{*rewritten} : text;
  Builder builder{limits, file};
  const bool parsed = json::sax_parse(source.begin(), source.end(), &builder);
  if (builder.error()) return *builder.error();
  if (!parsed) return json_error("JSON_SYNTAX", file, 0, "the text is no JSON document");
  return builder.take();
}

std::optional<std::int64_t> json_integer(const json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_number_float()) return std::nullopt;
  const double number = value.get<double>();
  if (!std::isfinite(number) || std::trunc(number) != number || std::abs(number) > kExactIntegers) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::optional<double> json_number(const json& value) {
  if (!value.is_number()) return std::nullopt;
  const double number = value.get<double>();
  return std::isfinite(number) ? std::optional{number} : std::nullopt;
}

std::string json_text(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

std::string json_excerpt(const json& value, std::size_t limit) { return cut(json_text(value), limit); }

}  // namespace pedigree::io
