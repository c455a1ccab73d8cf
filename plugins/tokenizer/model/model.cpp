// SPDX-License-Identifier: MIT
#include "plugins/tokenizer/model/model.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "pedigree/io/artifact_role.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::tokenizer {
namespace {
using nlohmann::json;

std::string text_of(const json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string{};
}

std::optional<std::int64_t> integer_of(const json& object, const char* key) {
  const auto it = object.find(key);
  return it == object.end() ? std::nullopt : io::json_integer(*it);
}

std::optional<TokenizerFacts> read_facts(const Artifact& artifact) {
  const auto document = io::parse_json(artifact.bytes, {}, artifact.name);
  if (!document || !document->is_object()) return std::nullopt;
  TokenizerFacts facts;
  facts.file_vocab_size = integer_of(*document, "file_vocab_size");
  facts.config_vocab_size = integer_of(*document, "config_vocab_size");
  facts.base = text_of(*document, "base");
  facts.chat_style = text_of(*document, "chat_style");
  const auto list = document->find("published_overlaps");
  if (list == document->end() || !list->is_array()) return facts;
  for (const auto& item : *list) {
    if (!item.is_object()) continue;
    PublishedOverlap overlap{text_of(item, "with"), integer_of(item, "tokens"), integer_of(item, "merges"), {}};
    if (const auto it = item.find("positionwise"); it != item.end()) overlap.positionwise = io::json_number(*it);
    if (!overlap.with.empty()) facts.published.push_back(std::move(overlap));
  }
  return facts;
}

}  // namespace

std::string Model::why_not() const {
  if (tokenizer) return {};
  return error ? error->text() : "no tokenizer at hand";
}

Model load_model(const Request& request, std::string_view id) {
  Model model;
  model.id = id;
  const auto artifacts = request.artifacts_of(id);
  auto tokenizer = io::open_tokenizer(artifacts);
  if (tokenizer)
    model.tokenizer = std::move(*tokenizer);
  else if (tokenizer.error().code != "TOK_NONE" && tokenizer.error().code != "GGUF_NO_TOKENIZER")
    model.error = tokenizer.error();
  model.companions = io::read_companions(artifacts);
  for (const auto& artifact : artifacts)
    if (artifact.role == io::role::kTokenizerFacts && !model.facts) model.facts = read_facts(artifact);
  return model;
}

std::size_t real_size(const Model& model) {
  if (!model.tokenizer) return 0;
  const auto& t = *model.tokenizer;
  std::size_t beyond = 0;
  for (const auto& [id, token] : model.companions.declared) {
    std::size_t low = 0, high = t.size();  // ids ascend
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (t.id(middle) < id)
        low = middle + 1;
      else
        high = middle;
    }
    beyond += static_cast<std::size_t>(low == t.size() || t.id(low) != id);
  }
  return t.size() + beyond;
}

}  // namespace pedigree::tokenizer
