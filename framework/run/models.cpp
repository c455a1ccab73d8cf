// SPDX-License-Identifier: MIT
#include "framework/run/models.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "framework/artifact/hub_cache.hpp"
#include "pedigree/io/artifact_role.hpp"

namespace pedigree::run {
namespace {

using artifact::Origin;
using artifact::ResolvedModel;
namespace role = io::role;

artifact::Wanted wanted_from(const pipeline::ModelSpec& spec) {
  return {spec.id, spec.role, spec.revision, spec.path, spec.artifacts};
}

artifact::File file_from(const catalog::Facts& facts) {
  return {facts.role, facts.name, "", facts.bytes, facts.bytes.size()};
}

/// True when the model's own files already answer what the facts would.
bool is_answered(const ResolvedModel& model, const std::string& facts_role) {
  if (facts_role == role::kConfig) return model.has(role::kConfig) || model.has(role::kGguf);
  if (facts_role == role::kTokenizerFacts)
    return model.has(role::kTokenizer) || model.has(role::kGguf) || model.has(role::kVocab);
  return false;
}

void add_facts(ResolvedModel& model, const catalog::Card& card) {
  for (const auto& facts : catalog::artifacts_of(card))
    if (!is_answered(model, facts.role)) model.files.push_back(file_from(facts));
}

void drop_known_absent(ResolvedModel& model, const artifact::Wanted& wanted) {
  for (const auto& [absent, paths] : wanted.artifacts)
    if (paths.empty()) std::erase_if(model.files, [&](const auto& file) { return file.role == absent; });
}

ResolvedModel from_card(const catalog::Card& card, const std::string& model_role, const std::string& revision) {
  ResolvedModel model;
  model.id = card.id;
  model.role = model_role;
  model.revision = revision;
  model.origin = Origin::catalog;
  model.location = "catalog:" + card.id;
  add_facts(model, card);
  return model;
}

bool is_absence(const std::string& code) {
  return code == "MODEL_NOT_FOUND" || code == "REVISION_NOT_CACHED" || code == "SNAPSHOT_MISSING";
}

class Gathering {
 public:
  Gathering(const pipeline::Pipeline& pipeline, const catalog::Catalog& catalog,
            const artifact::Environment& environment)
      : pipeline_(pipeline), catalog_(catalog), environment_(environment) {}

  Result<std::vector<ResolvedModel>> all() {
    std::vector<artifact::Wanted> named{wanted_from(pipeline_.subject)};
    named.front().role = "subject";
    for (const auto& reference : pipeline_.references) named.push_back(wanted_from(reference));
    auto unique = named;
    artifact::make_ids_unique(unique);
    for (std::size_t i = 0; i < named.size(); ++i) {
      auto model = one(named[i]);
      if (!model) return model.error();
      taken_.insert(canonical(named[i].id));
      if (unique[i].id != named[i].id) model->id = unique[i].id;
      while (!ids_.insert(model->id).second) model->id += "'";
      models_.push_back(std::move(*model));
    }
    for (const auto& group : pipeline_.groups)
      if (auto status = add_group(group); !status) return status.error();
    return std::move(models_);
  }

 private:
  Result<ResolvedModel> one(const artifact::Wanted& wanted) {
    auto found = artifact::resolve(wanted, environment_);
    const catalog::Card* card = catalog_.find(wanted.id);
    if (found) {
      // A path given on the command line says nothing about the Hub id: no facts for it.
      const bool id_is_said = !pipeline_.file.empty() || found->origin == Origin::hub_cache;
      if (card != nullptr && id_is_said) add_facts(*found, *card);
      drop_known_absent(*found, wanted);
      return found;
    }
    const auto& error = found.error();
    if (!is_absence(error.code) || !wanted.path.empty()) return with_hint(error, wanted);
    if (card == nullptr && wanted.artifacts.empty()) return with_hint(error, wanted);
    if (card == nullptr) return without_files(wanted);
    auto model = from_card(*card, wanted.role, wanted.revision);
    if (error.code != "MODEL_NOT_FOUND")
      model.notices.push_back({error.code, error.file, error.message + ": the catalog's facts are used"});
    drop_known_absent(model, wanted);
    return model;
  }

  /// `artifacts:` that name no file say so on purpose: a model that is only an endpoint.
  static ResolvedModel without_files(const artifact::Wanted& wanted) {
    ResolvedModel model;
    model.id = wanted.id;
    model.role = wanted.role;
    model.revision = wanted.revision;
    model.origin = Origin::artifacts;
    return model;
  }

  Error with_hint(Error error, const artifact::Wanted& wanted) const {
    if (error.code != "MODEL_NOT_FOUND" && error.code != "ARTIFACT_MISSING") return error;
    if (error.code == "MODEL_NOT_FOUND")
      error.message +=
          "\n  catalog: no card (" + std::to_string(catalog_.cards().size()) + " models; see `pedigree list models`)";
    const auto suggestion = catalog_.suggestion(wanted.id);
    if (!suggestion.empty()) error.hint = "did you mean '" + suggestion + "'?";
    return error;
  }

  Status add_group(const pipeline::ReferenceGroup& group) {
    const auto cards = catalog_.group(group.group);
    if (cards.empty())
      return Error{"GROUP_UNKNOWN", pipeline_.file, "", "the catalog has no group '" + group.group + "'",
                   "see `pedigree list models`"};
    std::error_code error;
    const bool look_in_cache = std::filesystem::is_directory(artifact::hub_cache_folder(environment_), error);
    const std::string subject = canonical(pipeline_.subject.id);
    for (const auto* card : cards) {
      if (catalog_.descends_from(*card, subject) || !taken_.insert(card->id).second) continue;
      models_.push_back(from_group(*card, group.role, look_in_cache));
    }
    return Done{};
  }

  ResolvedModel from_group(const catalog::Card& card, const std::string& model_role, bool look_in_cache) const {
    if (look_in_cache) {
      artifact::Wanted wanted;
      wanted.id = "hf://" + card.id;
      wanted.role = model_role;
      if (auto found = artifact::resolve(wanted, environment_)) {
        add_facts(*found, card);
        return std::move(*found);
      }
    }
    return from_card(card, model_role, "");
  }

  std::string canonical(const std::string& id) const {
    const auto* card = catalog_.find(id);
    return card == nullptr ? id : card->id;
  }

  const pipeline::Pipeline& pipeline_;
  const catalog::Catalog& catalog_;
  const artifact::Environment& environment_;
  std::set<std::string> taken_;  ///< canonical ids of models that are in already
  std::set<std::string> ids_;    ///< ids given out
  std::vector<ResolvedModel> models_;
};

}  // namespace

Result<std::vector<ResolvedModel>> gather_models(const pipeline::Pipeline& pipeline, const catalog::Catalog& catalog,
                                                 const artifact::Environment& environment) {
  return Gathering{pipeline, catalog, environment}.all();
}

}  // namespace pedigree::run
