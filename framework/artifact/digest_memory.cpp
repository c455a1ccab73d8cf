// SPDX-License-Identifier: MIT
#include "framework/artifact/digest_memory.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>

#include "framework/core/descriptor.hpp"
#include "framework/core/digest.hpp"

namespace pedigree::artifact {
namespace {
namespace fs = std::filesystem;

/// "device:inode:size:mtime_ns:ctime_ns": a change of content changes one of them.
std::string identity(const struct stat& s) {
  const auto nanoseconds = [](const timespec& t) { return std::to_string(t.tv_sec * 1'000'000'000LL + t.tv_nsec); };
  return std::to_string(s.st_dev) + ":" + std::to_string(s.st_ino) + ":" + std::to_string(s.st_size) + ":" +
         nanoseconds(s.st_mtim) + ":" + nanoseconds(s.st_ctim);
}

/// A file written to within the last two seconds could be written to again without any of these
/// numbers changing (clock ticks are coarse): its digest is used, but not remembered.
bool is_settled(const struct stat& s) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto newest = std::max(s.st_mtim.tv_sec, s.st_ctim.tv_sec);
  return newest + 2 < std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

Error unreadable(const fs::path& path, int number) {
  return Error{"ARTIFACT_UNREADABLE", path.string(), "", std::string{"cannot be read: "} + std::strerror(number), ""};
}

}  // namespace

DigestMemory::DigestMemory(fs::path file, bool rehash) : file_(std::move(file)), rehash_(rehash) {
  if (file_.empty() || rehash_) return;
  std::ifstream in{file_};
  std::string key, digest;
  while (in >> key >> digest)
    if (digest.size() == 64) known_[key] = digest;
}

Result<Digest> DigestMemory::of(const fs::path& path, const HashWatch& watch) {
  auto file = open_regular_file(path);
  if (!file) return file.error();
  struct stat before {
  }, after{};
  if (::fstat(file->get(), &before) != 0) return unreadable(path, errno);
  const std::string key = identity(before);
  const auto size = static_cast<std::uint64_t>(before.st_size);
  {
    const std::lock_guard lock{mutex_};
    if (const auto found = known_.find(key); found != known_.end()) return Digest{found->second, size, true};
  }
  auto digest = sha256_of_descriptor(file->get(), path.string(), watch);
  if (!digest) return digest.error();
  if (::fstat(file->get(), &after) != 0 || identity(after) != key)
    return Error{"READ_CHANGED", path.string(), "", "changed while it was read", "wait until nothing writes to it"};
  if (is_settled(after)) remember(key, *digest);
  return Digest{*digest, size, false};
}

std::uint64_t DigestMemory::unread_bytes(const fs::path& path) {
  struct stat now {};
  if (::stat(path.c_str(), &now) != 0 || !S_ISREG(now.st_mode)) return 0;
  const std::lock_guard lock{mutex_};
  return known_.count(identity(now)) != 0 ? 0 : static_cast<std::uint64_t>(now.st_size);
}

void DigestMemory::remember(const std::string& key, const std::string& digest) {
  const std::lock_guard lock{mutex_};
  known_[key] = digest;
  if (file_.empty()) return;
  std::ofstream out{file_, std::ios::app};
  out << key + " " + digest + "\n";
}

}  // namespace pedigree::artifact
