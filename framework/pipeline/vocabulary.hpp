// SPDX-License-Identifier: MIT
// The words of a pipeline file, declared once: the reader, the JSON Schema and the reference page follow from this
// table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pedigree::pipeline {

enum class Type {
  text,        ///< any text
  identifier,  ///< a name of letters, digits and . _ - / : @, without blanks
  schema,      ///< exactly kSchemaName
  boolean,
  integer,
  number,
  count,       ///< a number, or one with K M B T
  weight,      ///< a number, or very_high high medium low
  duration,    ///< 90s 20m 1h30m
  size,        ///< 512MiB 8GiB
  digest,      ///< sha256: and 64 digits
  choice,      ///< one of Field::choices
  path,        ///< text; relative to the file it stands in
  object,      ///< Field::object
  map_of,      ///< free keys, each value like Field::value
  list_of,     ///< list, each item like Field::value
  artifacts,   ///< roles to a path, a list of paths, or null
  references,  ///< a map or list of references, or `all`
  options,     ///< an analyzer's own options: checked against its schema
  free,        ///< any JSON: checked by another module
};

struct Object;

struct Field {
  std::string_view key;
  Type type = Type::text;
  std::string_view help;            ///< one sentence
  std::string_view fallback = {};   ///< JSON text of the default; empty: none
  bool required = false;            ///< of the merged pipeline
  double minimum = 0, maximum = 0;  ///< enforced when minimum < maximum
  std::vector<std::string_view> choices = {};
  const Object* object = nullptr;
  const Field* value = nullptr;
};

struct Object {
  std::string_view name;  ///< "a pipeline", for messages
  std::vector<Field> fields;

  const Field* find(std::string_view key) const;
  std::vector<std::string> keys() const;
};

inline constexpr std::string_view kSchemaName = "pedigree/pipeline/v1";

/// The root of the table. Immutable, thread-safe.
const Object& vocabulary();
/// One reference, as map value or list item.
const Object& reference_vocabulary();
/// Roles that `artifacts:` may name.
const std::vector<std::string>& artifact_roles();

/// "a number", "one of from_scratch, derived": what the field takes, for messages and the reference page.
std::string type_text(const Field& field);

}  // namespace pedigree::pipeline
