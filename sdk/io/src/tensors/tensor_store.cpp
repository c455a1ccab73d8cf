// SPDX-License-Identifier: MIT
#include "pedigree/io/tensor_store.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <unordered_map>
#include <utility>

#include "pedigree/analyzer.hpp"
#include "pedigree/io/convert.hpp"
#include "store_files.hpp"

namespace pedigree::io {
namespace {

constexpr std::size_t kReadBytes = std::size_t{1} << 20;  // fastest pread size from the page cache, ecosystem 4.2

/// A buffer each thread keeps, so that a read allocates once per thread.
std::span<std::byte> thread_buffer() {
  thread_local std::unique_ptr<std::byte[]> buffer{new std::byte[kReadBytes]};
  return {buffer.get(), kReadBytes};
}

Error range_error(const TensorInfo& tensor, const std::string& file, std::uint64_t first) {
  return {"READ_RANGE", file, "tensor '" + tensor.name.substr(0, 120) + "'",
          "elements from " + std::to_string(first) + " on were asked for; it has " + std::to_string(tensor.elements),
          "read whole blocks inside the tensor"};
}

}  // namespace

struct TensorStore::State {
  StoreFiles files;
  std::vector<std::string> names;
  std::unordered_map<std::string_view, const TensorInfo*> by_name;
  std::uint64_t bytes = 0;

  /// The scales of a tensor of this store; nullptr when it has none.
  const ScalePlan* plan_of(const TensorInfo& tensor) const {
    if (tensor.storage != Storage::kScaled) return nullptr;
    const auto own = by_name.find(tensor.name);
    if (own == by_name.end()) return nullptr;
    const auto found = files.scales.find(static_cast<std::size_t>(own->second - files.tensors.data()));
    return found == files.scales.end() ? nullptr : &found->second;
  }
};

TensorStore::TensorStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
TensorStore::TensorStore(TensorStore&&) noexcept = default;
TensorStore& TensorStore::operator=(TensorStore&&) noexcept = default;
TensorStore::~TensorStore() = default;

Result<TensorStore> TensorStore::open(std::span<const Artifact> artifacts) {
  auto files = open_store_files(artifacts);
  if (!files) return files.error();
  auto state = std::make_unique<State>();
  state->files = std::move(*files);
  for (const auto& source : state->files.sources) state->names.push_back(source.name());
  state->by_name.reserve(state->files.tensors.size());
  for (const auto& tensor : state->files.tensors) {
    state->by_name.emplace(tensor.name, &tensor);
    state->bytes += tensor.bytes;
  }
  return TensorStore{std::move(state)};
}

std::span<const TensorInfo> TensorStore::tensors() const { return state_->files.tensors; }
std::span<const std::string> TensorStore::files() const { return state_->names; }
std::span<const Notice> TensorStore::notices() const { return state_->files.notices; }
bool TensorStore::is_gguf() const { return state_->files.gguf; }
std::string_view TensorStore::gguf_architecture() const { return state_->files.architecture; }
bool TensorStore::partial() const { return state_->files.partial; }
std::uint64_t TensorStore::total_bytes() const { return state_->bytes; }

const TensorInfo* TensorStore::find(std::string_view name) const {
  const auto found = state_->by_name.find(name);
  return found == state_->by_name.end() ? nullptr : found->second;
}

Status TensorStore::read_bytes(const TensorInfo& tensor, std::uint64_t first, std::span<std::byte> out) const {
  const auto& source = state_->files.sources[tensor.file];
  if (first > tensor.bytes || out.size() > tensor.bytes - first) return range_error(tensor, source.name(), first);
  return source.read(tensor.offset + first, out);
}

Status TensorStore::read_floats(const TensorInfo& tensor, std::uint64_t first, std::span<float> out) const {
  const auto& facts = dtype_facts(tensor.dtype);
  const auto& file = state_->files.sources[tensor.file].name();
  if (!facts.comparable)
    return Error{"DTYPE_OPAQUE", file, "tensor '" + tensor.name.substr(0, 120) + "'",
                 "its values of type " + std::string{facts.name} + " cannot be read, only hashed",
                 "use a copy of the model in BF16, F16 or F32"};
  if (tensor.storage == Storage::kPacked)
    return Error{"DTYPE_PACKED", file, "tensor '" + tensor.name.substr(0, 120) + "'",
                 "its bytes are codes of a quantisation scheme that is not undone here",
                 "use a copy of the model in BF16, F16, F32 or scaled FP8"};
  const std::uint64_t block = facts.block_elements;
  if (first > tensor.elements || out.size() > tensor.elements - first || first % block != 0 || out.size() % block != 0)
    return range_error(tensor, file, first);
  std::uint64_t at = first / block * facts.block_bytes;
  const ScalePlan* scales = state_->plan_of(tensor);
  if (tensor.dtype == Dtype::kF32) return read_bytes(tensor, at, std::as_writable_bytes(out));
  const auto buffer = thread_buffer();
  const std::size_t step = kReadBytes / facts.block_bytes * block;
  while (!out.empty()) {
    const auto part = out.first(std::min(step, out.size()));
    const auto raw = buffer.first(part.size() / block * facts.block_bytes);
    if (auto read = read_bytes(tensor, at, raw); !read) return read;
    convert_to_float(tensor.dtype, raw, part);
    if (scales != nullptr) {
      const auto& all = state_->files;
      if (auto done = apply_scales(*scales, all.tensors, all.sources, tensor, first, part); !done) return done;
    }
    at += raw.size();
    first += part.size();
    out = out.subspan(part.size());
  }
  return Done{};
}

Status TensorStore::unchanged() const {
  for (const auto& source : state_->files.sources)
    if (auto same = source.unchanged(); !same) return same;
  return Done{};
}

}  // namespace pedigree::io
