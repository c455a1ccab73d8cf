// SPDX-License-Identifier: MIT
#include "framework/worker/inside.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

#include "framework/plugin/entry_point.hpp"
#include "framework/plugin/manifest_json.hpp"
#include "framework/worker/artifact_map.hpp"
#include "framework/worker/library.hpp"
#include "framework/worker/protocol.hpp"
#include "framework/worker/reporter.hpp"
#include "framework/worker/sandbox.hpp"

namespace pedigree::worker {
namespace {

/// How a run ended, before it is reported.
struct Ending {
  OutcomeKind kind = OutcomeKind::ok;
  std::string message;  ///< empty: what the plugin said last
};

pedigree_str borrowed(const std::string& text) { return {text.data(), text.size()}; }

OutcomeKind kind_of(pedigree_status status) {
  switch (status) {
    case PEDIGREE_OK:
      return OutcomeKind::ok;
    case PEDIGREE_NOT_APPLICABLE:
      return OutcomeKind::not_applicable;
    case PEDIGREE_CANCELLED:
      return OutcomeKind::cancelled;
    case PEDIGREE_ERR_CONFIG:
      return OutcomeKind::config;
    case PEDIGREE_ERR_INPUT:
      return OutcomeKind::input;
    case PEDIGREE_ERR_RESOURCE:
      return OutcomeKind::resource;
    default:
      return OutcomeKind::internal;
  }
}

Ending ending_of(pedigree_status status) {
  const bool known = status >= PEDIGREE_ERR_INTERNAL && status <= PEDIGREE_CANCELLED;
  return {kind_of(status), known ? "" : "the analyzer ended with the unknown status " + std::to_string(status)};
}

Ending refused(const std::string& message) { return {OutcomeKind::refused, message}; }

/// Most memory this program held at once. Not ru_maxrss: after vfork that starts at the host's own peak.
std::uint64_t peak_kib() {
  std::unique_ptr<FILE, int (*)(FILE*)> status{std::fopen("/proc/self/status", "re"), &std::fclose};
  char line[256];
  while (status != nullptr && std::fgets(line, sizeof line, status.get()) != nullptr)
    if (unsigned long kib = 0; std::sscanf(line, "VmHWM: %lu kB", &kib) == 1) return kib;
  return 0;
}

std::uint64_t descriptor_limit(std::size_t artifacts) {
  rlimit now{};
  const std::uint64_t wanted = artifacts + kOwnDescriptors;
  if (::getrlimit(RLIMIT_NOFILE, &now) != 0 || now.rlim_max == RLIM_INFINITY) return wanted;
  return std::min<std::uint64_t>(wanted, now.rlim_max);
}

Ending call(const pedigree_analyzer& analyzer, const ReceivedJob& job, const ArtifactMap& map,
            const Reporter& reporter) {
  std::vector<pedigree_model> models;
  for (const auto& model : job.models)
    models.push_back({sizeof(pedigree_model), 0, borrowed(model.id), borrowed(model.role)});
  const pedigree_request request{sizeof(pedigree_request),
                                 job.threads,
                                 job.seed,
                                 models.data(),
                                 models.size(),
                                 map.artifacts().data(),
                                 map.artifacts().size(),
                                 borrowed(job.scratch_dir)};
  const std::string config = job.config.dump();
  pedigree_instance* instance = nullptr;
  const auto created = analyzer.create(reporter.host(), borrowed(config), &instance);
  if (created != PEDIGREE_OK) return ending_of(created);
  if (Reporter::cancelled()) return {OutcomeKind::cancelled, "cancelled before it began"};
  const auto status = analyzer.run(instance, &request);
  analyzer.destroy(instance);
  return ending_of(status);
}

/// The library, checked against what the host was told of it, and then its analyzer.
Ending run_plugin(OpenLibrary& library, const ReceivedJob& job, const ArtifactMap& map, const Reporter& reporter) {
  const auto loaded = load(library);
  if (!loaded) return refused(loaded.error().text());
  const auto described = plugin::manifest_of(**loaded);
  if (!described) return refused(library.name + ": " + described.error().text());
  if (plugin::descriptor_json(*described) != job.descriptor)
    return refused(library.name + ": the library is not what its manifest says; rebuild or reinstall the plugin");
  const auto* analyzer = plugin::analyzer_of(**loaded, job.analyzer);
  if (analyzer == nullptr) return refused(library.name + ": holds no analyzer '" + job.analyzer + "'");
  return call(*analyzer, job, map, reporter);
}

void append(std::vector<std::string>& layers, std::vector<std::string> more) {
  layers.insert(layers.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

std::vector<plugin::Signal> declared_signals(const ReceivedJob& job) {
  std::vector<plugin::Signal> signals;
  for (const auto& analyzer : job.descriptor.at("analyzers"))
    if (analyzer.at("id") == job.analyzer)
      for (const auto& s : analyzer.at("signals"))
        signals.push_back({s.at("id"), s.at("unit"), s.at("summary"), s.at("minimum"), s.at("maximum")});
  return signals;
}

Ending prepare_and_run(const ReceivedJob& job, Reporter& reporter) {
  auto layers = tie_to_parent(job.parent);
  const auto descriptors = descriptor_limit(job.artifacts.size());
  append(layers, set_limits({job.memory_bytes, job.cpu_seconds, descriptors, !job.scratch_dir.empty()}));
  auto library = open_library(job.library);
  const auto map = ArtifactMap::open(job, descriptors > kOwnDescriptors ? descriptors - kOwnDescriptors : 0);
  bool network = false;
  for (const auto& analyzer : job.descriptor.at("analyzers"))
    if (analyzer.at("id") == job.analyzer)
      for (const auto& flag : analyzer.at("flags")) network |= flag == "network";
  const Permissions permissions{network, job.scratch_dir};
  append(layers, enter_landlock(permissions));
  append(layers, enter_seccomp(permissions));
  reporter.hello(layers);
  if (!library) return refused(library.error().text());
  if (library->sha256 != job.sha256)
    return refused(library->name + ": its SHA-256 is " + library->sha256 + ", its manifest says " + job.sha256 +
                   "; rebuild or reinstall the plugin");
  if (!map) return {OutcomeKind::input, map.error().text()};
  for (const auto& note : map->notes()) reporter.log(PEDIGREE_WARN, note);
  return run_plugin(*library, job, *map, reporter);
}

std::string read_standard_input() {
  std::string bytes;
  for (std::size_t have = 0;; have = bytes.size()) {
    bytes.resize(have + (std::size_t{1} << 16) + have);
    const ssize_t got = ::pread(STDIN_FILENO, bytes.data() + have, bytes.size() - have, static_cast<off_t>(have));
    bytes.resize(have + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got <= 0) return bytes;
  }
}

}  // namespace

int run_inside() {
  std::signal(SIGTERM, [](int) { Reporter::cancel(); });
  // Frames keep their own pipe; what a plugin prints goes where errors go.
  if (::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) return 1;
  const auto job = decode_job(read_standard_input());
  if (!job) {
    std::fprintf(stderr, "%s\n", job.error().text().c_str());
    return 1;
  }
  const auto signals = declared_signals(*job);
  Reporter reporter{kFrameDescriptor, signals, job->models};
  Ending ending;
  try {
    ending = prepare_and_run(*job, reporter);
  } catch (const std::bad_alloc&) {
    ending = {OutcomeKind::resource, "out of memory before the analyzer began"};
  } catch (const std::exception& e) {
    ending = {OutcomeKind::internal, e.what()};
  }
  reporter.done(ending.kind, ending.message, peak_kib());
  return 0;
}

}  // namespace pedigree::worker
