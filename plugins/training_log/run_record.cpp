// SPDX-License-Identifier: MIT
#include "plugins/training_log/run_record.hpp"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "pedigree/io/artifact_role.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::training_log {

namespace {

/// The parts of the configs that may describe the language model, in turn, until one is taken.
void each_config_part(const Request& request, const std::function<bool(const nlohmann::json&)>& take) {
  for (const auto& artifact : request.artifacts_of(request.subject().id)) {
    if (artifact.role != io::role::kConfig) continue;
    const auto config = io::parse_json(artifact.bytes, io::config_json_limits(), artifact.name);
    if (!config.ok() || !config->is_object()) continue;
    for (const char* part : {"", "text_config", "llm_config", "language_config"}) {
      const auto found = *part == '\0' ? *config : config->value(part, nlohmann::json::object());
      if (found.is_object() && take(found)) return;
    }
  }
}

bool config_says_untied(const Request& request) {
  bool untied = false;
  each_config_part(request, [&](const nlohmann::json& part) {
    const auto tie = part.find("tie_word_embeddings");
    if (tie == part.end() || !tie->is_boolean()) return false;
    untied = !tie->get<bool>();
    return true;
  });
  return untied;
}

}  // namespace

double config_vocabulary(const Request& request) {
  double found = 0;
  each_config_part(request, [&](const nlohmann::json& part) {
    const auto named = part.find("vocab_size");
    const auto size = named == part.end() ? std::nullopt : io::json_integer(*named);
    if (!size || *size <= 1) return false;
    found = static_cast<double>(*size);
    return true;
  });
  return found;
}

RunRecord read_record(const Request& request, double vocabulary, std::string_view pattern) {
  RunRecord record;
  const bool untied = config_says_untied(request);
  std::optional<double> known;
  std::string source;
  if (vocabulary > 1) {
    known = vocabulary;
    source = "option";
  } else if (const double config = config_vocabulary(request); config > 1) {
    known = config;
    source = "config";
  }
  for (const auto& artifact : request.artifacts_of(request.subject().id)) {
    if (artifact.role != io::role::kTrainingLog) continue;
    const auto file = io::ByteSource::open(artifact);
    if (!file.ok()) {
      record.unreadable.push_back(file.error().text());
      continue;
    }
    auto log = io::read_training_log(*file, pattern);
    if (!log.ok()) {
      record.unreadable.push_back(log.error().text());
      continue;
    }
    ReadLog entry{std::move(*log), {}, {}};
    entry.series = make_series(entry.log, known, source);
    entry.series.untied = untied;
    entry.start = initial_loss(entry.series);
    record.logs.push_back(std::move(entry));
  }
  const auto rank = [](const ReadLog& r) {
    if (r.series.step.empty()) return 1e300;
    return r.start.start == Start::untrained ? -1.0 : r.series.step.front();
  };
  std::stable_sort(record.logs.begin(), record.logs.end(),
                   [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  return record;
}

}  // namespace pedigree::training_log
