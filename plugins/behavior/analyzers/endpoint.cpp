// SPDX-License-Identifier: MIT
#include "plugins/behavior/analyzers/endpoint.hpp"

#include <cstdlib>
#include <fstream>

#include "plugins/behavior/analyzers/cutoff.hpp"
#include "plugins/behavior/analyzers/emit.hpp"

namespace pedigree::behavior {
namespace {

std::vector<Probe> chosen_probes(const std::string& kinds) {
  std::vector<Probe> probes;
  for (const auto& probe : all_probes())
    if (kinds == "all" || ("," + kinds + ",").find("," + probe.kind + ",") != std::string::npos)
      probes.push_back(probe);
  return probes;
}

/// The recording as the answers of the subject, for the checks that need no reference.
ModelAnswers read_recording(const std::string& file, std::string_view subject) {
  std::ifstream in{file, std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
  ModelAnswers answers;
  answers.model = subject;
  if (auto set = io::read_answers("recorded.jsonl", bytes); set.ok()) answers.sets.push_back(std::move(*set));
  for (const auto& set : answers.sets)
    for (const auto& answer : set.answers)
      if (answer.state == io::AnswerState::usable) answers.by_key.emplace(io::AnswerSet::join_key(answer), &answer);
  return answers;
}

}  // namespace

Descriptor Endpoint::describe() {
  return {
      "behavior.endpoint",
      "Asks a live OpenAI-compatible endpoint the shipped probes and records its answers.",
      PEDIGREE_KIND_BEHAVIOR,
      PEDIGREE_FLAG_NETWORK | PEDIGREE_FLAG_WRITES,
      {{"behavior.recorded", "count", "Answers recorded.", 0, 1e9},
       {"behavior.knowledge-cutoff", "months since 2000-01", "The last month of known events.", 0, 1200},
       {"behavior.same-cutoff", "months", "The subject's cutoff minus the reference's.", -1200, 1200}},
      {},
      {{"url", std::string_view{""}, "Base URL of the endpoint, ending in /v1; empty: not asked."},
       {"model", std::string_view{""}, "Model name that the endpoint expects."},
       {"api_key_env", std::string_view{""}, "Environment variable that holds the API key; never written anywhere."},
       {"call", std::string_view{"chat"}, "Which call: chat or completion.", 0, 0, {"chat", "completion"}},
       {"probes", std::string_view{"all"},
        "Kinds of probes, comma-separated: event, identity, refusal, style, next-token; or all."},
       {"max_tokens", std::int64_t{256}, "Tokens an answer may have.", 1, 8192},
       {"samples", std::int64_t{1}, "Answers per probe; several need a temperature.", 1, 64},
       {"temperature", 0.0, "Sampling temperature; 0: greedy.", 0, 2},
       {"top_logprobs", std::int64_t{0}, "Log-probabilities to ask for; 0: none.", 0, 20},
       {"concurrency", std::int64_t{4}, "Requests under way at once.", 1, 64},
       {"attempts", std::int64_t{4}, "Tries per probe, with growing waits between them.", 1, 20},
       {"requests_per_minute", 0.0, "Upper rate; 0: no limit of our own.", 0, 1e6},
       {"timeout_seconds", 120.0, "Longest a request may take.", 0.1, 3600},
       {"backoff_seconds", 1.0, "First wait after a failure; doubles each time.", 0, 600}}};
}

Endpoint::Endpoint(const Options& o) : key_variable_(o.text("api_key_env")), kinds_(o.text("probes")) {
  settings_.base_url = o.text("url");
  while (settings_.base_url.ends_with("/")) settings_.base_url.pop_back();
  if (!settings_.base_url.empty() && !settings_.base_url.starts_with("http://") &&
      !settings_.base_url.starts_with("https://"))
    throw ConfigError("option url: only http:// and https:// are allowed, not '" + settings_.base_url.substr(0, 40) +
                      "'");
  settings_.generation.model = o.text("model");
  settings_.generation.kind = o.text("call") == "chat" ? CallKind::chat : CallKind::completion;
  settings_.generation.max_tokens = static_cast<int>(o.integer("max_tokens"));
  settings_.generation.temperature = o.number("temperature");
  settings_.samples = static_cast<int>(o.integer("samples"));
  settings_.generation.top_logprobs = static_cast<int>(o.integer("top_logprobs"));
  settings_.concurrency = static_cast<int>(o.integer("concurrency"));
  settings_.attempts = static_cast<int>(o.integer("attempts"));
  settings_.requests_per_minute = o.number("requests_per_minute");
  settings_.total_seconds = o.number("timeout_seconds");
  settings_.backoff_seconds = o.number("backoff_seconds");
}

pedigree_status Endpoint::run(const Host& host, const Request& request) {
  if (settings_.base_url.empty()) {
    host.set_error("no endpoint: set the option url");
    return PEDIGREE_NOT_APPLICABLE;
  }
  if (request.scratch_dir().empty())
    throw ResourceError("no folder to record into: run with an output folder (-o DIR)");
  if (!key_variable_.empty()) {
    const char* key = std::getenv(key_variable_.c_str());
    if (key == nullptr || *key == '\0')
      throw ConfigError("option api_key_env: the variable " + key_variable_ + " is not set");
    settings_.api_key = key;
  }
  settings_.seed = request.seed();
  settings_.file = std::string{request.scratch_dir()} + "/recorded.jsonl";
  const auto probes = chosen_probes(kinds_);
  if (probes.empty())
    throw ConfigError("option probes: '" + kinds_ +
                      "' names no kind; known: event, identity, refusal, style, next-token, all");
  const auto result = record(
      probes, settings_, [&] { return host.cancelled(); }, [&](double f) { host.progress(f, "asking the endpoint"); });
  const auto answered = result.asked + result.kept;
  if (answered == 0) {
    host.set_error("the endpoint gave no usable answer: " +
                   (result.first_problem.empty() ? "it was not asked" : result.first_problem));
    return host.cancelled() ? PEDIGREE_CANCELLED : PEDIGREE_ERR_INPUT;
  }
  host.emit(make_evidence("behavior.recorded", "", static_cast<double>(answered),
                          result.failed > 0 ? "recorded.partly" : "recorded.all",
                          {{"answers", answered},
                           {"asked", result.asked},
                           {"kept", result.kept},
                           {"failed", result.failed},
                           {"file", settings_.file},
                           {"problem", result.first_problem}},
                          {{"file", settings_.file}}));
  std::vector<ModelAnswers> models;
  models.push_back(read_recording(settings_.file, request.subject().id));
  emit_cutoffs(host, models);
  return host.cancelled() ? PEDIGREE_CANCELLED : PEDIGREE_OK;
}

}  // namespace pedigree::behavior
