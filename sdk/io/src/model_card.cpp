// SPDX-License-Identifier: MIT
#include "pedigree/io/model_card.hpp"

#include <nlohmann/json.hpp>

#include "pedigree/io/json.hpp"

namespace pedigree::io {
namespace {

constexpr std::size_t kFrontMatterLimit = std::size_t{256} << 10;
constexpr std::size_t kMostItems = 1000;
constexpr std::string_view kSpace = " \t\r";

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// A scalar without its quotes and without a trailing comment.
std::string scalar(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'')) {
    const auto end = text.find(text.front(), 1);
    if (end != std::string_view::npos) return std::string{text.substr(1, end - 1)};
  }
  const auto comment = text.find(" #");
  return std::string{trim(text.substr(0, comment))};
}

/// "[a, b]" or one scalar.
std::vector<std::string> values(std::string_view text) {
  text = trim(text);
  std::vector<std::string> out;
  if (text.empty() || text == "null" || text == "~") return out;
  if (text.front() != '[') return {scalar(text)};
  text.remove_prefix(1);
  if (const auto close = text.find(']'); close != std::string_view::npos) text = text.substr(0, close);
  while (!text.empty() && out.size() < kMostItems) {
    const auto comma = text.find(',');
    if (auto item = scalar(text.substr(0, comma)); !item.empty()) out.push_back(std::move(item));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return out;
}

/// Takes the next line off `text`.
std::string_view next_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

class FrontMatterReader {
 public:
  void line(std::string_view text) {
    const auto content = trim(text);
    if (content.empty() || content.front() == '#') return;
    if (content.starts_with("- ") || content == "-") return item(content.substr(1));
    if (text.front() == ' ' || text.front() == '\t') return;  // inside a nested mapping
    const auto colon = content.find(':');
    if (colon == std::string_view::npos) return;
    key_ = scalar(content.substr(0, colon));
    for (auto& value : values(content.substr(colon + 1))) keep(std::move(value));
  }
  ModelCard take() { return std::move(card_); }

 private:
  void item(std::string_view text) {
    auto value = scalar(text);
    if (value.find(": ") == std::string::npos) keep(std::move(value));
  }
  void keep(std::string value) {
    if (value.empty()) return;
    if (key_ == "base_model")
      add(card_.base_models, std::move(value));
    else if (key_ == "base_model_relation")
      card_.relation = std::move(value);
    else if (key_ == "license")
      card_.license = std::move(value);
    else if (key_ == "datasets")
      add(card_.datasets, std::move(value));
    else if (key_ == "tags")
      add(card_.tags, std::move(value));
  }
  static void add(std::vector<std::string>& list, std::string value) {
    if (list.size() < kMostItems) list.push_back(std::move(value));
  }
  std::string key_;
  ModelCard card_;
};

}  // namespace

Result<ModelCard> read_model_card(std::string_view text, std::string_view file) {
  text = text.substr(0, kFrontMatterLimit);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (trim(next_line(text)) != "---") return ModelCard{};
  FrontMatterReader reader;
  while (!text.empty()) {
    const auto line = next_line(text);
    if (trim(line) == "---" || trim(line) == "...") return reader.take();
    if (!line.empty()) reader.line(line);
  }
  return Error{"CARD_FRONT_MATTER", std::string{file}, "line 1", "front matter that is opened but never closed",
               "end it with a line of three dashes"};
}

Result<AdapterConfig> read_adapter_config(std::string_view text, std::string_view file) {
  auto document = parse_json(text, config_json_limits(), file);
  if (!document) return document.error();
  if (!document->is_object())
    return Error{"CFG_SHAPE", std::string{file}, "", "no JSON object", "give the adapter's adapter_config.json"};
  AdapterConfig adapter;
  const auto text_of = [&](const char* key) {
    const auto found = document->find(key);
    return found != document->end() && found->is_string() ? found->get<std::string>() : std::string{};
  };
  adapter.base_model = text_of("base_model_name_or_path");
  adapter.kind = text_of("peft_type");
  return adapter;
}

}  // namespace pedigree::io
