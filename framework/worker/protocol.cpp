// SPDX-License-Identifier: MIT
#include "framework/worker/protocol.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "framework/core/text.hpp"
#include "framework/plugin/manifest_json.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::worker {
namespace {
using nlohmann::json;

constexpr std::array<std::string_view, 9> kRelations{"identical",
                                                     "derived",
                                                     "partial",
                                                     "shared_initialization",
                                                     "tokenizer_reuse",
                                                     "architecture_reuse",
                                                     "behavioral_proximity",
                                                     "supports_from_scratch",
                                                     "none"};
constexpr std::size_t kMaxName = 4096;
constexpr double kRounding = 1e-9;  ///< how far outside its range, relative to its ends, a value may lie

io::Error invalid(std::string message) { return {"JOB_INVALID", {}, {}, std::move(message), {}}; }

/// Wall seconds times threads, and slack for start and end.
std::uint64_t cpu_seconds(const Job& job) {
  const auto wall = static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(job.wall + job.grace).count());
  return wall * std::max(1u, job.threads) + 10;
}

json artifacts_json(const Job& job) {
  json list = json::array();
  for (const auto& artifact : job.artifacts) {
    json entry{{"model", artifact.model}, {"role", artifact.role}, {"name", artifact.name}};
    if (artifact.path.empty())
      entry["size"] = artifact.bytes.size();
    else
      entry["path"] = artifact.path;
    list.push_back(std::move(entry));
  }
  return list;
}

bool is_name(const std::string& text) { return text.size() <= kMaxName && is_utf8(text); }

std::string bad_number(EvidenceRecord& record, const plugin::Signal& signal) {
  if (!std::isfinite(record.value)) return "its value is not finite";
  // A correlation of 1 + 2e-16 is a rounding error of its sum, no lie: it becomes the end of the range.
  const double slack = kRounding * std::max({1.0, std::abs(signal.minimum), std::abs(signal.maximum)});
  if (record.value >= signal.minimum - slack && record.value <= signal.maximum + slack)
    record.value = std::clamp(record.value, signal.minimum, signal.maximum);
  if (record.value < signal.minimum || record.value > signal.maximum)
    return "its value " + json(record.value).dump() + " is outside " + json(signal.minimum).dump() + " to " +
           json(signal.maximum).dump();
  if (!std::isfinite(record.log10_lr)) return "log10_lr is not finite";
  if (record.log10_p && !(std::isfinite(*record.log10_p) && *record.log10_p <= 0))
    return "log10_p is not a finite number of at most 0";
  return {};
}

}  // namespace

io::Result<std::string> encode_job(const Job& job, int parent) {
  if (job.plugin == nullptr || job.analyzer == nullptr) return invalid("no analyzer was named");
  if (job.models.empty()) return invalid("no subject was named");
  for (const auto& artifact : job.artifacts)
    if (artifact.path.empty() && artifact.bytes.size() > kMaxInlineArtifact)
      return invalid("artifact '" + to_utf8(artifact.name) + "' in memory is larger than 16 MiB");
  json models = json::array();
  for (const auto& model : job.models) models.push_back({{"id", model.id}, {"role", model.role}});
  const json head{{"protocol", kProtocol},
                  {"parent", parent},
                  {"library", job.plugin->library.string()},
                  {"sha256", job.plugin->sha256},
                  {"descriptor", plugin::descriptor_json(*job.plugin)},
                  {"analyzer", job.analyzer->id},
                  {"config", job.config},
                  {"models", std::move(models)},
                  {"artifacts", artifacts_json(job)},
                  {"seed", job.seed},
                  {"threads", std::max(1u, job.threads)},
                  {"memory_bytes", job.memory_bytes},
                  {"cpu_seconds", cpu_seconds(job)},
                  {"scratch_dir", job.analyzer->writes() ? job.scratch_dir : std::string{}}};
  try {
    std::string text = head.dump() + "\n";
    for (const auto& artifact : job.artifacts)
      if (artifact.path.empty()) text += artifact.bytes;
    return text;
  } catch (const json::exception&) {
    return invalid("a name, path or option is not valid UTF-8; rename the file");
  }
}

