// SPDX-License-Identifier: MIT
#include "plugins/tokenizer/analyzers/comparison_run.hpp"

#include <thread>

namespace pedigree::tokenizer {
namespace {

std::unique_ptr<Loaded> load(const Request& request, std::string_view id, const std::vector<io::Signature>& signatures,
                             Depth depth) {
  auto loaded = std::make_unique<Loaded>(request, id);
  if (depth == Depth::kProfiles && loaded->model.tokenizer)
    loaded->profile = std::make_unique<Profile>(*loaded->model.tokenizer, signatures);
  return loaded;
}

/// The first two models side by side when a second thread is allowed: most comparisons are one to one.
class Loader {
 public:
  Loader(const Request& request, const std::vector<io::Signature>& signatures, Depth depth)
      : request_(request), signatures_(signatures), depth_(depth), references_(request.references()) {
    if (request.max_threads() > 1 && !references_.empty())
      helper_ = std::jthread(
          [this] { keep([this] { ahead_ = load(request_, references_.front().id, signatures_, depth_); }); });
  }
  const std::vector<ModelRef>& references() const { return references_; }
  std::unique_ptr<Loaded> subject() { return load(request_, request_.subject().id, signatures_, depth_); }
  std::unique_ptr<Loaded> reference(std::size_t i) {
    if (i > 0 || !helper_.joinable()) return load(request_, references_[i].id, signatures_, depth_);
    helper_.join();
    if (failure_) std::rethrow_exception(failure_);
    return std::move(ahead_);
  }

 private:
  template <class F>
  void keep(F&& work) noexcept {
    try {
      work();
    } catch (...) {
      failure_ = std::current_exception();
    }
  }
  const Request& request_;
  const std::vector<io::Signature>& signatures_;
  Depth depth_;
  std::vector<ModelRef> references_;
  std::unique_ptr<Loaded> ahead_;
  std::exception_ptr failure_;
  std::jthread helper_;  // last: joins before what it writes is gone
};

void log_notices(const Host& host, const Model& model) {
  if (model.tokenizer)
    for (const auto& notice : model.tokenizer->notices()) host.warn(model.id + ": " + notice.message);
  for (const auto& notice : model.companions.notices) host.warn(model.id + ": " + notice.message);
}

}  // namespace

pedigree_status run_comparison(const Host& host, const Request& request, const std::vector<io::Signature>& signatures,
                               Depth depth, const ComparisonSteps& steps) {
  Loader loader{request, signatures, depth};
  const auto loaded = loader.subject();
  const Loaded& subject = *loaded;
  if (subject.model.error) throw InputError(subject.model.error->text());
  log_notices(host, subject.model);
  std::size_t found = steps.subject(subject);
  std::string reason = subject.model.tokenizer ? "" : "the subject: " + subject.model.why_not();
  const auto& references = loader.references();
  for (std::size_t i = 0; i < references.size(); ++i) {
    if (host.cancelled()) return PEDIGREE_CANCELLED;
    host.progress(static_cast<double>(i) / static_cast<double>(references.size()), references[i].id);
    const auto other = loader.reference(i);
    const Loaded& reference = *other;
    log_notices(host, reference.model);
    if (reference.model.error) host.warn(reference.model.id + ": " + reference.model.error->text());
    const std::size_t now = steps.pair(subject, reference);
    if (now == 0 && reason.empty() && !reference.model.tokenizer)
      reason = reference.model.id + ": " + reference.model.why_not();
    found += now;
  }
  host.progress(1, "compared");
  if (found > 0) return PEDIGREE_OK;
  host.set_error(reason.empty() ? "nothing to compare" : reason);
  return PEDIGREE_NOT_APPLICABLE;
}

}  // namespace pedigree::tokenizer
