// SPDX-License-Identifier: MIT
#include "pedigree/io/training_log.hpp"

#include <cctype>

#include "readers.hpp"

namespace pedigree::io {
namespace {

bool starts_like_json(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  std::size_t at = 0;
  while (at < bytes.size() && at < 4096 && std::isspace(static_cast<unsigned char>(bytes[at])) != 0) ++at;
  bytes.remove_prefix(at);
  return bytes.starts_with("{\"") || bytes.starts_with("{\n") || bytes.starts_with("{ ") || bytes.starts_with("{\r") ||
         bytes.starts_with("[{") || bytes.starts_with("[\n");
}

bool mostly_binary(std::string_view bytes) {
  const auto head = bytes.substr(0, 4096);
  std::size_t odd = 0;
  for (char c : head) odd += c == '\0' ? 1 : 0;
  return odd * 20 > head.size();
}

std::string_view loaded(Feed& feed, std::size_t count) {
  while (feed.ahead().size() < count && feed.more()) {
  }
  return feed.ahead().substr(0, count);
}

}  // namespace

Result<TrainingLog> read_training_log(const ByteSource& source, std::string_view pattern) {
  TrainingLog log;
  log.name = source.name();
  const auto fail = [&](std::string code, std::string message, std::string hint) {
    return Error{std::move(code), log.name, "", std::move(message), std::move(hint)};
  };
  if (source.size() == 0) return fail("LOG_EMPTY", "the file is empty", "give the log of a run that logged its loss");
  Feed feed{source};
  const auto head = loaded(feed, 8192);
  if (!pattern.empty()) {
    const RE2 compiled{re2::StringPiece{pattern.data(), pattern.size()}, RE2::Quiet};
    if (!compiled.ok())
      return fail("LOG_PATTERN", "the pattern is no regular expression: " + compiled.error(),
                  "use RE2 syntax with two groups, step and loss");
    log.format = "text";
    training_log::read_text_log(feed, &compiled, log);
  } else if (training_log::looks_like_tensorboard(head)) {
    log.format = "tensorboard";
    training_log::read_tensorboard(feed, log);
  } else if (mostly_binary(head)) {
    return fail("LOG_BINARY", "the file is binary and no TensorBoard event file",
                "export the run as CSV or JSON lines, or give the console log");
  } else if (starts_like_json(head)) {
    log.format = head.find("\"log_history\"") != std::string_view::npos ? "hf-trainer-state" : "json-lines";
    training_log::read_json_log(feed, log);
  } else if (training_log::looks_like_csv(head)) {
    log.format = "csv";
    training_log::read_csv_log(feed, log);
  } else {
    log.format = "text";
    training_log::read_text_log(feed, nullptr, log);
  }
  if (feed.error()) return *feed.error();
  // A Trainer's state with an empty history is a whole file that has nothing to say.
  if (log.points.empty() && log.remarks.empty() && log.format != "hf-trainer-state")
    return fail("LOG_NO_LOSS", "no line of it holds a loss that any known format names",
                "name the loss with the option pattern, e.g. 'step (\\d+) .* loss ([0-9.]+)'");
  return log;
}

Result<TrainingLog> read_training_log(std::string_view name, std::string_view bytes, std::string_view pattern) {
  return read_training_log(ByteSource{std::string{name}, std::as_bytes(std::span{bytes})}, pattern);
}

}  // namespace pedigree::io
