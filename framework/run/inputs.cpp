// SPDX-License-Identifier: MIT
#include "framework/run/inputs.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

#include "framework/core/digest.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::run {
namespace {

using artifact::ResolvedModel;

struct Slot {
  std::size_t model, file;
};

/// Every (model, file) that some planned job is handed, in order.
std::vector<Slot> used_slots(const Plan& plan, const std::vector<ResolvedModel>& models) {
  std::vector<std::vector<char>> used(models.size());
  for (std::size_t i = 0; i < models.size(); ++i) used[i].assign(models[i].files.size(), 0);
  for (const auto& job : plan.jobs) {
    auto members = job.references;
    members.push_back(0);
    for (const auto m : members)
      for (std::size_t f = 0; f < models[m].files.size(); ++f)
        if (reads(*job.found.analyzer, models[m].files[f])) used[m][f] = 1;
  }
  std::vector<Slot> slots;
  for (std::size_t m = 0; m < models.size(); ++m)
    for (std::size_t f = 0; f < models[m].files.size(); ++f)
      if (used[m][f] != 0) slots.push_back({m, f});
  return slots;
}

/// Hashes the slots with several threads; the first error (in order) wins.
std::optional<Error> hash_all(const std::vector<Slot>& slots, const std::vector<ResolvedModel>& models,
                              artifact::DigestMemory& memory, unsigned jobs, const HashWatch& watch, Inputs& inputs) {
  std::vector<std::optional<Error>> errors(slots.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < slots.size(); i = next++) {
      const auto& file = models[slots[i].model].files[slots[i].file];
      auto& digest = inputs.digests[slots[i].model][slots[i].file];
      if (file.path.empty()) {
        digest = {sha256_hex(file.bytes), file.bytes.size(), false};
      } else if (auto hashed = memory.of(file.path, watch)) {
        digest = std::move(*hashed);
      } else {
        errors[i] = hashed.error();
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < std::min<std::size_t>(jobs, slots.size()); ++i) threads.emplace_back(work);
    work();
  }
  for (auto& error : errors)
    if (error) return error;
  return std::nullopt;
}

}  // namespace

bool reads(const plugin::AnalyzerManifest& analyzer, const artifact::File& file) {
  return std::find(analyzer.roles.begin(), analyzer.roles.end(), file.role) != analyzer.roles.end();
}

std::uint64_t bytes_to_hash(const Plan& plan, const std::vector<ResolvedModel>& models,
                            artifact::DigestMemory& memory) {
  std::uint64_t bytes = 0;
  for (const auto& slot : used_slots(plan, models)) {
    const auto& file = models[slot.model].files[slot.file];
    if (!file.path.empty()) bytes += memory.unread_bytes(file.path);
  }
  return bytes;
}

Result<Inputs> hash_inputs(const Plan& plan, const std::vector<ResolvedModel>& models, artifact::DigestMemory& memory,
                           unsigned jobs, const HashWatch& watch) {
  Inputs inputs;
  for (const auto& model : models) inputs.digests.emplace_back(model.files.size());
  const auto slots = used_slots(plan, models);
  if (auto error = hash_all(slots, models, memory, jobs, watch, inputs)) return *error;
  Sha256 subject;
  for (const auto& slot : slots) {
    const auto& model = models[slot.model];
    const auto& file = model.files[slot.file];
    const auto& digest = inputs.digests[slot.model][slot.file];
    if (slot.model == 0) subject.update(file.role + '\0' + file.name + '\0' + digest.sha256 + '\n');
    inputs.used.push_back({model.id, file.role, file.name, file.path.empty() ? file.name : file.path, digest});
  }
  inputs.subject_digest = "sha256:" + subject.hex();
  return inputs;
}

std::string job_key(const PlannedJob& job, const pipeline::Pipeline& pipeline, const std::vector<ResolvedModel>& models,
                    const Inputs& inputs) {
  nlohmann::json key{{"format", "pedigree/job/v1"},
                     {"plugin", job.found.plugin->sha256},
                     {"analyzer", job.found.analyzer->id},
                     {"abi", job.found.plugin->abi_minor},
                     {"with", pipeline.analyzers[job.step].with},
                     {"seed", pipeline.seed},
                     {"models", nlohmann::json::array()}};
  auto members = job.references;
  members.insert(members.begin(), 0);
  for (const auto m : members) {
    nlohmann::json model{{"id", models[m].id}, {"role", models[m].role}, {"files", nlohmann::json::array()}};
    for (std::size_t f = 0; f < models[m].files.size(); ++f) {
      const auto& file = models[m].files[f];
      if (reads(*job.found.analyzer, file))
        model["files"].push_back({file.role, file.name, inputs.digests[m][f].sha256});
    }
    key["models"].push_back(std::move(model));
  }
  return sha256_hex(io::json_text(key));
}

nlohmann::json to_json(const Inputs& inputs) {
  auto list = nlohmann::json::array();
  for (const auto& input : inputs.used)
    list.push_back({{"model", input.model},
                    {"role", input.role},
                    {"name", input.name},
                    {"path", input.path},
                    {"sha256", input.digest.sha256},
                    {"bytes", input.digest.bytes},
                    {"remembered", input.digest.remembered}});
  return {{"schema", "pedigree/inputs/v1"}, {"inputs", std::move(list)}};
}

}  // namespace pedigree::run
