// SPDX-License-Identifier: MIT
// Parsing behind Options: one flat JSON object of scalars (RFC 8259), standard library only, so that the SDK asks for
// no dependency. Nothing nests, so there is no depth to limit.
#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <system_error>
#include <utility>

#include "pedigree/option.hpp"

namespace pedigree {
inline namespace sdk_v1 {
namespace detail {

using Scalar = std::variant<bool, std::int64_t, double, std::string>;

inline void append_utf8(std::string& out, std::uint32_t code_point) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | (code_point >> 6));
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | (code_point >> 12));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | (code_point >> 18));
    put(0x80 | ((code_point >> 12) & 0x3F));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

/// Reads the flat object, one member at a time. Throws ConfigError with the byte offset.
class FlatObjectReader {
 public:
  explicit FlatObjectReader(std::string_view text) : text_(text) {}

  template <class F>
  void each_member(F&& use) {
    skip_space();
    expect('{');
    skip_space();
    if (!take('}')) {
      do {
        skip_space();
        std::string name = string();
        skip_space();
        expect(':');
        skip_space();
        Scalar value = scalar(name);
        use(std::move(name), std::move(value));
        skip_space();
      } while (take(','));
      expect('}');
    }
    skip_space();
    if (at_ != text_.size()) fail("text after the object");
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw ConfigError("options are not a flat JSON object: " + what + " at byte " + std::to_string(at_));
  }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  void expect(char c) {
    if (!take(c)) fail(std::string("expected '") + c + "'");
  }
  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  }

  Scalar scalar(const std::string& name) {
    if (take("true")) return true;
    if (take("false")) return false;
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    if (c == '"') return string();
    if (c == '-' || (c >= '0' && c <= '9')) return number();
    if (c == 'n' || c == '[' || c == '{')
      throw ConfigError("option '" + name + "': expected a number, a text, true or false");
    fail("expected a value of '" + name + "'");
  }

  Scalar number() {
    const std::size_t start = at_;
    take('-');
    if (take('0')) {
      if (is_digit()) fail("a number with a leading zero");
    } else {
      digits();
    }
    bool whole = true;
    if (take('.')) {
      whole = false;
      digits();
    }
    if (take('e') || take('E')) {
      whole = false;
      if (!take('+')) take('-');
      digits();
    }
    const char* first = text_.data() + start;
    const char* last = text_.data() + at_;
    if (whole) {
      std::int64_t integer = 0;
      if (std::from_chars(first, last, integer).ec == std::errc{}) return integer;
    }
    double real = 0;
    if (std::from_chars(first, last, real).ec != std::errc{} || !std::isfinite(real)) fail("a number out of range");
    return real;
  }
  bool is_digit() const { return at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; }
  void digits() {
    if (!is_digit()) fail("expected a digit");
    while (is_digit()) ++at_;
  }

  std::string string() {
    expect('"');
    std::string out;
    while (!take('"')) {
      if (at_ >= text_.size()) fail("a text without its closing quote");
      const char c = text_[at_++];
      if (static_cast<unsigned char>(c) < 0x20) fail("a raw control character in a text");
      if (c == '\\') {
        escape(out);
      } else {
        out += c;
      }
    }
    return out;
  }
  void escape(std::string& out) {
    constexpr std::string_view kNames = "\"\\/bfnrt", kValues = "\"\\/\b\f\n\r\t";
    const char c = at_ < text_.size() ? text_[at_++] : '\0';
    if (c == 'u') return append_utf8(out, code_point());
    const auto which = c == '\0' ? std::string_view::npos : kNames.find(c);
    if (which == std::string_view::npos) fail("an unknown escape");
    out += kValues[which];
  }
  std::uint32_t code_point() {
    const std::uint32_t high = hex4();
    if (high >= 0xDC00 && high <= 0xDFFF) fail("half of a surrogate pair");
    if (high < 0xD800 || high > 0xDBFF) return high;
    if (!take("\\u")) fail("half of a surrogate pair");
    const std::uint32_t low = hex4();
    if (low < 0xDC00 || low > 0xDFFF) fail("half of a surrogate pair");
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
  }
  std::uint32_t hex4() {
    std::uint32_t value = 0;
    const auto part = text_.substr(at_ < text_.size() ? at_ : text_.size(), 4);
    const auto read = std::from_chars(part.data(), part.data() + part.size(), value, 16);
    if (part.size() != 4 || read.ec != std::errc{} || read.ptr != part.data() + 4) fail("expected four hex digits");
    at_ += 4;
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// Shortest text that reads back as the same number; always a JSON number.
inline std::string number_text(double value) {
  char buffer[40];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr};
}

inline std::string quoted(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      (out += '\\') += c;
    } else if (byte < 0x20) {
      ((out += "\\u00") += kHex[byte >> 4]) += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out += '"';
}

inline bool has_range(const OptionSpec& spec) { return spec.minimum < spec.maximum; }

inline void check_range(const OptionSpec& spec, double value) {
  if (!has_range(spec) || (value >= spec.minimum && value <= spec.maximum)) return;
  throw ConfigError("option '" + std::string(spec.name) + "' is " + number_text(value) + ", expected " +
                    number_text(spec.minimum) + " to " + number_text(spec.maximum));
}

