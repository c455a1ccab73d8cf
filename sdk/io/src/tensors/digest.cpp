// SPDX-License-Identifier: MIT
#include "pedigree/io/digest.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <new>
#include <vector>

namespace pedigree::io {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 20;

}  // namespace

struct Sha256Stream::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() {
    if (context == nullptr || EVP_DigestInit_ex(context, EVP_sha256(), nullptr) != 1) throw std::bad_alloc();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256Stream::Sha256Stream() : state_(std::make_unique<State>()) {}
Sha256Stream::~Sha256Stream() = default;
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;

void Sha256Stream::update(std::span<const std::byte> bytes) {
  EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

Sha256Stream::Digest Sha256Stream::finish() {
  Digest digest{};
  EVP_DigestFinal_ex(state_->context, digest.data(), nullptr);
  EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr);
  return digest;
}

std::string hex(const Sha256Stream::Digest& digest) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(2 * digest.size());
  for (auto byte : digest) {
    out += kDigits[byte >> 4u];
    out += kDigits[byte & 15u];
  }
  return out;
}

Result<Sha256Stream::Digest> sha256_of_tensor(const TensorStore& store, const TensorInfo& tensor) {
  Sha256Stream stream;
  std::vector<std::byte> buffer(static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, tensor.bytes)));
  for (std::uint64_t at = 0; at < tensor.bytes; at += buffer.size()) {
    const auto part =
        std::span{buffer}.first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), tensor.bytes - at)));
    if (auto read = store.read_bytes(tensor, at, part); !read) return read.error();
    stream.update(part);
  }
  return stream.finish();
}

}  // namespace pedigree::io
