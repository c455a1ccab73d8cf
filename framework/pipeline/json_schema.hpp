// SPDX-License-Identifier: MIT
// The part of JSON Schema (draft 2020-12) that this project's own generators write.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace pedigree::pipeline {

struct SchemaProblem {
  std::string pointer;  ///< JSON pointer of the value; of the object for a missing key
  std::string keyword;  ///< "type" "enum" "const" "minimum" "maximum" "required" "additionalProperties" "anyOf" ...
  std::string message;
};

/// Checks a value. Understands type (one or a list), enum, const, minimum, maximum, pattern (on short texts), minItems,
/// items, properties, patternProperties (of the form ^prefix), required, additionalProperties, propertyNames with enum,
/// anyOf, oneOf, $ref to
/// #/$defs/NAME and boolean schemas; other keywords are ignored. An integer is a number without fraction. Depth is
/// limited to 64. Pure, thread-safe; a schema that is no object or boolean allows everything.
std::vector<SchemaProblem> check_schema(const nlohmann::json& value, const nlohmann::json& schema);

}  // namespace pedigree::pipeline
