// SPDX-License-Identifier: MIT
#include "plugins/weight/identity/copies.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>

#include "pedigree/io/digest.hpp"

namespace pedigree::weight {
namespace {

constexpr std::size_t kBlock = 4096;
constexpr std::size_t kLeastDistinctWords = 200;

/// First, middle and last 4 KiB; nothing when they cannot be read.
std::vector<std::byte> sample_of(const ModelTensors& model, const io::TensorInfo& tensor) {
  std::vector<std::byte> sample(3 * kBlock);
  const std::uint64_t last = tensor.bytes - kBlock;
  const std::array<std::uint64_t, 3> offsets = {0, last / 2 / kBlock * kBlock, last};
  for (std::size_t i = 0; i < offsets.size(); ++i)
    if (!model.store.read_bytes(tensor, offsets[i], std::span{sample}.subspan(i * kBlock, kBlock))) return {};
  return sample;
}

std::size_t distinct_words(const std::vector<std::byte>& sample) {
  std::vector<std::uint16_t> words(sample.size() / 2);
  std::memcpy(words.data(), sample.data(), words.size() * 2);
  std::sort(words.begin(), words.end());
  return static_cast<std::size_t>(std::unique(words.begin(), words.end()) - words.begin());
}

std::string key_of(const io::TensorInfo& tensor, const std::vector<std::byte>& sample) {
  io::Sha256Stream stream;
  const std::array<std::uint64_t, 2> head = {tensor.bytes, static_cast<std::uint64_t>(tensor.dtype)};
  stream.update(std::as_bytes(std::span{head}));
  stream.update(sample);
  return io::hex(stream.finish());
}

/// The key of a tensor worth looking at; empty otherwise.
std::string candidate_key(const ModelTensors& model, std::size_t i) {
  const auto& tensor = model.tensors()[i];
  if (tensor.bytes < kLeastBytes || !is_learned(tensor, model.role(i)) ||
      model.role(i).role == io::Role::kPositionEmbedding)
    return {};
  const auto sample = sample_of(model, tensor);
  if (sample.empty() || distinct_words(sample) < kLeastDistinctWords) return {};
  return key_of(tensor, sample);
}

bool same_place(const io::TensorRole& a, const io::TensorRole& b) {
  return a.role != io::Role::kUnknown && a.component == b.component && a.layer == b.layer && a.role == b.role &&
         a.expert == b.expert;
}

}  // namespace

bool has_entropy(const ModelTensors& model, const io::TensorInfo& tensor) {
  if (tensor.bytes < kLeastBytes) return false;
  const auto sample = sample_of(model, tensor);
  return !sample.empty() && distinct_words(sample) >= kLeastDistinctWords;
}

std::vector<Copy> find_copies(const ModelTensors& subject, const ModelTensors& reference,
                              const std::vector<bool>& skip) {
  std::unordered_map<std::string, std::vector<std::size_t>> known;
  for (std::size_t j = 0; j < reference.tensors().size(); ++j)
    if (auto key = candidate_key(reference, j); !key.empty()) known[std::move(key)].push_back(j);
  std::vector<Copy> copies;
  if (known.empty()) return copies;
  std::unordered_map<std::size_t, std::string> digests;  // of reference tensors, each read once
  for (std::size_t i = 0; i < subject.tensors().size(); ++i) {
    if (skip[i]) continue;
    const auto key = candidate_key(subject, i);
    const auto found = key.empty() ? known.end() : known.find(key);
    if (found == known.end()) continue;
    const auto own = io::sha256_of_tensor(subject.store, subject.tensors()[i]);
    if (!own) continue;
    const std::string digest = io::hex(*own);
    for (auto j : found->second) {
      auto& other = digests[j];
      if (other.empty()) {
        const auto theirs = io::sha256_of_tensor(reference.store, reference.tensors()[j]);
        if (!theirs) continue;
        other = io::hex(*theirs);
      }
      if (other != digest) continue;
      const auto& tensor = subject.tensors()[i];
      const bool named = tensor.name == reference.tensors()[j].name;
      copies.push_back({{i, j, tensor.elements, named, true}, digest, same_place(subject.role(i), reference.role(j))});
      break;
    }
  }
  return copies;
}

}  // namespace pedigree::weight
