// SPDX-License-Identifier: MIT
#include "framework/core/atomic_write.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "framework/core/descriptor.hpp"

namespace pedigree {
namespace {
namespace fs = std::filesystem;

io::Error failure(const fs::path& file, const char* doing, int error) {
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  return {full ? "DISK_FULL" : "WRITE_FAILED",
          file.string(),
          {},
          std::string(doing) + ": " + std::strerror(error),
          full ? "free some space, or write to another disk; nothing was changed" : ""};
}

/// Unique within the machine: process id and a counter; the name keeps clear of every *.json a reader looks for.
fs::path temporary_beside(const fs::path& file) {
  static std::atomic<unsigned> counter{0};
  return file.parent_path() / ("." + file.filename().string() + "." + std::to_string(::getpid()) + "." +
                               std::to_string(counter.fetch_add(1)) + ".tmp");
}

/// 0 or errno.
int write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(descriptor, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return ::fsync(descriptor) == 0 ? 0 : errno;
}

/// So that the rename itself survives a power cut; file systems that cannot flush a folder are left alone.
void flush_folder(const fs::path& folder) {
  const Descriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (opened) (void)::fsync(opened.get());
}

}  // namespace

io::Status atomic_write(const fs::path& file, std::string_view bytes, unsigned mode) {
  const fs::path target = file.has_parent_path() ? file : fs::path(".") / file;
  const fs::path temporary = temporary_beside(target);
  Descriptor opened{::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, static_cast<mode_t>(mode))};
  if (!opened) return failure(file, "cannot create a file in its folder", errno);
  int error = write_all(opened.get(), bytes);
  if (::close(opened.release()) != 0 && error == 0) error = errno;  // NFS reports a full disk here
  if (error == 0 && ::rename(temporary.c_str(), target.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(temporary.c_str());
    return failure(file, "cannot write", error);
  }
  flush_folder(target.parent_path());
  return io::Done{};
}

}  // namespace pedigree
