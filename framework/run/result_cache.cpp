// SPDX-License-Identifier: MIT
#include "framework/run/result_cache.hpp"

#include "framework/core/atomic_write.hpp"
#include "framework/core/descriptor.hpp"

namespace pedigree::run {
namespace {
constexpr std::size_t kLargestEntry = std::size_t{256} << 20;
}

std::filesystem::path ResultCache::file_of(const std::string& key) const {
  return folder_ / "results" / key.substr(0, 2) / (key + ".ndjson");
}

std::optional<JobResult> ResultCache::find(const std::string& key) const {
  if (folder_.empty()) return std::nullopt;
  const auto text = read_file(file_of(key), kLargestEntry);
  if (!text) return std::nullopt;
  for (auto& [found, result] : from_lines(*text)) {
    if (found != key) continue;
    result.cached = true;
    return std::move(result);
  }
  return std::nullopt;
}

void ResultCache::keep(const std::string& key, const JobResult& result) const {
  if (folder_.empty()) return;
  if (result.outcome.kind != OutcomeKind::ok && result.outcome.kind != OutcomeKind::not_applicable) return;
  std::error_code error;
  std::filesystem::create_directories(file_of(key).parent_path(), error);
  if (!error) (void)atomic_write(file_of(key), to_lines(key, result), 0600);
}

}  // namespace pedigree::run
