// SPDX-License-Identifier: MIT
#include "framework/worker/artifact_map.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "framework/core/descriptor.hpp"

namespace pedigree::worker {
namespace {

pedigree_str borrowed(const std::string& text) { return {text.data(), text.size()}; }

}  // namespace

io::Result<ArtifactMap> ArtifactMap::open(const ReceivedJob& job, std::uint64_t max_descriptors) {
  ArtifactMap map;
  for (const auto& artifact : job.artifacts) {
    if (artifact.path.empty()) {
      map.add(artifact, -1, artifact.bytes.data(), artifact.bytes.size());
      continue;
    }
    const auto added = map.add_file(artifact);
    if (added) continue;
    if (artifact.model == job.models.front().id) return added.error();
    map.notes_.push_back("left out of '" + artifact.model + "': " + added.error().text());
  }
  map.shed_descriptors(max_descriptors);
  return map;
}

io::Status ArtifactMap::add_file(const JobArtifact& artifact) {
  auto opened = open_regular_file(artifact.path);
  if (!opened) return opened.error();
  struct stat status {};
  if (::fstat(opened->get(), &status) != 0)
    return io::Error{"READ_FAILED", artifact.path, {}, std::string("cannot look at it: ") + std::strerror(errno), {}};
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const void* data = nullptr;
  if (size > 0) {
    data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, opened->get(), 0);
    if (data == MAP_FAILED)
      return io::Error{"READ_FAILED", artifact.path, {}, std::string("cannot map: ") + std::strerror(errno), {}};
  }
  add(artifact, opened->release(), data, size);
  return io::Done{};
}

void ArtifactMap::add(const JobArtifact& artifact, int descriptor, const void* data, std::uint64_t size) {
  artifacts_.push_back({sizeof(pedigree_artifact), descriptor, borrowed(artifact.model), borrowed(artifact.role),
                        borrowed(artifact.name), static_cast<const std::uint8_t*>(data), size});
}

void ArtifactMap::shed_descriptors(std::uint64_t max_descriptors) {
  std::vector<pedigree_artifact*> open;
  for (auto& artifact : artifacts_)
    if (artifact.fd >= 0) open.push_back(&artifact);
  if (open.size() <= max_descriptors) return;
  std::stable_sort(open.begin(), open.end(), [](const auto* a, const auto* b) { return a->size > b->size; });
  for (std::size_t i = max_descriptors; i < open.size(); ++i) ::close(std::exchange(open[i]->fd, -1));
}

}  // namespace pedigree::worker
