// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "pedigree/io/rate.hpp"
#include "plugins/weight/compare/watch.hpp"
#include "plugins/weight/merge/joint_fit.hpp"
#include "plugins/weight/model/model_view.hpp"
#include "plugins/weight/report/details.hpp"
#include "plugins/weight/report/run.hpp"

namespace pedigree::weight {
namespace {
using nlohmann::json;

constexpr std::uint64_t kValues = std::uint64_t{4} << 20;  // read of every model: enough for a weight of 0.001
constexpr std::uint64_t kMostRows = 256, kFewestRows = 4;
constexpr std::size_t kExperts = 4;
constexpr double kShown = 0.02;  // smaller weights are not told from what strangers share
constexpr double kErrors = 4;

/// Every matrix of every layer in one order, as stored: merges average what is in the files.
std::vector<const WeightRef*> matrices_of(const ComponentView& view) {
  std::vector<const WeightRef*> out;
  for (const auto& layer : view.layers) {
    for (const WeightRef* ref : {&layer.attention.q, &layer.attention.k, &layer.attention.v, &layer.attention.o})
      out.push_back(ref);
    for (std::size_t m = 0; m < layer.mlps.size() && m < kExperts; ++m)
      for (const WeightRef* ref : {&layer.mlps[m].gate, &layer.mlps[m].up, &layer.mlps[m].down}) out.push_back(ref);
  }
  return out;
}

bool same_shapes(const std::vector<const WeightRef*>& a, const std::vector<const WeightRef*>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const WeightRef* x, const WeightRef* y) {
    return x->rows() == y->rows() && x->inputs == y->inputs;
  });
}

struct Side {
  std::string id;
  ModelView model;
  std::vector<const WeightRef*> matrices;
};

class MergeRun {
 public:
  MergeRun(const Host& host, const Request& request) : host_(host), request_(request) {}

  pedigree_status run() {
    auto subject = side(request_.subject().id);
    if (!subject) return not_applicable("the subject has no layers that could be read");
    for (const auto& ref : request_.references()) add_reference(*subject, ref);
    if (references_.empty()) return not_applicable("no reference has layers of the subject's shapes");
    const auto products = read_products(*subject);
    if (products.size() < 2) return not_applicable("too few matrices of numbers to fit a weighted sum");
    tell(joint_fit(products), products.size());
    return PEDIGREE_OK;
  }

 private:
  pedigree_status not_applicable(std::string_view reason) {
    host_.set_error(reason);
    return PEDIGREE_NOT_APPLICABLE;
  }

  std::optional<Side> side(std::string_view id) const {
    auto model = ModelView::open(id, request_.artifacts_of(id));
    if (!model) return std::nullopt;
    Side out{std::string(id), std::move(*model), {}};
    const ComponentView* view = out.model.find(io::Component::kTextDecoder);
    if (view == nullptr || view->layers.empty()) return std::nullopt;
    out.matrices = matrices_of(*view);
    return out;
  }

  void add_reference(const Side& subject, const ModelRef& ref) {
    try {
      if (auto other = side(ref.id); other && same_shapes(subject.matrices, other->matrices))
        references_.push_back(std::move(*other));
    } catch (const InputError& e) {
      host_.warn(std::string("left out of the weighted sum: ") + e.what());
    }
  }

  static Eigen::VectorXd values(const Side& side, std::size_t at, const std::vector<std::uint32_t>& rows) {
    Matrix read = load_rows(side.model.store(), *side.matrices[at], rows);
    silence_non_finite_rows(read);
    return Eigen::Map<const Vector>(read.data(), read.size()).cast<double>();
  }

  std::vector<TensorProducts> read_products(const Side& subject) {
    std::uint64_t inputs = 0;
    for (const auto* ref : subject.matrices) inputs += ref->present() ? ref->inputs : 0;
    const std::uint64_t rows = std::clamp(kValues / std::max<std::uint64_t>(1, inputs), kFewestRows, kMostRows);
    std::vector<TensorProducts> out;
    const io::Rate rate;
    const auto n = static_cast<Eigen::Index>(references_.size());
    for (std::size_t m = 0; m < subject.matrices.size(); ++m) {
      if (host_.cancelled()) throw Cancelled{};
      host_.progress(static_cast<double>(m) / static_cast<double>(subject.matrices.size()),
                     "reading matrices: " + rate.of_pieces(m, subject.matrices.size()));
      if (!subject.matrices[m]->present()) continue;
      const auto picked = spread_indices(subject.matrices[m]->rows(), rows);
      const Eigen::VectorXd own = values(subject, m, picked);
      const double squares = own.squaredNorm();
      if (!(squares > 0)) continue;
      Eigen::MatrixXd others(own.size(), n);
      for (Eigen::Index r = 0; r < n; ++r) others.col(r) = values(references_[static_cast<std::size_t>(r)], m, picked);
      out.push_back({others.transpose() * others / squares, others.transpose() * own / squares});
    }
    return out;
  }

  void tell(const JointFit& fit, std::size_t tensors) {
    json all = json::object();
    std::size_t told = 0;
    for (std::size_t r = 0; r < references_.size(); ++r)
      all[references_[r].id] = {{"weight", rounded(fit.coefficient(static_cast<Eigen::Index>(r)))},
                                {"standard_error", rounded(fit.standard_error(static_cast<Eigen::Index>(r)))}};
    const json details{{"weights", all}, {"explained", rounded(fit.explained)}, {"matrices", tensors}};
    for (std::size_t r = 0; r < references_.size(); ++r) {
      const double weight = fit.coefficient(static_cast<Eigen::Index>(r));
      const double error = fit.standard_error(static_cast<Eigen::Index>(r));
      if (weight < kShown || weight < kErrors * error) continue;
      ++told;
      emit("merge.share", references_[r].id, weight,
           {{"reference", references_[r].id}, {"weight", rounded(weight)}, {"error", rounded(error)}}, fit, details);
    }
    if (told == 0) emit("merge.none", {}, 0, json::object(), fit, details);
  }

  void emit(const char* key, const std::string& reference, double value, json params, const JointFit& fit,
            const json& details) {
    params["count"] = references_.size();
    params["explained"] = rounded(fit.explained);
    Evidence e;
    e.signal = "weight.merge-share";
    e.reference = reference;
    e.component = component::kTextDecoder;
    e.value = std::clamp(value, 0.0, 10.0);
    e.summary_key = key;
    e.params_json = params.dump(-1, ' ', false, json::error_handler_t::replace);
    e.details_json = details.dump(-1, ' ', false, json::error_handler_t::replace);
    host_.emit(e);
  }

  const Host& host_;
  const Request& request_;
  std::vector<Side> references_;
};

}  // namespace

pedigree_status run_merge(const Host& host, const Request& request) {
  try {
    return MergeRun(host, request).run();
  } catch (const Cancelled&) {
    return PEDIGREE_CANCELLED;
  }
}

}  // namespace pedigree::weight
