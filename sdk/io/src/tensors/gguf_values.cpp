// SPDX-License-Identifier: MIT
// Typed access to the metadata of a GGUF file that was checked when it was opened.
#include <cmath>
#include <cstring>

#include "gguf_state.hpp"
#include "pedigree/io/gguf.hpp"

namespace pedigree::io {
namespace {

template <class T>
T value_at(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

/// The integer at `at`, when the type is one and it fits.
std::optional<std::int64_t> integer_at(GgufType type, const std::byte* at) {
  switch (type) {
    case GgufType::kU8:
      return value_at<std::uint8_t>(at);
    case GgufType::kI8:
      return value_at<std::int8_t>(at);
    case GgufType::kU16:
      return value_at<std::uint16_t>(at);
    case GgufType::kI16:
      return value_at<std::int16_t>(at);
    case GgufType::kU32:
      return value_at<std::uint32_t>(at);
    case GgufType::kI32:
      return value_at<std::int32_t>(at);
    case GgufType::kI64:
      return value_at<std::int64_t>(at);
    case GgufType::kU64: {
      const auto value = value_at<std::uint64_t>(at);
      if (value > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
      return static_cast<std::int64_t>(value);
    }
    default:
      return std::nullopt;
  }
}

std::optional<double> number_at(GgufType type, const std::byte* at) {
  if (type == GgufType::kF32) return static_cast<double>(value_at<float>(at));
  if (type == GgufType::kF64) return value_at<double>(at);
  if (type == GgufType::kU64) return static_cast<double>(value_at<std::uint64_t>(at));
  if (const auto whole = integer_at(type, at)) return static_cast<double>(*whole);
  return std::nullopt;
}

std::uint64_t stride_of(const GgufEntry& entry) { return entry.count == 0 ? 0 : entry.bytes / entry.count; }

Error no_key(std::string_view key) { return {"GGUF_NO_KEY", "", std::string{key}, "the key is not in the file", ""}; }
Error array_type(const GgufEntry& entry, std::string_view wanted) {
  const bool array = entry.type == GgufType::kArray;
  return {"GGUF_ARRAY_TYPE", "", entry.key,
          "the value is " + std::string{array ? "an array of " : ""} +
              std::string{to_text(array ? entry.element : entry.type)} + "; an array of " + std::string{wanted} +
              " was expected",
          "the file was written by a tool that does not follow the format"};
}

}  // namespace

struct GgufFile::State {
  std::unique_ptr<GgufHead> head;
  const std::byte* at(const GgufEntry& entry) const { return head->bytes.data() + entry.at; }
};

GgufFile::GgufFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
GgufFile::GgufFile(GgufFile&&) noexcept = default;
GgufFile& GgufFile::operator=(GgufFile&&) noexcept = default;
GgufFile::~GgufFile() = default;

Result<GgufFile> GgufFile::open(const ByteSource& source) {
  auto head = read_gguf_head(source);
  if (!head) return head.error();
  auto state = std::make_unique<State>();
  state->head = std::move(*head);
  return GgufFile{std::move(state)};
}

std::uint32_t GgufFile::version() const { return state_->head->version; }
std::uint32_t GgufFile::alignment() const { return state_->head->alignment; }
std::span<const GgufEntry> GgufFile::entries() const { return state_->head->entries; }
std::span<const TensorInfo> GgufFile::tensors() const { return state_->head->tensors; }
std::span<const Notice> GgufFile::notices() const { return state_->head->notices; }
bool GgufFile::data_truncated() const { return state_->head->truncated; }

const GgufEntry* GgufFile::find(std::string_view key) const {
  const auto found = state_->head->by_key.find(std::string{key});
  return found == state_->head->by_key.end() ? nullptr : &state_->head->entries[found->second];
}

std::optional<std::int64_t> GgufFile::integer(std::string_view key) const {
  const auto* entry = find(key);
  return entry == nullptr ? std::nullopt : integer_at(entry->type, state_->at(*entry));
}

std::optional<double> GgufFile::number(std::string_view key) const {
  const auto* entry = find(key);
  if (entry == nullptr) return std::nullopt;
  const auto value = number_at(entry->type, state_->at(*entry));
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<bool> GgufFile::boolean(std::string_view key) const {
  const auto* entry = find(key);
  if (entry == nullptr || entry->type != GgufType::kBool) return std::nullopt;
  return *state_->at(*entry) != std::byte{0};
}

std::optional<std::string_view> GgufFile::text(std::string_view key) const {
  const auto* entry = find(key);
  if (entry == nullptr || entry->type != GgufType::kString) return std::nullopt;
  const auto* at = state_->at(*entry);
  return std::string_view{reinterpret_cast<const char*>(at) + 8, static_cast<std::size_t>(value_at<std::uint64_t>(at))};
}

Result<std::vector<std::string_view>> GgufFile::texts(std::string_view key) const {
  const auto* entry = find(key);
  if (entry == nullptr) return no_key(key);
  if (entry->type != GgufType::kArray || entry->element != GgufType::kString) return array_type(*entry, "string");
  std::vector<std::string_view> out;
  out.reserve(static_cast<std::size_t>(entry->count));
  const auto* at = state_->at(*entry);
  for (std::uint64_t i = 0; i < entry->count; ++i) {
    const auto size = static_cast<std::size_t>(value_at<std::uint64_t>(at));
    out.emplace_back(reinterpret_cast<const char*>(at) + 8, size);
    at += 8 + size;
  }
  return out;
}

Result<std::vector<std::int64_t>> GgufFile::integers(std::string_view key) const {
  const auto* entry = find(key);
  if (entry == nullptr) return no_key(key);
  if (entry->type != GgufType::kArray) return array_type(*entry, "integers");
  std::vector<std::int64_t> out;
  out.reserve(static_cast<std::size_t>(entry->count));
  for (std::uint64_t i = 0; i < entry->count; ++i) {
    const auto value = integer_at(entry->element, state_->at(*entry) + i * stride_of(*entry));
    if (!value) return array_type(*entry, "integers");
    out.push_back(*value);
  }
  return out;
}

Result<std::vector<double>> GgufFile::numbers(std::string_view key) const {
  const auto* entry = find(key);
  if (entry == nullptr) return no_key(key);
  if (entry->type != GgufType::kArray) return array_type(*entry, "numbers");
  std::vector<double> out;
  out.reserve(static_cast<std::size_t>(entry->count));
  for (std::uint64_t i = 0; i < entry->count; ++i) {
    const auto value = number_at(entry->element, state_->at(*entry) + i * stride_of(*entry));
    if (!value) return array_type(*entry, "numbers");
    out.push_back(*value);
  }
  return out;
}

std::string_view GgufFile::architecture() const { return text("general.architecture").value_or(std::string_view{}); }

std::optional<std::int64_t> GgufFile::architecture_integer(std::string_view name) const {
  return integer(std::string{architecture()} + "." + std::string{name});
}
std::optional<double> GgufFile::architecture_number(std::string_view name) const {
  return number(std::string{architecture()} + "." + std::string{name});
}

}  // namespace pedigree::io
