// SPDX-License-Identifier: MIT
#include "foreign_file.hpp"

#include <algorithm>
#include <cctype>
#include <string>

namespace pedigree::io {
namespace {

bool starts_with_word(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() && std::equal(lower.begin(), lower.end(), text.begin(), [](char a, char b) {
           return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b)));
         });
}

}  // namespace

Error pickle_refused(std::string_view file) {
  return {"UNSUPPORTED_PICKLE", std::string{file}, "",
          "a PyTorch pickle is a program that runs when it is opened, so it is never opened here",
          "convert it to safetensors on a machine where running its code is acceptable"};
}

std::optional<Error> foreign_file(std::string_view head, std::string_view file) {
  using namespace std::string_view_literals;
  if (head.starts_with("version https://git-lfs"))
    return Error{"LFS_POINTER", std::string{file}, "byte 0", "a Git-LFS pointer stands in place of the weights",
                 "run git lfs pull in the model's folder"};
  // A zip archive, a bare pickle (protocol 2 to 5) and the legacy container all mean torch.save.
  const bool pickle =
      head.starts_with("PK\x03\x04"sv) || (head.size() >= 3 && head[0] == '\x80' && head[1] >= 2 && head[1] <= 5 &&
                                           std::string_view{"\x8a}c(\x95"}.find(head[2]) != std::string_view::npos);
  if (pickle) return pickle_refused(file);
  const auto first = std::find_if_not(head.begin(), head.end(),
                                      [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
  const auto text = head.substr(static_cast<std::size_t>(first - head.begin()));
  if (starts_with_word(text, "<!doctype") || starts_with_word(text, "<html") || starts_with_word(text, "<?xml"))
    return Error{"HTML_PAGE", std::string{file}, "byte 0", "an HTML or XML page stands in place of the weights",
                 "download it again; the server may have asked for a login"};
  return std::nullopt;
}

}  // namespace pedigree::io