inline void check_choice(const OptionSpec& spec, const std::string& value) {
  if (spec.choices.empty()) return;
  std::string allowed;
  for (const auto choice : spec.choices) {
    if (choice == value) return;
    (allowed += allowed.empty() ? "" : ", ") += choice;
  }
  throw ConfigError("option '" + std::string(spec.name) + "' is '" + value + "', expected one of: " + allowed);
}

/// A whole number written as 3.0 is an integer too (JSON Schema, 6.1.1 of draft 2020-12 validation).
inline Scalar to_integer(const OptionSpec& spec, const Scalar& given) {
  if (const auto* real = std::get_if<double>(&given); real && *real == std::trunc(*real) && std::abs(*real) < 9.0e15)
    return static_cast<std::int64_t>(*real);
  if (std::holds_alternative<std::int64_t>(given)) return given;
  throw ConfigError("option '" + std::string(spec.name) + "': expected a whole number");
}

/// `given` as the type of the option's default. Throws ConfigError.
inline Scalar typed(const OptionSpec& spec, Scalar given) {
  const auto wrong = [&](const char* expected) {
    return ConfigError("option '" + std::string(spec.name) + "': expected " + expected);
  };
  if (std::holds_alternative<bool>(spec.default_value)) {
    if (!std::holds_alternative<bool>(given)) throw wrong("true or false");
    return given;
  }
  if (std::holds_alternative<std::string_view>(spec.default_value)) {
    if (!std::holds_alternative<std::string>(given)) throw wrong("a text");
    check_choice(spec, std::get<std::string>(given));
    return given;
  }
  if (std::holds_alternative<std::int64_t>(spec.default_value)) {
    Scalar integer = to_integer(spec, given);
    check_range(spec, static_cast<double>(std::get<std::int64_t>(integer)));
    return integer;
  }
  if (const auto* integer = std::get_if<std::int64_t>(&given)) given = static_cast<double>(*integer);
  if (!std::holds_alternative<double>(given)) throw wrong("a number");
  check_range(spec, std::get<double>(given));
  return given;
}

inline Scalar default_of(const OptionSpec& spec) {
  return std::visit(
      [](const auto& value) -> Scalar {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string_view>) {
          return std::string(value);
        } else {
          return value;
        }
      },
      spec.default_value);
}

inline const OptionSpec* find_option(const std::vector<OptionSpec>& specs, std::string_view name) {
  for (const auto& spec : specs)
    if (spec.name == name) return &spec;
  return nullptr;
}

inline std::string option_names(const std::vector<OptionSpec>& specs) {
  std::string names;
  for (const auto& spec : specs) (names += names.empty() ? "" : ", ") += spec.name;
  return names.empty() ? "none" : names;
}

/// type, default and limits of one property of the schema.
inline std::string property_schema(const OptionSpec& spec) {
  struct Describe {
    std::string operator()(bool v) const { return std::string(R"("boolean","default":)") + (v ? "true" : "false"); }
    std::string operator()(std::int64_t v) const { return R"("integer","default":)" + std::to_string(v); }
    std::string operator()(double v) const { return R"("number","default":)" + number_text(v); }
    std::string operator()(std::string_view v) const { return R"("string","default":)" + quoted(v); }
  };
  std::string out = R"({"type":)" + std::visit(Describe{}, spec.default_value);
  out += R"(,"description":)" + quoted(spec.help);
  if (has_range(spec))
    out += R"(,"minimum":)" + number_text(spec.minimum) + R"(,"maximum":)" + number_text(spec.maximum);
  if (!spec.choices.empty()) {
    std::string choices;
    for (const auto choice : spec.choices) (choices += choices.empty() ? "" : ",") += quoted(choice);
    out += R"(,"enum":[)" + choices + "]";
  }
  return out + "}";
}

}  // namespace detail

inline Options::Options(const std::vector<OptionSpec>& specs, std::string_view config_json) {
  if (!config_json.empty()) {
    detail::FlatObjectReader{config_json}.each_member([&](std::string name, Value given) {
      const auto* spec = detail::find_option(specs, name);
      if (spec == nullptr) throw ConfigError("unknown option '" + name + "'; known: " + detail::option_names(specs));
      if (values_.contains(name)) throw ConfigError("option '" + name + "' is given twice");
      values_.emplace(std::move(name), detail::typed(*spec, std::move(given)));
    });
  }
  for (const auto& spec : specs) values_.try_emplace(std::string(spec.name), detail::default_of(spec));
}

inline const Options::Value& Options::at(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end())
    throw std::logic_error("the analyzer reads option '" + std::string(name) + "', which describe() does not declare");
  return found->second;
}

inline std::string options_schema(const std::vector<OptionSpec>& specs) {
  std::string properties;
  for (const auto& spec : specs)
    (properties += properties.empty() ? "" : ",") += detail::quoted(spec.name) + ":" + detail::property_schema(spec);
  return R"({"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","additionalProperties":false,)"
         R"("properties":{)" +
         properties + "}}";
}

}  // namespace sdk_v1
}  // namespace pedigree
