// SPDX-License-Identifier: MIT
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "foreign_file.hpp"
#include "pedigree/io/json.hpp"
#include "pedigree/io/safetensors.hpp"

namespace pedigree::io {
namespace {

constexpr std::size_t kMaximumIndex = std::size_t{256} << 20;

/// A shard lies beside its index: anything that could leave the folder is refused.
bool is_plain_file_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.size() <= 255 &&
         name.find_first_of(std::string_view{"/\\\0", 3}) == std::string_view::npos;
}

void note_total_size(const nlohmann::json& document, const std::string& file, SafetensorsIndex& index) {
  const auto metadata = document.find("metadata");
  if (metadata == document.end() || !metadata->is_object() || !metadata->contains("total_size")) {
    index.notices.push_back({"INDEX_TOTAL_SIZE", file, "the index does not say total_size"});
    return;
  }
  const auto& value = (*metadata)["total_size"];
  const auto size = json_integer(value);
  if (size && *size >= 0) index.total_size = static_cast<std::uint64_t>(*size);
  if (!size || *size < 0 || !value.is_number_integer())
    index.notices.push_back(
        {"INDEX_TOTAL_SIZE", file, "total_size is " + json_excerpt(value) + ", not a whole number"});
}

}  // namespace

Result<SafetensorsIndex> read_safetensors_index(const ByteSource& source) {
  const auto fail = [&](std::string code, std::string place, std::string message, std::string hint) {
    return Error{std::move(code), source.name(), std::move(place), std::move(message), std::move(hint)};
  };
  if (source.size() > kMaximumIndex)
    return fail("INDEX_JSON", "", "the index has " + std::to_string(source.size()) + " bytes",
                "at most 256 MiB are read");
  std::string text(static_cast<std::size_t>(source.size()), '\0');
  if (auto read = source.read(0, std::as_writable_bytes(std::span{text})); !read) return read.error();
  if (auto foreign = foreign_file(std::string_view{text}.substr(0, 64), source.name())) return *foreign;
  JsonLimits limits;
  limits.bytes = kMaximumIndex;
  limits.values = 8'000'000;
  const auto document = parse_json(text, limits, source.name());
  if (!document)
    return fail("INDEX_JSON", document.error().place, document.error().message + " [" + document.error().code + "]",
                document.error().hint);
  if (!document->is_object() || !document->contains("weight_map") || !(*document)["weight_map"].is_object())
    return fail("INDEX_JSON", "/weight_map", "the object weight_map is missing", "this is no shard index");
  SafetensorsIndex index;
  note_total_size(*document, source.name(), index);
  for (const auto& [tensor, file] : (*document)["weight_map"].items()) {
    if (!file.is_string())
      return fail("INDEX_JSON", "/weight_map/" + tensor.substr(0, 120), json_excerpt(file) + " stands for a file name",
                  "");
    const auto& name = file.get_ref<const std::string&>();
    if (!is_plain_file_name(name))
      return fail("INDEX_PATH", "/weight_map/" + tensor.substr(0, 120),
                  json_excerpt(file) + " is no plain file name; a shard lies beside its index",
                  "the index was made to read other files; do not use it");
    index.weight_map.emplace_back(tensor, name);
  }
  std::sort(index.weight_map.begin(), index.weight_map.end());
  return index;
}

}  // namespace pedigree::io
