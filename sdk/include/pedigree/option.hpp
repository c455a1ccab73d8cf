// SPDX-License-Identifier: MIT
// pedigree/option.hpp - an analyzer's options: declared once, they become the parser's table, the
// defaults, the JSON Schema of the manifest and the table in the documentation.
#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pedigree {
inline namespace sdk_v1 {

/// Thrown for a bad option; becomes PEDIGREE_ERR_CONFIG at the boundary.
struct ConfigError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One option of an analyzer. The default's type is the option's type.
struct OptionSpec {
  std::string_view name;
  std::variant<bool, std::int64_t, double, std::string_view> default_value;
  std::string_view help;                    ///< one sentence with the unit
  double minimum = 0, maximum = 0;          ///< numbers: enforced when minimum < maximum
  std::vector<std::string_view> choices{};  ///< text: enforced when not empty
};

/// Values of an analyzer's options: what the pipeline's `with:` says over the defaults.
class Options {
 public:
  /// config_json: a flat JSON object of scalars (empty text means {}). Throws ConfigError for an
  /// unknown name, a wrong type, a value out of range, a duplicate or malformed JSON.
  Options(const std::vector<OptionSpec>& specs, std::string_view config_json);

  bool boolean(std::string_view name) const { return std::get<bool>(at(name)); }
  std::int64_t integer(std::string_view name) const { return std::get<std::int64_t>(at(name)); }
  double number(std::string_view name) const { return std::get<double>(at(name)); }
  const std::string& text(std::string_view name) const { return std::get<std::string>(at(name)); }

 private:
  using Value = std::variant<bool, std::int64_t, double, std::string>;
  const Value& at(std::string_view name) const;

  std::map<std::string, Value, std::less<>> values_;
};

/// JSON Schema (draft 2020-12) of a table of options: an object, additionalProperties false, every
/// property with type, description and default.
std::string options_schema(const std::vector<OptionSpec>& specs);

}  // namespace sdk_v1
}  // namespace pedigree

#include "pedigree/detail/option_impl.hpp"
