// SPDX-License-Identifier: MIT
#include "sdk/conformance/mini_host.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string_view>

namespace pedigree::conformance {
namespace {

constexpr std::array<std::string_view, 9> kRelations{"identical",
                                                     "derived",
                                                     "partial",
                                                     "shared_initialization",
                                                     "tokenizer_reuse",
                                                     "architecture_reuse",
                                                     "behavioral_proximity",
                                                     "none",
                                                     "supports_from_scratch"};

struct Context {
  const pedigree_analyzer* analyzer;
  const std::vector<Model>* models;
  bool cancelled;
  std::mutex mutex{};  // the functions of the host may be called from any thread
  Observed observed{};
};

Context& of(pedigree_host_ctx* context) { return *reinterpret_cast<Context*>(context); }
std::string text(pedigree_str s) { return s.size == 0 ? std::string{} : std::string{s.data, s.size}; }
pedigree_str borrowed(const std::string& s) { return {s.data(), s.size()}; }

bool is_json_object(const std::string& json) {
  const auto parsed = nlohmann::json::parse(json, nullptr, false);
  return json.empty() || parsed.is_object();
}

/// nlohmann/json refuses to write text that is not UTF-8: a cheap test.
bool is_utf8(const std::string& text) {
  try {
    (void)nlohmann::json(text).dump();
    return true;
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

const pedigree_signal* find_signal(const pedigree_analyzer& analyzer, const std::string& id) {
  const auto* at = reinterpret_cast<const char*>(analyzer.signals);
  for (std::uint32_t i = 0; i < analyzer.signal_count; ++i, at += analyzer.signals->struct_size) {
    const auto* signal = reinterpret_cast<const pedigree_signal*>(at);
    if (text(signal->id) == id) return signal;
  }
  return nullptr;
}

bool is_reference(const std::vector<Model>& models, const std::string& id) {
  return id.empty() || std::any_of(models.begin() + 1, models.end(), [&](const auto& model) { return model.id == id; });
}

std::string violation(const Measurement& m, const Context& context) {
  const auto* signal = find_signal(*context.analyzer, m.signal);
  if (signal == nullptr) return "the signal is not declared";
  if (!std::isfinite(m.value)) return "its value is not finite";
  const double slack = 1e-9 * std::max({1.0, std::abs(signal->min_value), std::abs(signal->max_value)});
  if (m.value < signal->min_value - slack || m.value > signal->max_value + slack)
    return "its value is outside the declared range";
  if (!std::isfinite(m.log10_lr)) return "log10_lr is not finite";
  if (m.log10_p && !(std::isfinite(*m.log10_p) && *m.log10_p <= 0)) return "log10_p is not a finite number <= 0";
  if (std::find(kRelations.begin(), kRelations.end(), m.relation) == kRelations.end()) return "unknown relation";
  if (!is_reference(*context.models, m.reference)) return "'" + m.reference + "' is no reference of the request";
  if (m.component.empty()) return "the component is empty";
  for (const auto* field : {&m.component, &m.summary_key, &m.params, &m.details})
    if (!is_utf8(*field)) return "text that is not UTF-8";
  if (m.details.size() > (std::size_t{1} << 20)) return "details_json is larger than 1 MiB";
  if (!is_json_object(m.params)) return "params_json is no JSON object";
  if (!is_json_object(m.details)) return "details_json is no JSON object";
  return {};
}

pedigree_status emit(pedigree_host_ctx* ctx, const pedigree_evidence* raw) {
  auto& context = of(ctx);
  Measurement m{text(raw->signal),       text(raw->reference),
                text(raw->component),    text(raw->relation),
                text(raw->summary_key),  text(raw->params_json),
                text(raw->details_json), raw->value,
                raw->log10_lr,           {}};
  if ((raw->flags & PEDIGREE_EVIDENCE_HAS_P) != 0) m.log10_p = raw->log10_p;
  const std::scoped_lock lock{context.mutex};
  if (const auto broken = violation(m, context); !broken.empty()) {
    context.observed.violations.push_back("evidence of '" + m.signal + "': " + broken);
    return PEDIGREE_ERR_INPUT;
  }
  context.observed.measurements.push_back(std::move(m));
  return PEDIGREE_OK;
}

void progress(pedigree_host_ctx* ctx, double fraction, pedigree_str) {
  auto& context = of(ctx);
  const std::scoped_lock lock{context.mutex};
  auto& seen = context.observed.progress;
  if (!(fraction >= 0 && fraction <= 1))
    context.observed.violations.emplace_back("progress outside [0,1]");
  else if (!seen.empty() && fraction < seen.back())
    context.observed.violations.emplace_back("progress went back");
  seen.push_back(fraction);
}

pedigree_host host_of(Context& context, std::uint32_t size) {
  pedigree_host host{};
  host.struct_size = size;
  host.abi_minor = PEDIGREE_ABI_MINOR;
  host.ctx = reinterpret_cast<pedigree_host_ctx*>(&context);
  host.log = [](pedigree_host_ctx*, pedigree_level, pedigree_str) {};
  host.set_error = [](pedigree_host_ctx* c, pedigree_str m) {
    const std::scoped_lock lock{of(c).mutex};
    of(c).observed.error = text(m);
  };
  host.progress = progress;
  host.cancelled = [](pedigree_host_ctx* c) -> std::int32_t {
    const std::scoped_lock lock{of(c).mutex};
    ++of(c).observed.polls;
    return of(c).cancelled ? 1 : 0;
  };
  host.emit = emit;
  host.extension = [](pedigree_host_ctx*, pedigree_str) -> const void* { return nullptr; };
  return host;
}

/// Files in memory with a descriptor and a mapping each, as a worker has them. Given back at the end, so that a test
/// can count what a plugin leaves open.
class Opened {
 public:
  explicit Opened(const std::vector<Model>& models) {
    for (const auto& model : models)
      for (const auto& file : model.files) add(model, file);
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() {
    for (const auto& artifact : artifacts_) {
      if (artifact.data != nullptr) ::munmap(const_cast<std::uint8_t*>(artifact.data), artifact.size);
      ::close(artifact.fd);
    }
  }
  const std::vector<pedigree_artifact>& artifacts() const { return artifacts_; }

 private:
  void add(const Model& model, const File& file) {
    const int fd = ::memfd_create("pedigree-fixture", MFD_CLOEXEC);
    const auto size = file.bytes.size();
    if (fd < 0 || ::write(fd, file.bytes.data(), size) != static_cast<ssize_t>(size)) return;
    void* data = size == 0 ? nullptr : ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
    artifacts_.push_back({sizeof(pedigree_artifact), fd, borrowed(model.id), borrowed(file.role), borrowed(file.name),
                          data == MAP_FAILED ? nullptr : static_cast<const std::uint8_t*>(data), size});
  }
  std::vector<pedigree_artifact> artifacts_;
};

}  // namespace

Observed run(const pedigree_analyzer& analyzer, const std::vector<Model>& models, const RunSettings& settings) {
  Context context{&analyzer, &models, settings.cancelled};
  const pedigree_host host = host_of(context, settings.host_size);
  const Opened files{models};
  const std::string subject = "subject", suspect = "suspect";
  std::vector<pedigree_model> raw;
  for (const auto& model : models)
    raw.push_back({sizeof(pedigree_model), 0, borrowed(model.id), borrowed(raw.empty() ? subject : suspect)});
  const pedigree_request request{sizeof(pedigree_request),
                                 settings.threads,
                                 settings.seed,
                                 raw.data(),
                                 raw.size(),
                                 files.artifacts().data(),
                                 files.artifacts().size(),
                                 borrowed(settings.scratch_dir)};
  pedigree_instance* instance = nullptr;
  auto status = analyzer.create(&host, borrowed(settings.config), &instance);
  if (status == PEDIGREE_OK) {
    status = analyzer.run(instance, &request);
    analyzer.destroy(instance);
  }
  context.observed.status = status;
  return std::move(context.observed);
}

Observed create(const pedigree_analyzer& analyzer, const std::string& config) {
  const std::vector<Model> nobody{{"subject", {}}};
  Context context{&analyzer, &nobody, false};
  const pedigree_host host = host_of(context, sizeof(pedigree_host));
  pedigree_instance* instance = nullptr;
  context.observed.status = analyzer.create(&host, borrowed(config), &instance);
  if (context.observed.status == PEDIGREE_OK) analyzer.destroy(instance);
  return std::move(context.observed);
}

}  // namespace pedigree::conformance
