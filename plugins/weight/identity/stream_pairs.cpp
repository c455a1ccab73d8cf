// SPDX-License-Identifier: MIT
#include "plugins/weight/identity/stream_pairs.hpp"

#include <algorithm>
#include <memory>
#include <numeric>

#include "plugins/weight/parallel.hpp"

namespace pedigree::weight {
namespace {

constexpr std::size_t kBatch = 512;  // chunks between two looks at the host: about a second of a slow disk

struct Chunk {
  std::size_t pair = 0;
  std::uint64_t first = 0, count = 0;
};

struct ChunkResult {
  PairSums sums;
  std::string failed;
};

/// Two read buffers a thread keeps for its life.
struct Buffers {
  std::vector<std::byte> a, b;
};

std::uint64_t stored_bytes(const io::TensorInfo& tensor, std::uint64_t elements) {
  const auto& facts = io::dtype_facts(tensor.dtype);
  return elements / facts.block_elements * facts.block_bytes;
}

class Pass {
 public:
  Pass(const ModelTensors& subject, const ModelTensors& reference, const std::vector<TensorPair>& pairs,
       unsigned threads)
      : subject_(subject), reference_(reference), pairs_(pairs), threads_(std::max(threads, 1u)) {}

  PassResult run(const PassWatch& watch) {
    result_.sums.resize(pairs_.size());
    result_.failed.resize(pairs_.size());
    std::uint64_t all = 0, done = 0;
    for (const auto& p : pairs_) all += bytes_of(p);
    std::vector<Chunk> batch;
    std::vector<Buffers> buffers(threads_);  // kept over batches: fresh pages cost more than reading does
    Chunk next;
    while (fill(batch, next)) {
      std::vector<ChunkResult> parts(batch.size());
      // Each thread takes every k-th chunk: files are read forward, and a buffer belongs to one thread.
      parallel_for(threads_, threads_, [&](std::size_t thread) {
        for (std::size_t i = thread; i < batch.size(); i += threads_) parts[i] = read(batch[i], buffers[thread]);
      });
      for (std::size_t i = 0; i < batch.size(); ++i) {
        const auto& chunk = batch[i];
        result_.sums[chunk.pair] += parts[i].sums;
        if (result_.failed[chunk.pair].empty()) result_.failed[chunk.pair] = parts[i].failed;
        done += bytes_of(pairs_[chunk.pair], chunk.count);
        if (chunk.first + chunk.count == pairs_[chunk.pair].elements) result_.finished = chunk.pair + 1;
      }
      if (!watch(done, all)) {
        result_.cancelled = result_.finished < pairs_.size();
        break;
      }
    }
    return std::move(result_);
  }

 private:
  std::uint64_t bytes_of(const TensorPair& p) const { return bytes_of(p, p.elements); }
  std::uint64_t bytes_of(const TensorPair& p, std::uint64_t elements) const {
    return stored_bytes(subject_.tensors()[p.subject], elements) +
           stored_bytes(reference_.tensors()[p.reference], elements);
  }

  /// The next chunks in file order; false when there are none left.
  bool fill(std::vector<Chunk>& batch, Chunk& next) const {
    batch.clear();
    while (batch.size() < kBatch && next.pair < pairs_.size()) {
      const auto elements = pairs_[next.pair].elements;
      next.count = std::min(kChunkElements, elements - next.first);
      if (next.count > 0) batch.push_back(next);
      next.first += next.count;
      if (next.first == elements) next = {next.pair + 1, 0, 0};
    }
    return !batch.empty();
  }

  ChunkResult read(const Chunk& chunk, Buffers& buffers) const {
    const auto& a = subject_.tensors()[pairs_[chunk.pair].subject];
    const auto& b = reference_.tensors()[pairs_[chunk.pair].reference];
    ChunkResult out;
    if (auto status = read_side(subject_, a, chunk, buffers.a); !status)
      out.failed = status.error().text();
    else if (status = read_side(reference_, b, chunk, buffers.b); !status)
      out.failed = status.error().text();
    else
      out.sums = sum_pairs(value_type(a), buffers.a, value_type(b), buffers.b, static_cast<std::size_t>(chunk.count));
    return out;
  }

  static io::Status read_side(const ModelTensors& model, const io::TensorInfo& tensor, const Chunk& chunk,
                              std::vector<std::byte>& buffer) {
    if (tensor.storage == io::Storage::kScaled) {
      buffer.resize(static_cast<std::size_t>(chunk.count) * sizeof(float));
      const std::span floats{reinterpret_cast<float*>(buffer.data()), static_cast<std::size_t>(chunk.count)};
      return model.store.read_floats(tensor, chunk.first, floats);
    }
    buffer.resize(static_cast<std::size_t>(stored_bytes(tensor, chunk.count)));
    return model.store.read_bytes(tensor, stored_bytes(tensor, chunk.first), buffer);
  }

  const ModelTensors& subject_;
  const ModelTensors& reference_;
  const std::vector<TensorPair>& pairs_;
  unsigned threads_;
  PassResult result_;
};

}  // namespace

PassResult stream_pairs(const ModelTensors& subject, const ModelTensors& reference,
                        const std::vector<TensorPair>& pairs, unsigned threads, const PassWatch& watch) {
  return Pass{subject, reference, pairs, threads}.run(watch);
}

}  // namespace pedigree::weight
