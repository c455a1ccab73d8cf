// SPDX-License-Identifier: MIT
#include "tests/support/run_analyzer.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <deque>

#include "pedigree/io/artifact_role.hpp"

namespace pedigree::testing {
namespace {
namespace fs = std::filesystem;

struct Context {
  RunResult result;
  const pedigree_analyzer* analyzer = nullptr;
};

RunResult& result_of(pedigree_host_ctx* ctx) { return reinterpret_cast<Context*>(ctx)->result; }

pedigree_status keep(pedigree_host_ctx* ctx, const pedigree_evidence* e) {
  const auto& analyzer = *reinterpret_cast<Context*>(ctx)->analyzer;
  bool declared = false;
  for (uint32_t i = 0; i < analyzer.signal_count; ++i) declared |= view(analyzer.signals[i].id) == view(e->signal);
  if (!declared || !std::isfinite(e->value) || !std::isfinite(e->log10_lr)) return PEDIGREE_ERR_INPUT;
  Evidence kept;
  kept.signal = view(e->signal);
  kept.reference = view(e->reference);
  kept.component = view(e->component);
  kept.value = e->value;
  kept.log10_lr = e->log10_lr;
  if ((e->flags & PEDIGREE_EVIDENCE_HAS_P) != 0) kept.log10_p = e->log10_p;
  kept.relation = view(e->relation);
  kept.summary_key = view(e->summary_key);
  kept.params_json = view(e->params_json);
  kept.details_json = view(e->details_json);
  result_of(ctx).evidence.push_back(std::move(kept));
  return PEDIGREE_OK;
}

/// Files opened and mapped for one run.
class OpenFiles {
 public:
  OpenFiles() = default;
  OpenFiles(const OpenFiles&) = delete;
  OpenFiles& operator=(const OpenFiles&) = delete;
  ~OpenFiles() {
    for (auto [data, size] : maps_) ::munmap(data, size);
    for (int fd : fds_) ::close(fd);
  }
  void add(const Model& model, const fs::path& file, const std::string& name) {
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat st {};
    if (fd < 0 || ::fstat(fd, &st) != 0) return;
    fds_.push_back(fd);
    const auto size = static_cast<std::size_t>(st.st_size);
    void* data = size == 0 ? nullptr : ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED) return;
    if (data != nullptr) maps_.emplace_back(data, size);
    const std::string_view head{static_cast<const char*>(data), std::min<std::size_t>(size, 4096)};
    push(model.id, io::role_of(name, head), name, fd, static_cast<const std::uint8_t*>(data), size);
  }
  void add(const Model& model, const MemoryArtifact& m) {
    push(model.id, m.role, m.name, -1, reinterpret_cast<const std::uint8_t*>(m.bytes.data()), m.bytes.size());
  }
  const std::vector<pedigree_artifact>& artifacts() const { return artifacts_; }

 private:
  void push(const std::string& model, std::string_view role, const std::string& name, int fd, const std::uint8_t* data,
            std::size_t size) {
    auto own = [&](std::string_view text) { return to_abi(texts_.emplace_back(text)); };
    artifacts_.push_back({sizeof(pedigree_artifact), fd, own(model), own(role), own(name), data, size});
  }
  std::vector<pedigree_artifact> artifacts_;
  std::deque<std::string> texts_;
  std::vector<int> fds_;
  std::vector<std::pair<void*, std::size_t>> maps_;
};

}  // namespace

const Evidence* RunResult::find(std::string_view signal, std::string_view reference) const {
  for (const auto& e : evidence)
    if (e.signal == signal && (reference.empty() || e.reference == reference)) return &e;
  return nullptr;
}

RunResult run_raw(const pedigree_analyzer& analyzer, const std::vector<Model>& models, std::string_view config_json,
                  unsigned threads, const fs::path& scratch_dir) {
  Context context;
  context.analyzer = &analyzer;
  pedigree_host host{};
  host.struct_size = sizeof host;
  host.abi_minor = PEDIGREE_ABI_MINOR;
  host.ctx = reinterpret_cast<pedigree_host_ctx*>(&context);
  host.log = [](pedigree_host_ctx* c, pedigree_level, pedigree_str m) { result_of(c).log.emplace_back(view(m)); };
  host.set_error = [](pedigree_host_ctx* c, pedigree_str m) { result_of(c).error = view(m); };
  host.progress = [](pedigree_host_ctx* c, double f, pedigree_str) { result_of(c).last_progress = f; };
  host.cancelled = [](pedigree_host_ctx*) -> int32_t { return 0; };
  host.emit = keep;
  host.extension = [](pedigree_host_ctx*, pedigree_str) -> const void* { return nullptr; };

  OpenFiles files;
  std::vector<pedigree_model> raw_models;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const auto& m = models[i];
    const std::string_view role = !m.role.empty() ? std::string_view{m.role} : i == 0 ? "subject" : "suspect";
    raw_models.push_back({sizeof(pedigree_model), 0, to_abi(m.id), to_abi(role)});
    if (fs::is_directory(m.path)) {
      std::vector<fs::path> found;
      for (const auto& entry : fs::recursive_directory_iterator(m.path))
        if (entry.is_regular_file()) found.push_back(entry.path());
      std::sort(found.begin(), found.end());
      for (const auto& file : found) files.add(m, file, fs::relative(file, m.path).string());
    } else if (!m.path.empty()) {
      files.add(m, m.path, m.path.filename().string());
    }
    for (const auto& memory : m.memory) files.add(m, memory);
  }
  const std::string scratch = scratch_dir.string();
  const pedigree_request request{sizeof(pedigree_request),
                                 threads,
                                 1,
                                 raw_models.data(),
                                 raw_models.size(),
                                 files.artifacts().data(),
                                 files.artifacts().size(),
                                 to_abi(scratch)};
  pedigree_instance* instance = nullptr;
  context.result.status = analyzer.create(&host, to_abi(config_json), &instance);
  if (context.result.status == PEDIGREE_OK) {
    context.result.status = analyzer.run(instance, &request);
    analyzer.destroy(instance);
  }
  return std::move(context.result);
}

}  // namespace pedigree::testing
