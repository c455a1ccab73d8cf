// SPDX-License-Identifier: MIT
#include "pedigree/io/byte_source.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "pedigree/analyzer.hpp"

namespace pedigree::io {
namespace {

Error read_error(std::string code, const std::string& file, std::uint64_t offset, std::string message,
                 std::string hint) {
  return {std::move(code), file, "byte " + std::to_string(offset), std::move(message), std::move(hint)};
}

}  // namespace

ByteSource::ByteSource(std::string name, std::span<const std::byte> bytes)
    : name_(std::move(name)), memory_(bytes.data()), size_(bytes.size()) {}

Result<ByteSource> ByteSource::open(std::string name, int fd) {
  struct stat st {};
  if (::fstat(fd, &st) != 0)
    return read_error("READ_FAILED", name, 0, std::string{"the file cannot be examined: "} + std::strerror(errno),
                      "check that it still exists");
  if (!S_ISREG(st.st_mode))
    return read_error("READ_NOT_A_FILE", name, 0, "a pipe, device or folder stands where a file was expected",
                      "only regular files are read");
  ByteSource source{std::move(name), std::span<const std::byte>{}};
  source.fd_ = fd;
  source.size_ = static_cast<std::uint64_t>(st.st_size);
  source.modified_seconds_ = st.st_mtim.tv_sec;
  source.modified_nanoseconds_ = st.st_mtim.tv_nsec;
  return source;
}

Result<ByteSource> ByteSource::open(const Artifact& artifact) {
  if (artifact.fd >= 0) return open(std::string{artifact.name}, artifact.fd);
  return ByteSource{std::string{artifact.name}, std::as_bytes(std::span{artifact.bytes})};
}

Status ByteSource::read(std::uint64_t offset, std::span<std::byte> out) const {
  if (offset > size_ || out.size() > size_ - offset)
    return read_error(
        "READ_RANGE", name_, offset,
        "bytes up to " + std::to_string(offset + out.size()) + " were asked for; the file has " + std::to_string(size_),
        "the file may be truncated; compare its size with the original");
  if (fd_ < 0) {
    if (!out.empty()) std::memcpy(out.data(), memory_ + offset, out.size());
    return Done{};
  }
  while (!out.empty()) {
    const ssize_t got = ::pread(fd_, out.data(), out.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return read_error("READ_FAILED", name_, offset, std::string{"reading failed: "} + std::strerror(errno),
                        "check the disk or the network file system");
    if (got == 0)
      return read_error("READ_CHANGED", name_, offset, "the file became shorter while it was read",
                        "make sure nothing writes to it, then run again");
    offset += static_cast<std::uint64_t>(got);
    out = out.subspan(static_cast<std::size_t>(got));
  }
  return Done{};
}

Status ByteSource::unchanged() const {
  if (fd_ < 0) return Done{};
  struct stat st {};
  const bool same = ::fstat(fd_, &st) == 0 && static_cast<std::uint64_t>(st.st_size) == size_ &&
                    st.st_mtim.tv_sec == modified_seconds_ && st.st_mtim.tv_nsec == modified_nanoseconds_;
  if (same) return Done{};
  return read_error("READ_CHANGED", name_, 0, "the file was modified while it was read",
                    "make sure nothing writes to it, then run again");
}

}  // namespace pedigree::io
