// SPDX-License-Identifier: MIT
#include "framework/core/digest.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "framework/core/descriptor.hpp"

namespace pedigree {
namespace {

constexpr std::size_t kBlock = 1u << 20;

void require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL cannot compute SHA-256");
}

}  // namespace

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  require(state_->context != nullptr && EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) == 1);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::span<const std::byte> bytes) {
  require(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

std::string Sha256::hex() {
  std::array<unsigned char, 32> digest{};
  unsigned size = 0;
  require(EVP_DigestFinal_ex(state_->context, digest.data(), &size) == 1 && size == digest.size());
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : digest) (out += kHex[byte >> 4]) += kHex[byte & 15];
  return out;
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 digest;
  digest.update(bytes);
  return digest.hex();
}

io::Result<std::string> sha256_of_descriptor(int descriptor, const std::string& name, const HashWatch& watch) {
  Sha256 digest;
  std::vector<std::byte> block(kBlock);
  off_t at = 0;
  for (;;) {
    const ssize_t got = ::pread(descriptor, block.data(), block.size(), at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io::Error{"READ_FAILED", name, {}, std::string("cannot read: ") + std::strerror(errno), {}};
    if (got == 0) return digest.hex();
    digest.update(std::span{block}.first(static_cast<std::size_t>(got)));
    at += got;
    if (watch && !watch(static_cast<std::uint64_t>(got)))
      return io::Error{
          "INTERRUPTED", name, {}, "hashing was stopped", "run again; files hashed to their end are remembered"};
  }
}

io::Result<std::string> sha256_of_file(const std::filesystem::path& file) {
  const auto opened = open_regular_file(file);
  if (!opened) return opened.error();
  return sha256_of_descriptor(opened->get(), file.string());
}

}  // namespace pedigree
