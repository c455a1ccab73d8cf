// SPDX-License-Identifier: MIT
#include "plugins/weight/compare/token_rows.hpp"

#include <functional>

#include "plugins/weight/model/folding.hpp"

namespace pedigree::weight {
namespace {

std::vector<std::uint32_t> rows_of(const std::vector<JoinedToken>& tokens, std::uint32_t JoinedToken::*side) {
  std::vector<std::uint32_t> out;
  for (const auto& token : tokens) out.push_back(token.*side);
  return out;
}

Matrix head_rows(const ModelView& model, const ComponentView& c, const std::vector<std::uint32_t>& rows) {
  Matrix out = load_rows(model.store(), c.head, rows);
  norm_fold(model.store(), c, c.final_norm, nullptr).fold_readers(out);
  return out;
}

Matrix prepared(Matrix rows) {
  silence_non_finite_rows(rows);
  centre_and_normalise_rows(rows);
  return rows;
}

/// Enough for a spectrum, few enough to keep beside the prepared rows.
Matrix few_rows(const Matrix& rows) {
  constexpr std::uint64_t kRows = 2048;
  const auto picked = spread_indices(static_cast<std::uint64_t>(rows.rows()), kRows);
  Matrix out(static_cast<Index>(picked.size()), rows.cols());
  for (std::size_t i = 0; i < picked.size(); ++i)
    out.row(static_cast<Index>(i)) = rows.row(static_cast<Index>(picked[i]));
  return out;
}

/// Embedding rows, over head rows where there are any, ready for comparison; a few as stored go to `raw`.
/// Each part is read when its place is ready: of a wide model one part is a good share of all memory.
Matrix side(Matrix embedding, Matrix& raw, const std::function<Matrix()>& head = {}) {
  raw = few_rows(embedding);
  if (!head) return prepared(std::move(embedding));
  const Index count = embedding.rows();
  Matrix out(2 * count, embedding.cols());
  out.topRows(count) = prepared(std::move(embedding));
  embedding.resize(0, 0);
  out.bottomRows(count) = prepared(head());
  return out;
}

bool heads_join(const ComponentView& a, const ComponentView& b) {
  const auto joins = [](const ComponentView& c) {
    return c.head.present() && c.head.rows() == c.embedding.rows() && c.head.inputs == c.embedding.inputs;
  };
  return joins(a) && joins(b);
}

/// Patch kernels: one row per (channel, offset), the same in every encoder of one patch size.
JoinedRows joined_kernels(const ModelView& subject, const ComponentView& a, const ModelView& reference,
                          const ComponentView& b, std::size_t limit) {
  JoinedRows out;
  if (!a.embedding.present() || !b.embedding.present() || a.embedding.inputs != b.embedding.inputs) return out;
  const auto positions = spread_indices(a.embedding.inputs, limit);
  out.join.basis = JoinBasis::kSameIds;
  for (const auto p : positions) out.join.tokens.push_back({p, p});
  out.rows.subject = side(load_columns(subject.store(), a.embedding, positions), out.subject_raw);
  out.rows.reference = side(load_columns(reference.store(), b.embedding, positions), out.reference_raw);
  out.rows.tokens = out.rows.subject.rows();
  return out;
}

JoinedRows joined_tokens(const ModelView& subject, const ComponentView& a, const ModelView& reference,
                         const ComponentView& b, std::size_t limit) {
  JoinedRows out;
  if (!a.embedding.present() || !b.embedding.present()) return out;
  out.join = join_tokens(subject.tokenizer(), a.embedding.rows(), reference.tokenizer(), b.embedding.rows());
  const auto tokens = sample_tokens(out.join.tokens, limit);
  if (tokens.empty()) return out;
  const auto at = rows_of(tokens, &JoinedToken::subject_row), bt = rows_of(tokens, &JoinedToken::reference_row);
  std::function<Matrix()> head_a, head_b;
  if (heads_join(a, b)) {
    head_a = [&] { return head_rows(subject, a, at); };
    head_b = [&] { return head_rows(reference, b, bt); };
  }
  out.rows.subject = side(load_rows(subject.store(), a.embedding, at), out.subject_raw, head_a);
  out.rows.reference = side(load_rows(reference.store(), b.embedding, bt), out.reference_raw, head_b);
  out.rows.tokens = static_cast<Index>(tokens.size());
  return out;
}

}  // namespace

JoinedRows joined_rows(const ModelView& subject, const ComponentView& a, const ModelView& reference,
                       const ComponentView& b, std::size_t limit) {
  JoinedRows out = a.embedding_rows_are_tokens ? joined_tokens(subject, a, reference, b, limit)
                                               : joined_kernels(subject, a, reference, b, limit);
  out.sampled = static_cast<std::size_t>(out.rows.tokens);
  return out;
}

}  // namespace pedigree::weight
