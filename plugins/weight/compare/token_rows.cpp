// SPDX-License-Identifier: MIT
#include "plugins/weight/compare/token_rows.hpp"

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

Matrix stacked(const Matrix& top, const Matrix& bottom) {
  Matrix out(top.rows() + bottom.rows(), top.cols());
  out << top, bottom;
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

/// Patch kernels: one row per (channel, offset), the same in every encoder of one patch size.
JoinedRows joined_kernels(const ModelView& subject, const ComponentView& a, const ModelView& reference,
                          const ComponentView& b, std::size_t limit) {
  JoinedRows out;
  if (!a.embedding.present() || !b.embedding.present() || a.embedding.inputs != b.embedding.inputs) return out;
  const auto positions = spread_indices(a.embedding.inputs, limit);
  out.join.basis = JoinBasis::kSameIds;
  for (const auto p : positions) out.join.tokens.push_back({p, p});
  out.subject_raw = load_columns(subject.store(), a.embedding, positions);
  out.reference_raw = load_columns(reference.store(), b.embedding, positions);
  return out;
}

}  // namespace

JoinedRows joined_rows(const ModelView& subject, const ComponentView& a, const ModelView& reference,
                       const ComponentView& b, std::size_t limit) {
  JoinedRows out;
  if (!a.embedding_rows_are_tokens) {
    out = joined_kernels(subject, a, reference, b, limit);
  } else if (a.embedding.present() && b.embedding.present()) {
    out.join = join_tokens(subject.tokenizer(), a.embedding.rows(), reference.tokenizer(), b.embedding.rows());
    const auto tokens = sample_tokens(out.join.tokens, limit);
    const auto at = rows_of(tokens, &JoinedToken::subject_row), bt = rows_of(tokens, &JoinedToken::reference_row);
    out.subject_raw = load_rows(subject.store(), a.embedding, at);
    out.reference_raw = load_rows(reference.store(), b.embedding, bt);
    if (!tokens.empty() && a.head.present() && b.head.present() && a.head.rows() == a.embedding.rows() &&
        b.head.rows() == b.embedding.rows()) {
      out.rows.subject = stacked(prepared(out.subject_raw), prepared(head_rows(subject, a, at)));
      out.rows.reference = stacked(prepared(out.reference_raw), prepared(head_rows(reference, b, bt)));
    }
  }
  out.sampled = static_cast<std::size_t>(out.subject_raw.rows());
  out.rows.tokens = out.subject_raw.rows();
  const bool read = out.rows.empty() && out.sampled > 0;
  Matrix few_a = few_rows(out.subject_raw), few_b = few_rows(out.reference_raw);
  if (read) {
    out.rows.subject = prepared(std::move(out.subject_raw));
    out.rows.reference = prepared(std::move(out.reference_raw));
  }
  out.subject_raw = std::move(few_a);
  out.reference_raw = std::move(few_b);
  return out;
}

}  // namespace pedigree::weight
