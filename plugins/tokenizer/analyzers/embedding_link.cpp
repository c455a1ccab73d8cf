// SPDX-License-Identifier: MIT
#include "plugins/tokenizer/analyzers/embedding_link.hpp"

#include <algorithm>
#include <cmath>

#include "pedigree/io/tensor_role.hpp"
#include "pedigree/io/tensor_store.hpp"
#include "plugins/tokenizer/analyzers/finding.hpp"
#include "plugins/tokenizer/analyzers/roles.hpp"
#include "plugins/tokenizer/ancestry/ancestry.hpp"
#include "plugins/tokenizer/embedding/rows.hpp"
#include "plugins/tokenizer/model/model.hpp"

namespace pedigree::tokenizer {
namespace {
using nlohmann::json;

constexpr std::uint64_t kMostColumns = 1u << 17;
constexpr std::uint64_t kMostRows = 1u << 23;
constexpr std::size_t kChunkBytes = std::size_t{8} << 20;
constexpr std::size_t kMostListed = 50;
constexpr std::size_t kNear = 32;  ///< rows between a jump and the id where it was expected

const io::TensorInfo* embedding_of(const io::TensorStore& store) {
  for (const auto& tensor : store.tensors()) {
    const auto role = io::role_of_tensor(tensor.name);
    if (role.component == io::Component::kEmbedding && role.role == io::Role::kEmbedding &&
        role.part == io::Part::kWeight && tensor.shape.size() == 2)
      return &tensor;
  }
  return nullptr;
}

/// Reads whole rows in chunks; a failure is kept in `failure`.
RowPass pass_over(const io::TensorStore& store, const io::TensorInfo& tensor, const Host& host, std::string& failure) {
  return [&store, &tensor, &host, &failure](const RowVisitor& visit) {
    const auto columns = static_cast<std::size_t>(tensor.columns());
    const std::size_t rows = static_cast<std::size_t>(tensor.rows());
    const std::size_t at_once = std::max<std::size_t>(1, kChunkBytes / (columns * sizeof(float)));
    std::vector<float> buffer;
    for (std::size_t row = 0; row < rows; row += at_once) {
      if (host.cancelled()) return false;
      const std::size_t count = std::min(at_once, rows - row);
      buffer.resize(count * columns);
      if (auto status = store.read_floats(tensor, row * columns, buffer); !status) {
        failure = status.error().text();
        return false;
      }
      for (std::size_t i = 0; i < count; ++i) visit(row + i, std::span{buffer}.subspan(i * columns, columns));
    }
    return true;
  };
}

/// Rows without a token, and reserved slots.
std::vector<std::size_t> unused_rows(const Model& model, std::size_t rows) {
  std::vector<bool> has_token(rows);
  const auto& t = *model.tokenizer;
  for (std::size_t i = 0; i < t.size(); ++i)
    if (t.id(i) < rows && t.kind(i) != io::TokenKind::kUnused) has_token[t.id(i)] = true;
  for (const auto& [id, token] : model.companions.declared)
    if (id < rows && !std::any_of(token.text.begin(), token.text.end(), [](char c) { return c == '\0'; }))
      has_token[id] = has_token[id] || token.text.find("reserved") == std::string::npos;
  std::vector<std::size_t> out;
  for (std::size_t row = 0; row < rows; ++row)
    if (!has_token[row]) out.push_back(row);
  return out;
}

/// The id from which on the vocabulary is the model's own: nearly all before belong to an ancestor,
/// nearly none after. Nothing when the ids do not part like that.
std::optional<std::size_t> own_from(const io::Tokenizer& t, const Ancestry& ancestry) {
  std::size_t members = 0, core = 0, last = 0;
  for (std::size_t i = 0; i < t.size(); ++i) {
    if (!t.is_core(i)) continue;
    ++core;
    if (ancestry.members[i] == 0) continue;
    ++members;
    last = t.id(i) + std::size_t{1};
  }
  if (members == 0 || members == core) return std::nullopt;
  std::size_t own_before = 0;
  for (std::size_t i = 0; i < t.size(); ++i)
    own_before += static_cast<std::size_t>(t.is_core(i) && t.id(i) < last && ancestry.members[i] == 0);
  if (own_before * 20 > members) return std::nullopt;
  return last;
}

void emit_untrained(const Host& host, const RowStatistics& rows, const Model& model, std::size_t unused) {
  const auto total = rows.norm.size();
  const auto untrained =
      static_cast<std::size_t>(std::count(rows.never_trained.begin(), rows.never_trained.end(), true));
  json listed = json::array();
  const auto& t = *model.tokenizer;
  for (std::size_t i = 0; i < t.size() && listed.size() < kMostListed; ++i)
    if (t.is_core(i) && t.id(i) < total && rows.never_trained[t.id(i)])
      listed.push_back({{"id", t.id(i)}, {"token", std::string{t.bytes(i)}}});
  const double share = total == 0 ? 0 : static_cast<double>(untrained) / static_cast<double>(total);
  emit(host, {.signal = "tokenizer.untrained-rows",
              .reference = "",
              .value = share,
              .summary_key = "tokenizer.untrained-rows",
              .params = {{"rows", total},
                         {"untrained", untrained},
                         {"share", share},
                         {"unused", unused},
                         {"zero", rows.zero},
                         {"repeated", rows.repeated},
                         {"near", rows.near_unused}},
              .details = {{"learned_tokens_never_trained", std::move(listed)}, {"broken_rows", rows.broken}},
              .component = component::kEmbedding});
}

void emit_boundary(const Host& host, const RowStatistics& rows, std::optional<std::size_t> expected) {
  const auto found = find_boundary(rows);
  json params{
      {"row", found ? found->row : 0}, {"effect", found ? found->effect : 0.0}, {"expected", expected.value_or(0)}};
  const auto distance = [&] { return found->row > *expected ? found->row - *expected : *expected - found->row; };
  const std::string_view key = !found                            ? "tokenizer.added-boundary.none"
                               : expected && distance() <= kNear ? "tokenizer.added-boundary.matches"
                                                                 : "tokenizer.added-boundary";
  emit(host, {.signal = "tokenizer.added-boundary",
              .reference = "",
              .value = found ? found->effect : 0,
              .summary_key = key,
              .params = params,
              .details = {{"expected_from_vocabulary", expected ? json(*expected) : json(nullptr)}},
              .component = component::kEmbedding});
}

pedigree_status not_applicable(const Host& host, const std::string& reason) {
  host.set_error(reason);
  return PEDIGREE_NOT_APPLICABLE;
}

}  // namespace

Descriptor EmbeddingLinkAnalyzer::describe() {
  auto roles = tokenizer_roles();
  roles.insert(roles.end(), {io::role::kWeights, io::role::kWeightsIndex});
  return {"tokenizer.embedding-link",
          "Links the vocabulary to the embedding: which rows were ever trained, where rows were added later.",
          PEDIGREE_KIND_TOKENIZER,
          PEDIGREE_FLAG_DETERMINISTIC,
          {{"tokenizer.untrained-rows", "fraction", "Share of embedding rows that were never trained.", 0, 1},
           {"tokenizer.added-boundary", "standard deviations",
            "Largest jump of the level of row norms: where rows were added later.", 0, 1e9}},
          roles,
          {}};
}

EmbeddingLinkAnalyzer::EmbeddingLinkAnalyzer(const Options&) : signatures_(shipped_signatures()) {}

pedigree_status EmbeddingLinkAnalyzer::run(const Host& host, const Request& request) {
  const auto id = request.subject().id;
  const Model model = load_model(request, id);
  if (model.error) throw InputError(model.error->text());
  if (!model.tokenizer) return not_applicable(host, "the subject: " + model.why_not());
  const auto store = io::TensorStore::open(request.artifacts_of(id));
  if (!store) return not_applicable(host, "no tensors at hand: " + store.error().text());
  const auto* embedding = embedding_of(*store);
  if (embedding == nullptr) return not_applicable(host, "no token embedding among the tensors");
  if (embedding->columns() == 0 || embedding->columns() > kMostColumns || embedding->rows() > kMostRows)
    return not_applicable(host, "the token embedding has an unusual shape");
  const auto rows = static_cast<std::size_t>(embedding->rows());
  const auto unused = unused_rows(model, rows);
  std::string failure;
  const auto statistics = find_untrained(rows, static_cast<std::size_t>(embedding->columns()),
                                         pass_over(*store, *embedding, host, failure), unused);
  if (!statistics && host.cancelled()) return PEDIGREE_CANCELLED;
  if (!statistics) return not_applicable(host, failure);
  emit_untrained(host, *statistics, model, unused.size());
  emit_boundary(host, *statistics, own_from(*model.tokenizer, ancestry_of(*model.tokenizer, signatures_)));
  host.progress(1, "rows read");
  return PEDIGREE_OK;
}

}  // namespace pedigree::tokenizer
