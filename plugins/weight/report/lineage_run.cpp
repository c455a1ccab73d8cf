// SPDX-License-Identifier: MIT
#include <algorithm>

#include "plugins/weight/model/folding.hpp"
#include "plugins/weight/report/dead_blocks.hpp"
#include "plugins/weight/report/evidence.hpp"
#include "plugins/weight/report/run.hpp"

namespace pedigree::weight {
namespace {

UntrainedTokens untrained_rows(const ModelView& a, const ComponentView& ca, const ModelView& b, const ComponentView& cb,
                               const Watch& watch) {
  if (!ca.embedding.present() || !cb.embedding.present() || !ca.embedding_rows_are_tokens) return {};
  const TokenJoin join = join_tokens(a.tokenizer(), ca.embedding.rows(), b.tokenizer(), cb.embedding.rows());
  std::vector<std::uint32_t> rows_a, rows_b;
  for (const auto& token : sample_tokens(join.never_trained, 512)) {
    rows_a.push_back(token.subject_row);
    rows_b.push_back(token.reference_row);
  }
  if (rows_a.size() < 8) return {};
  return compare_untrained(load_rows(a.store(), ca.embedding, rows_a), load_rows(b.store(), cb.embedding, rows_b),
                           watch.seed);
}

/// A few unit rows of every layer, all in one length: what the picture of layers is drawn from.
LayerPlane plane_of(const PreparedComponent& a, const PreparedComponent& b) {
  constexpr Index kUnits = 16, kColumns = 128;
  if (a.view->hidden != b.view->hidden) return {};
  std::vector<const LayerUnits::Block*> blocks;
  std::size_t subject_layers = 0;
  for (const auto* side : {&a, &b}) {
    std::size_t next = 0;
    for (const auto& block : side->units.blocks)
      if (block.layer == next && block.parts.up.rows() >= kUnits) {
        blocks.push_back(&block);
        ++next;
      }
    if (side == &a) subject_layers = blocks.size();
  }
  if (subject_layers == 0 || blocks.size() == subject_layers || blocks.size() > 512) return {};
  const Index columns = std::min<Index>(kColumns, static_cast<Index>(a.view->hidden));
  Matrix features(static_cast<Index>(blocks.size()), kUnits * columns);
  for (std::size_t i = 0; i < blocks.size(); ++i)
    for (Index u = 0; u < kUnits; ++u)
      features.row(static_cast<Index>(i)).segment(u * columns, columns) = blocks[i]->parts.up.row(u).head(columns);
  return layer_plane(features, subject_layers);
}

class LineageRun {
 public:
  LineageRun(const Host& host, const Request& request, std::uint64_t max_units)
      : host_(host), request_(request), watch_(watch_of(host, request)), max_units_(max_units) {}

  pedigree_status run() {
    const std::string subject_id(request_.subject().id);
    if (request_.references().empty()) return not_applicable("there is no reference to compare with");
    const auto subject = ModelView::open(subject_id, request_.artifacts_of(request_.subject().id));
    if (!subject)
      return not_applicable(subject_id + ": " + ModelView::why_not(request_.artifacts_of(request_.subject().id)));
    tell_notices(*subject);
    std::string reason;
    const auto references = request_.references();
    for (std::size_t i = 0; i < references.size(); ++i) {
      watch_.report(static_cast<double>(i) / static_cast<double>(references.size()),
                    "opening " + std::string(references[i].id));
      const auto all = static_cast<double>(references.size());
      compare(*subject, references[i], watch_.part(static_cast<double>(i) / all, static_cast<double>(i + 1) / all),
              reason);
    }
    check_unchanged(*subject);
    return emitted_ > 0 ? PEDIGREE_OK : not_applicable(reason);
  }

 private:
  pedigree_status not_applicable(std::string_view reason) {
    host_.set_error(reason);
    return PEDIGREE_NOT_APPLICABLE;
  }

  PreparedComponent prepare(const ModelView& model, const ComponentView& view, const SamplePlan& plan,
                            const Watch& watch) {
    PreparedComponent prepared{&model, &view, plan, read_layer_units(model, view, plan, watch)};
    drop_dead_blocks(host_, model.id(), prepared.units);
    return prepared;
  }

  void tell_notices(const ModelView& model) {
    for (const auto& notice : model.store().notices())
      host_.warn(model.id() + ": " + notice.file + ": " + notice.message + " [" + notice.code + "]");
    if (!model.dead_embeddings().empty())
      host_.warn(model.id() + ": the token embedding of " + model.dead_embeddings() +
                 " holds mostly zeros, NaN or infinity; it is left out");
    if (model.unknown_tensors() > 0)
      host_.warn(model.id() + ": " + std::to_string(model.unknown_tensors()) +
                 " tensors have names and shapes that no rule knows; they are not compared layer by layer");
  }

  void check_unchanged(const ModelView& model) {
    if (const auto status = model.store().unchanged(); !status.ok()) throw InputError(status.error().text());
  }

  /// One component of both models is held at a time.
  void compare(const ModelView& subject_model, const ModelRef& ref, const Watch& watch, std::string& reason) {
    const auto artifacts = request_.artifacts_of(ref.id);
    const auto reference = ModelView::open(ref.id, artifacts);
    if (!reference) {
      reason = std::string(ref.id) + ": " + ModelView::why_not(artifacts);
      return;
    }
    tell_notices(*reference);
    const auto& components = subject_model.components();
    for (std::size_t i = 0; i < components.size(); ++i) {
      const auto all = static_cast<double>(components.size());
      const Watch stage = watch.part(static_cast<double>(i) / all, static_cast<double>(i + 1) / all);
      const ComponentView* view = reference->find(components[i].component);
      if (view == nullptr) continue;
      ComponentReport report;
      report.reference = ref.id;
      report.component = io::to_text(components[i].component);
      SamplePlan plan;
      plan.units = max_units_;
      plan = fitted(plan, components[i], *view);
      const PreparedComponent subject = prepare(subject_model, components[i], plan, stage.part(0, 0.1));
      const PreparedComponent other = prepare(*reference, *view, plan, stage.part(0.1, 0.2));
      report.finding = compare_component(subject, other, stage.part(0.2, 1));
      if (!report.finding.comparable && !report.finding.embedding.present) continue;
      report.judgement = judge(report.finding);
      if (report.finding.stopped) {
        emit_component(host_, report);
        throw Cancelled{};
      }
      report.untrained = untrained_rows(*subject.model, *subject.view, *reference, *view, watch_);
      report.plane = plane_of(subject, other);
      emit_component(host_, report);
      ++emitted_;
    }
    if (emitted_ == 0) reason = "the two models have no component in common whose layers could be read";
    check_unchanged(*reference);
  }

  const Host& host_;
  const Request& request_;
  Watch watch_;
  std::uint64_t max_units_;
  std::size_t emitted_ = 0;
};

}  // namespace

pedigree_status run_lineage(const Host& host, const Request& request, std::uint64_t max_units) {
  try {
    return LineageRun(host, request, max_units).run();
  } catch (const Cancelled&) {
    return PEDIGREE_CANCELLED;
  }
}

}  // namespace pedigree::weight
