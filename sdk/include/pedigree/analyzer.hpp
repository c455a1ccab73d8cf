// SPDX-License-Identifier: MIT
// pedigree/analyzer.hpp - header-only C++20 SDK over pedigree/abi.h. An author writes one class per
// analyzer and one PEDIGREE_PLUGIN line; nothing declared here crosses the boundary.
#pragma once

#include <exception>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "pedigree/abi.h"
#include "pedigree/evidence.hpp"
#include "pedigree/option.hpp"

namespace pedigree {
inline namespace sdk_v1 {

/// Thrown for an artifact that is missing, truncated or malformed; becomes PEDIGREE_ERR_INPUT.
struct InputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Thrown when a limit of memory, disk or time is reached; becomes PEDIGREE_ERR_RESOURCE.
struct ResourceError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The host, as an analyzer sees it. Copyable, thread-safe, valid while the analyzer lives.
class Host {
 public:
  explicit Host(const pedigree_host* host) noexcept : host_(host) {}

  void log(pedigree_level level, std::string_view message) const { host_->log(host_->ctx, level, to_abi(message)); }
  void warn(std::string_view message) const { log(PEDIGREE_WARN, message); }
  /// True once the run should stop; poll at least every second and return PEDIGREE_CANCELLED.
  bool cancelled() const { return host_->cancelled(host_->ctx) != 0; }
  /// fraction in [0,1], never decreasing; phase is shown beside the bar.
  void progress(double fraction, std::string_view phase) const {
    host_->progress(host_->ctx, fraction, to_abi(phase));
  }
  /// Hands one measurement over. Throws std::logic_error when the host refuses it (undeclared
  /// signal, number not finite): a bug of the analyzer. Throws ResourceError when the run's 64 MiB
  /// of evidence are used up.
  void emit(const Evidence& e) const {
    pedigree_evidence raw{};
    raw.struct_size = sizeof raw;
    raw.flags = e.log10_p ? PEDIGREE_EVIDENCE_HAS_P : 0u;
    raw.signal = to_abi(e.signal);
    raw.reference = to_abi(e.reference);
    raw.component = to_abi(e.component);
    raw.value = e.value;
    raw.log10_lr = e.log10_lr;
    raw.log10_p = e.log10_p.value_or(0.0);
    raw.relation = to_abi(e.relation);
    raw.summary_key = to_abi(e.summary_key);
    raw.params_json = to_abi(e.params_json);
    raw.details_json = to_abi(e.details_json);
    const pedigree_status status = host_->emit(host_->ctx, &raw);
    if (status == PEDIGREE_ERR_RESOURCE) throw ResourceError("the host has no room for more evidence of this run");
    if (status != PEDIGREE_OK)
      throw std::logic_error("the host refused evidence of signal '" + e.signal + "'");
  }
  /// The reason behind a negative status or NOT_APPLICABLE, for people.
  void set_error(std::string_view message) const noexcept { host_->set_error(host_->ctx, to_abi(message)); }
  const void* extension(std::string_view id) const { return host_->extension(host_->ctx, to_abi(id)); }

 private:
  const pedigree_host* host_;
};

/// One model of a request.
struct ModelRef {
  std::string_view id;
  std::string_view role;  ///< "subject" "suspect" "control" "ancestor"
};

/// One file of one model; views are valid during run().
struct Artifact {
  std::string_view model;
  std::string_view role;
  std::string_view name;
  int fd = -1;  ///< for pread; -1 when only `bytes` exists
  std::string_view bytes;
  /// True when the bytes are facts of the catalog, not a file of the model's maker.
  bool from_catalog() const { return name.starts_with("catalog:"); }
};

/// What to analyse. models[0] is the subject, the others are references.
class Request {
 public:
  explicit Request(const pedigree_request& raw) : seed_(raw.seed), max_threads_(raw.max_threads) {
    each(raw.models, raw.model_count,
         [&](const pedigree_model& m) { models_.push_back({view(m.id), view(m.role)}); });
    each(raw.artifacts, raw.artifact_count, [&](const pedigree_artifact& a) {
      artifacts_.push_back({view(a.model), view(a.role), view(a.name), a.fd,
                            {reinterpret_cast<const char*>(a.data), static_cast<std::size_t>(a.size)}});
    });
    if (PEDIGREE_HAS(&raw, scratch_dir)) scratch_dir_ = view(raw.scratch_dir);
  }

  const ModelRef& subject() const { return models_.front(); }
  /// References in the pipeline's order.
  std::vector<ModelRef> references() const { return {models_.begin() + 1, models_.end()}; }
  const std::vector<Artifact>& artifacts() const { return artifacts_; }
  std::vector<Artifact> artifacts_of(std::string_view model) const {
    std::vector<Artifact> found;
    for (const auto& a : artifacts_)
      if (a.model == model) found.push_back(a);
    return found;
  }
  std::uint64_t seed() const { return seed_; }
  unsigned max_threads() const { return max_threads_ == 0 ? 1 : max_threads_; }
  std::string_view scratch_dir() const { return scratch_dir_; }

 private:
  template <class T, class F>
  static void each(const T* first, std::uint64_t count, F&& use) {
    const auto* at = reinterpret_cast<const char*>(first);
    for (std::uint64_t i = 0; i < count; ++i) use(*reinterpret_cast<const T*>(at + i * first->struct_size));
  }

  std::vector<ModelRef> models_;
  std::vector<Artifact> artifacts_;
  std::uint64_t seed_;
  unsigned max_threads_;
  std::string_view scratch_dir_;
};

/// A kind of measurement an analyzer may emit.
struct SignalSpec {
  std::string_view id;       ///< "family.what-is-measured"
  std::string_view unit;     ///< "fraction", "log10", "count", "nat", ...
  std::string_view summary;  ///< one sentence
  double minimum, maximum;   ///< closed range of `value`
};

/// Everything the host must know before it runs an analyzer.
struct Descriptor {
  std::string_view id;       ///< "family.name", as written after `use:` in a pipeline
  std::string_view summary;  ///< one sentence; also the first sentence of its documentation page
  pedigree_kind kind;
  std::uint32_t flags;
  std::vector<SignalSpec> signals;
  std::vector<std::string_view> roles;  ///< artifact roles it reads
  std::vector<OptionSpec> options;
};

/// Base of every analyzer. A class A also has `static Descriptor describe()` and a constructor
/// `explicit A(const Options&)` that throws ConfigError for a bad combination of options.
class Analyzer {
 public:
  virtual ~Analyzer() = default;
  /// Emits evidence through `host`. Throws InputError, ResourceError, or returns NOT_APPLICABLE
  /// after host.set_error(reason) when the models lack what it reads. [instance]
  virtual pedigree_status run(const Host& host, const Request& request) = 0;
};

}  // namespace sdk_v1
}  // namespace pedigree

#include "pedigree/detail/plugin_entry.hpp"

/// Exports analyzers as a plugin: PEDIGREE_PLUGIN("org.example.layernorm", "1.0.0", "Example Labs", "MIT", A, B)
#define PEDIGREE_PLUGIN(plugin_id, plugin_version, plugin_vendor, plugin_license, ...)                \
  extern "C" PEDIGREE_EXPORT const pedigree_plugin* pedigree_plugin_v1(uint32_t host_abi_minor) {     \
    static const ::pedigree::detail::Entry<__VA_ARGS__> entry{plugin_id, plugin_version, plugin_vendor, \
                                                              plugin_license};                        \
    return entry.answer(host_abi_minor);                                                              \
  }
