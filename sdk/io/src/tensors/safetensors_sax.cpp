// SPDX-License-Identifier: MIT
#include "safetensors_sax.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace pedigree::io {
namespace {
using nlohmann::json;

constexpr std::size_t kMaximumDepth = 64;
constexpr std::size_t kMaximumRank = 64;
constexpr std::size_t kMetadataShown = 65536;

/// A state machine over parser events. Levels: 1 the header, 2 one tensor or __metadata__, 3 a list
/// of numbers; anything deeper belongs to a field nobody knows and is passed over.
class HeaderReader : public nlohmann::json_sax<json> {
 public:
  HeaderReader(std::uint64_t base, const std::string& file) : base_(base), file_(file) {}

  bool null() override { return other("null"); }
  bool boolean(bool) override { return other("a boolean"); }
  bool number_integer(number_integer_t value) override { return other("the number " + std::to_string(value)); }
  bool number_float(number_float_t, const string_t& text) override { return other("the number " + text.substr(0, 40)); }
  bool binary(binary_t&) override { return false; }

  bool number_unsigned(number_unsigned_t value) override {
    if (depth_ != 3 || field_ == Field::kUnknown) return other("the number " + std::to_string(value));
    auto& list = field_ == Field::kShape ? current_.shape : offsets_;
    if (list.size() >= kMaximumRank) return fail("ST_SHAPE", "a list of more than 64 numbers");
    list.push_back(value);
    return true;
  }

  bool string(string_t& value) override {
    if (depth_ == 2 && in_metadata_) {
      if (value.size() > kMetadataShown) value.resize(kMetadataShown);
      if (!out_.metadata.emplace(metadata_key_, std::move(value)).second)
        return fail("ST_METADATA", "the key '" + metadata_key_.substr(0, 80) + "' stands twice in __metadata__");
      return true;
    }
    if (depth_ == 2 && field_ == Field::kDtype) {
      current_.dtype = std::move(value);
      return true;
    }
    return other("a text");
  }

  bool key(string_t& name) override {
    if (depth_ == 1) {
      in_metadata_ = name == "__metadata__";
      if (in_metadata_ && std::exchange(seen_metadata_, true)) return fail("ST_METADATA", "__metadata__ stands twice");
      if (!in_metadata_) current_.name = std::move(name);
      return true;
    }
    if (depth_ == 2 && in_metadata_) {
      metadata_key_ = std::move(name);
      return true;
    }
    if (depth_ != 2) return true;
    field_ = name == "dtype"          ? Field::kDtype
             : name == "shape"        ? Field::kShape
             : name == "data_offsets" ? Field::kOffsets
                                      : Field::kUnknown;
    if (field_ != Field::kUnknown && std::exchange(seen_[static_cast<std::size_t>(field_)], true))
      return fail("ST_HEADER_JSON", "the field '" + name + "' stands twice in one tensor");
    return true;
  }

  bool start_object(std::size_t) override {
    if (depth_ == 1 && !in_metadata_) {
      seen_.fill(false);
      offsets_.clear();
      current_.shape.clear();
      current_.dtype.clear();
      field_ = Field::kUnknown;
    } else if (depth_ >= 2 && !other("an object")) {
      return false;
    }
    return deeper();
  }
  bool end_object() override {
    --depth_;
    return depth_ != 1 || in_metadata_ || finish_tensor();
  }
  bool start_array(std::size_t) override {
    const bool list = depth_ == 2 && !in_metadata_ && (field_ == Field::kShape || field_ == Field::kOffsets);
    if (!list && !other("a list")) return false;
    return deeper();
  }
  bool end_array() override {
    --depth_;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& e) override {
    const std::string what = e.what();
    const auto detail = what.find("syntax error");
    error_ = Error{"ST_HEADER_JSON", file_, "byte " + std::to_string(base_ + position),
                   "the header is no valid JSON: " + (detail == std::string::npos ? what : what.substr(detail, 200)),
                   "the file is damaged; download it again"};
    return false;
  }

  RawHeader take() { return std::move(out_); }
  const std::optional<Error>& error() const { return error_; }

 private:
  enum class Field : std::size_t { kDtype, kShape, kOffsets, kUnknown };

  bool fail(std::string code, std::string message) {
    std::string place = "header";
    if (depth_ >= 1 && !current_.name.empty()) place += ", tensor '" + current_.name.substr(0, 120) + "'";
    error_ = Error{std::move(code), file_, std::move(place), std::move(message),
                   "the file was not written by a safetensors library, or is damaged"};
    return false;
  }
  bool deeper() {
    if (++depth_ > kMaximumDepth) return fail("ST_HEADER_JSON", "nested deeper than 64 levels");
    return true;
  }
  /// A value where the format has another kind. Unknown fields of a tensor may hold anything.
  bool other(const std::string& found) {
    if (depth_ == 0) return fail("ST_HEADER_JSON", "the header is " + found + ", not an object");
    if (in_metadata_) return fail("ST_METADATA", found + " stands in __metadata__, which holds texts only");
    if (depth_ == 1) return fail("ST_HEADER_JSON", found + " stands where a tensor's description was expected");
    if (field_ == Field::kDtype) return fail("ST_DTYPE", "dtype is " + found + ", not a text");
    if (field_ == Field::kShape) return fail("ST_SHAPE", found + " in shape; only whole numbers from 0 up are allowed");
    if (field_ == Field::kOffsets)
      return fail("ST_OFFSET_TYPE", found + " in data_offsets; only whole numbers from 0 to 2^64-1 are allowed");
    return true;
  }
  bool finish_tensor() {
    for (std::size_t i = 0; i < seen_.size(); ++i)
      if (!seen_[i]) return fail("ST_HEADER_JSON", std::string{"the field '"} + kFieldNames[i] + "' is missing");
    if (offsets_.size() != 2)
      return fail("ST_OFFSET_TYPE", "data_offsets has " + std::to_string(offsets_.size()) + " numbers instead of 2");
    current_.begin = offsets_[0];
    current_.end = offsets_[1];
    out_.tensors.push_back(std::move(current_));
    current_ = {};
    return true;
  }

  static constexpr std::array<const char*, 3> kFieldNames{"dtype", "shape", "data_offsets"};
  std::uint64_t base_;
  const std::string& file_;
  RawHeader out_;
  RawTensor current_;
  std::vector<std::uint64_t> offsets_;
  std::array<bool, 3> seen_{};
  Field field_ = Field::kUnknown;
  std::string metadata_key_;
  std::size_t depth_ = 0;
  bool in_metadata_ = false, seen_metadata_ = false;
  std::optional<Error> error_;
};

}  // namespace

Result<RawHeader> parse_safetensors_json(std::string_view text, std::uint64_t base, const std::string& file) {
  HeaderReader reader{base, file};
  const bool parsed = json::sax_parse(text.begin(), text.end(), &reader);
  if (reader.error()) return *reader.error();
  if (!parsed) return Error{"ST_HEADER_JSON", file, "header", "the header is no valid JSON", "download the file again"};
  return reader.take();
}

}  // namespace pedigree::io
