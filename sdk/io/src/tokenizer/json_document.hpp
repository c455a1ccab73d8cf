// SPDX-License-Identifier: MIT
// One JSON document walked once with simdjson's on-demand reader: strings stay valid until the end.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

#include "parts.hpp"
#include "spelling.hpp"

namespace pedigree::io {

/// Owns the padded copy and the parser. Not copyable: views point into it.
class JsonDocument {
 public:
  JsonDocument(std::string_view file, std::string_view bytes) : file_(file), text_(bytes) {}

  /// Opens the top-level object, or says why it cannot.
  Result<simdjson::ondemand::object> open() {
    simdjson::ondemand::object object;
    if (const auto code = parser_.iterate(text_).get(document_)) return failure(code, "");
    opened_ = true;
    if (const auto code = document_.get_object().get(object)) return failure(code, "");
    return object;
  }

  /// After the walk: nothing may follow the document.
  Status close() {
    const char* at = nullptr;  // out of bounds at the very end, and only there
    if (document_.current_location().get(at) == simdjson::SUCCESS)
      return tokenizer_error("TOK_JSON", file_, "", "there is more text after the end of the JSON document");
    return Done{};
  }

  Error failure(simdjson::error_code code, std::string_view member) {
    const bool deep = code == simdjson::DEPTH_ERROR;
    if (!opened_ || code == simdjson::INCOMPLETE_ARRAY_OR_OBJECT) return whole_document(code);
    return tokenizer_error(deep                           ? "TOK_DEPTH"
                           : code == simdjson::UTF8_ERROR ? "TOK_ENCODING"
                                                          : "TOK_JSON",
                           file_, place(member), simdjson::error_message(code),
                           "the file is damaged or incomplete; fetch it again");
  }
  Error wrong(std::string_view code, std::string_view member, std::string message) {
    return tokenizer_error(std::string{code}, file_, place(member), std::move(message),
                           "the file is damaged, was edited by hand, or is of another kind; fetch it again");
  }
  /// What stands there, for a message: "found -3".
  static std::string found(std::string_view token) {
    constexpr std::size_t kLongest = 24;
    while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') token.remove_suffix(1);
    return "found " + std::string{token.substr(0, kLongest)} + (token.size() > kLongest ? "..." : "");
  }

  /// A member nobody reads: passed over, unless it is nested absurdly deep.
  Status skip(simdjson::ondemand::value value, std::string_view member) {
    std::string_view raw;
    simdjson::ondemand::json_type type{};
    if (const auto code = value.type().get(type)) return failure(code, member);
    if (type == simdjson::ondemand::json_type::array) {
      simdjson::ondemand::array array;
      if (const auto code = value.get_array().get(array)) return failure(code, member);
      if (const auto code = array.raw_json().get(raw)) return failure(code, member);
    } else if (type == simdjson::ondemand::json_type::object) {
      simdjson::ondemand::object object;
      if (const auto code = value.get_object().get(object)) return failure(code, member);
      if (const auto code = object.raw_json().get(raw)) return failure(code, member);
    }
    return check_depth(raw, member);
  }

 private:
  static constexpr unsigned kDeepest = 64;

  /// The parser says neither where bytes stop being UTF-8 nor that a document has no end.
  Error whole_document(simdjson::error_code code) const {
    const std::string_view text{text_.data(), text_.size()};
    constexpr std::string_view kAgain = "the file is damaged or incomplete; fetch it again";
    if (const auto bad = first_not_utf8(text); bad < text.size())
      return tokenizer_error("TOK_ENCODING", file_, "byte " + std::to_string(bad),
                             "the bytes from here on are not UTF-8, which JSON has to be", std::string{kAgain});
    const auto last = text.find_last_not_of(" \t\r\n");
    if (last != text.npos && text[last] != '}' && text[last] != ']')
      return tokenizer_error(
          "TOK_JSON", file_, "byte " + std::to_string(last),
          "the document does not end with a closing bracket: it is cut off, or other text follows it",
          std::string{kAgain});
    return tokenizer_error(code == simdjson::DEPTH_ERROR ? "TOK_DEPTH" : "TOK_JSON", file_,
                           last == text.npos ? "" : "byte " + std::to_string(last),
                           std::string{simdjson::error_message(code)}, std::string{kAgain});
  }

  std::string place(std::string_view member) {
    std::string out = member.empty() ? std::string{} : "/" + std::string{member};
    const char* at = nullptr;
    if (opened_ && document_.current_location().get(at) == simdjson::SUCCESS && at >= text_.data())
      out += (out.empty() ? "byte " : " byte ") + std::to_string(at - text_.data());
    return out;
  }

  Status check_depth(std::string_view raw, std::string_view member) {
    unsigned depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      const char c = raw[i];
      if (quoted) {
        if (c == '\\') ++i;
        quoted = c != '"';
      } else if (c == '"') {
        quoted = true;
      } else if (c == '[' || c == '{') {
        if (++depth > kDeepest) return wrong("TOK_DEPTH", member, "nested deeper than 64 levels");
      } else if (c == ']' || c == '}') {
        --depth;
      }
    }
    return Done{};
  }

  std::string file_;
  simdjson::padded_string text_;
  simdjson::ondemand::parser parser_;
  simdjson::ondemand::document document_;
  bool opened_ = false;  ///< before, the document must not be asked where it is
};

}  // namespace pedigree::io