io::Result<ReceivedJob> decode_job(std::string_view bytes) {
  const auto end = bytes.find('\n');
  if (end == std::string_view::npos) return invalid("no line of JSON");
  const auto parsed = io::parse_json(bytes.substr(0, end), {.bytes = kMaxJobBytes, .values = 10'000'000}, "job");
  if (!parsed) return parsed.error();
  std::string_view rest = bytes.substr(end + 1);
  try {
    const json& head = *parsed;
    if (head.at("protocol") != kProtocol) return invalid("host and worker are of different versions; reinstall");
    ReceivedJob job{head.at("parent"),
                    head.at("library"),
                    head.at("sha256"),
                    head.at("analyzer"),
                    head.at("descriptor"),
                    head.at("config"),
                    {},
                    {},
                    head.at("seed"),
                    head.at("threads"),
                    head.at("memory_bytes"),
                    head.at("cpu_seconds"),
                    head.at("scratch_dir")};
    for (const auto& model : head.at("models")) job.models.push_back({model.at("id"), model.at("role")});
    for (const auto& entry : head.at("artifacts")) {
      JobArtifact artifact{entry.at("model"), entry.at("role"), entry.at("name"), entry.value("path", ""), {}};
      if (artifact.path.empty()) {
        const std::size_t size = entry.at("size");
        if (size > rest.size()) return invalid("the job is shorter than its artifacts");
        artifact.bytes = rest.substr(0, size);
        rest.remove_prefix(size);
      }
      job.artifacts.push_back(std::move(artifact));
    }
    return job;
  } catch (const json::exception& e) {
    return invalid(e.what());
  }
}

std::string refusal(EvidenceRecord& record, const std::vector<plugin::Signal>& signals,
                    const std::vector<JobModel>& models) {
  const std::string who = "evidence of signal '" + to_utf8(record.signal.substr(0, 128)) + "': ";
  const auto signal =
      std::find_if(signals.begin(), signals.end(), [&](const auto& declared) { return declared.id == record.signal; });
  if (signal == signals.end()) return who + "the signal is not declared";
  if (auto bad = bad_number(record, *signal); !bad.empty()) return who + bad;
  if (std::find(kRelations.begin(), kRelations.end(), record.relation) == kRelations.end())
    return who + "unknown relation '" + to_utf8(record.relation.substr(0, 128)) + "'";
  const bool known = record.reference.empty() || std::any_of(models.begin() + 1, models.end(), [&](const auto& model) {
                       return model.id == record.reference;
                     });
  if (!known) return who + "'" + to_utf8(record.reference.substr(0, 128)) + "' is no reference of this run";
  if (!is_name(record.component) || record.component.empty()) return who + "the component is empty or not valid UTF-8";
  if (!is_name(record.summary_key)) return who + "the summary key is not valid UTF-8";
  if (!record.params.is_object()) return who + "params is not a JSON object";
  if (!record.details.is_object()) return who + "details is not a JSON object";
  record.unit = signal->unit;
  return {};
}

json evidence_frame(const EvidenceRecord& record) {
  json frame{{"t", "evidence"},
             {"signal", record.signal},
             {"reference", record.reference},
             {"component", record.component},
             {"value", record.value},
             {"log10_lr", record.log10_lr},
             {"relation", record.relation},
             {"summary_key", record.summary_key},
             {"params", record.params},
             {"details", record.details}};
  if (record.log10_p) frame["log10_p"] = *record.log10_p;
  return frame;
}

EvidenceRecord evidence_of(const json& frame) {
  EvidenceRecord record;
  record.signal = frame.at("signal");
  record.reference = frame.at("reference");
  record.component = frame.at("component");
  record.value = frame.at("value");
  record.log10_lr = frame.at("log10_lr");
  if (frame.contains("log10_p")) record.log10_p = frame.at("log10_p").get<double>();
  record.relation = frame.at("relation");
  record.summary_key = frame.at("summary_key");
  record.params = frame.at("params");
  record.details = frame.at("details");
  return record;
}

}  // namespace pedigree::worker
