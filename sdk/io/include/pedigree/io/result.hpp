// SPDX-License-Identifier: MIT
// A value or the reason there is none: the one error type of sdk/io and of the framework.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace pedigree::io {

/// One failure. `code` is stable and documented in docs/errors; the rest is for people.
struct Error {
  std::string code;     ///< e.g. "ST_OVERLAP"
  std::string file;     ///< the file it is about, as the user named it; may be empty
  std::string place;    ///< byte offset, JSON pointer or line:column in it; may be empty
  std::string message;  ///< what was found and what was expected
  std::string hint;     ///< what to do next; may be empty

  /// "file:place: message [code]; hint"
  std::string text() const {
    std::string out;
    if (!file.empty()) out += file + (place.empty() ? ": " : ":" + place + ": ");
    else if (!place.empty()) out += place + ": ";
    out += message;
    if (!code.empty()) out += " [" + code + "]";
    if (!hint.empty()) out += "; " + hint;
    return out;
  }
};

/// Either a T or an Error. Reading the wrong side is a bug (asserted).
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & { assert(ok()); return std::get<0>(state_); }
  const T& value() const& { assert(ok()); return std::get<0>(state_); }
  T&& value() && { assert(ok()); return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const { assert(!ok()); return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

/// Success without a value.
struct Done {};
using Status = Result<Done>;

}  // namespace pedigree::io
