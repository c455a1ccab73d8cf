// SPDX-License-Identifier: MIT
#include "framework/core/descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

namespace pedigree {
namespace {
constexpr std::size_t kReadBlock = 1u << 20;
}  // namespace

void Descriptor::reset() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

io::Result<Descriptor> open_regular_file(const std::filesystem::path& file, Links links) {
  // O_NONBLOCK: opening a named pipe for reading would otherwise wait for a writer.
  const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (links == Links::refuse ? O_NOFOLLOW : 0);
  Descriptor opened{::open(file.c_str(), flags)};
  if (!opened) {
    const std::string reason = errno == ELOOP ? "is a symbolic link" : std::strerror(errno);
    return io::Error{"OPEN_FAILED", file.string(), {}, "cannot open: " + reason, {}};
  }
  struct stat status {};
  if (::fstat(opened.get(), &status) != 0)
    return io::Error{"OPEN_FAILED", file.string(), {}, std::string("cannot look at it: ") + std::strerror(errno), {}};
  if (!S_ISREG(status.st_mode))
    return io::Error{
        "NOT_A_FILE", file.string(), {}, "expected a regular file", "folders, pipes and devices are not read"};
  return opened;
}

io::Result<std::string> read_all(const Descriptor& opened, const std::string& name, std::size_t limit) {
  std::string bytes;
  for (;;) {  // to the end, not to st_size: files of /proc and growing files state a wrong size
    const std::size_t have = bytes.size();
    if (have > limit)
      return io::Error{"FILE_TOO_LARGE", name, {}, "expected at most " + std::to_string(limit) + " bytes", {}};
    bytes.resize(have + std::min<std::size_t>(kReadBlock, limit + 1 - have));
    const ssize_t got = ::pread(opened.get(), bytes.data() + have, bytes.size() - have, static_cast<off_t>(have));
    const int error = errno;
    bytes.resize(have + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && error == EINTR) continue;
    if (got < 0) return io::Error{"READ_FAILED", name, {}, std::string("cannot read: ") + std::strerror(error), {}};
    if (got == 0) return bytes;
  }
}

io::Result<std::string> read_file(const std::filesystem::path& file, std::size_t limit, Links links) {
  const auto opened = open_regular_file(file, links);
  if (!opened) return opened.error();
  return read_all(*opened, file.string(), limit);
}

}  // namespace pedigree
