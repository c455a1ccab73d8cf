// SPDX-License-Identifier: MIT
#include "framework/artifact/resolve.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "framework/artifact/hub_cache.hpp"
#include "framework/artifact/scan.hpp"
#include "pedigree/io/artifact_role.hpp"

namespace pedigree::artifact {
namespace {
namespace fs = std::filesystem;

fs::path absolute(const std::string& path, const Environment& environment) {
  const fs::path given{path};
  return (given.is_absolute() ? given : environment.working_folder / given).lexically_normal();
}

/// Names every second model has: they need their folder's name beside them.
bool is_common_file_name(const std::string& name) {
  constexpr std::array<std::string_view, 8> kCommon{"config.json",        "tokenizer.json", "tokenizer.model",
                                                    "model.safetensors",  "tekken.json",    "responses.jsonl",
                                                    "trainer_state.json", "params.json"};
  return std::find(kCommon.begin(), kCommon.end(), name) != kCommon.end();
}

std::string short_name(const fs::path& path, bool folder) {
  fs::path clean = path;
  if (!clean.has_filename()) clean = clean.parent_path();
  const std::string name = clean.filename().string();
  if (folder || !is_common_file_name(name)) return name.empty() ? clean.string() : name;
  const std::string parent = clean.parent_path().filename().string();
  return parent.empty() ? name : parent + "/" + name;
}

/// "hf://org/name@rev" -> (org/name, rev)
std::pair<std::string, std::string> split_id(std::string id) {
  if (id.starts_with("hf://")) id.erase(0, 5);
  const auto at = id.rfind('@');
  if (at == std::string::npos) return {id, ""};
  return {id.substr(0, at), id.substr(at + 1)};
}

/// Roles that the content of a file decides even when the pipeline says another one.
std::string settled_role(const std::string& said, const std::string& seen) {
  const std::set<std::string_view> stronger{io::role::kGguf, io::role::kPickle, io::role::kWeightsIndex};
  if (said == io::role::kWeights && stronger.count(seen) != 0) return seen;
  return said;
}

/// The tensors below a folder of checkpoints (or of one): the folders name the steps.
void add_checkpoint_folder(const fs::path& folder, ResolvedModel& model) {
  ResolvedModel found;
  scan_folder(folder, {}, {}, found);
  for (auto& file : found.files) {
    if (file.role != io::role::kWeights && file.role != io::role::kWeightsIndex && file.role != io::role::kCheckpoint)
      continue;
    file.role = io::role::kCheckpoint;
    file.name = folder.filename().string() + "/" + file.name;
    model.files.push_back(std::move(file));
  }
  for (auto& notice : found.notices) model.notices.push_back(std::move(notice));
}

Result<ResolvedModel> from_artifacts(const Wanted& wanted, const Environment& environment, ResolvedModel model) {
  model.origin = Origin::artifacts;
  std::set<std::string> names;
  for (const auto& [role, paths] : wanted.artifacts) {
    for (const auto& path : paths) {
      const auto full = absolute(path, environment);
      std::error_code error;
      if (role == io::role::kCheckpoint && fs::is_directory(full, error)) {
        add_checkpoint_folder(full, model);
        continue;
      }
      auto file = look_at(full, full.filename().string());
      if (!file) return file.error();
      file->role = settled_role(role, file->role);
      // The folder of a checkpoint names its step.
      if (role == io::role::kCheckpoint) file->name = full.parent_path().filename().string() + "/" + file->name;
      if (!names.insert(file->name).second) file->name = full.parent_path().filename().string() + "/" + file->name;
      model.files.push_back(std::move(*file));
    }
  }
  if (model.location.empty() && !model.files.empty())
    model.location = fs::path{model.files.front().path}.parent_path().string();
  return model;
}

Result<ResolvedModel> from_folder(const fs::path& folder, const std::vector<fs::path>& also_allowed, Origin origin,
                                  ResolvedModel model) {
  std::error_code error;
  const fs::path root = fs::canonical(folder, error);
  if (error)
    return Error{"ARTIFACT_UNREADABLE", folder.string(), "", "cannot be opened: " + error.message(), "check the path"};
  model.origin = origin;
  model.location = root.string();
  scan_folder(root, also_allowed, {}, model);
  drop_second_copies(model);
  return model;
}

Result<ResolvedModel> from_file(const fs::path& path, ResolvedModel model) {
  auto file = look_at(path, path.filename().string());
  if (!file) return file.error();
  if (file->role == io::role::kUnknown)
    return Error{
        "ARTIFACT_UNKNOWN", path.string(), "", "is no kind of file that is read here",
        "give a config, a tokenizer, safetensors, GGUF, recorded responses or a training log, or the model's folder"};
  model.origin = Origin::file;
  model.location = path.string();
  model.files.push_back(std::move(*file));
  return model;
}

Result<ResolvedModel> from_path(const fs::path& path, const Environment& environment, ResolvedModel model) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return from_file(path, std::move(model));
  // A user's folder may link into the Hub cache: its blobs are plain files under another name.
  auto found = from_folder(path, {hub_cache_folder(environment).lexically_normal()}, Origin::folder, std::move(model));
  if (found && found->files.empty())
    return Error{
        "FOLDER_WITHOUT_ARTIFACTS", path.string(), "",
        "holds nothing that is read here" +
            (found->notices.empty() ? std::string{}
                                    : " (" + found->notices.front().file + ": " + found->notices.front().message + ")"),
        "expected config.json, a tokenizer, safetensors, GGUF, responses or a training log"};
  return found;
}

Result<ResolvedModel> from_cache(const Wanted& wanted, const Environment& environment, std::vector<std::string>& looked,
                                 ResolvedModel model) {
  const auto cache = hub_cache_folder(environment);
  if (cache.empty()) {
    looked.push_back("Hub cache: no HOME, HF_HOME or HF_HUB_CACHE is set");
    return Error{"MODEL_NOT_FOUND", "", "", "no Hub cache", ""};
  }
  const auto snapshot =
      find_snapshot(cache, model.id, wanted.revision.empty() ? model.revision : wanted.revision, looked);
  if (!snapshot) return snapshot.error();
  model.revision = snapshot->commit;
  std::error_code error;
  const fs::path repository = fs::canonical(snapshot->repository, error);
  auto found = from_folder(snapshot->folder, {repository / "blobs"}, Origin::hub_cache, std::move(model));
  if (found)
    for (const auto& name : known_missing(*snapshot))
      found->notices.push_back({"KNOWN_MISSING", name, "the Hub has no such file at this commit"});
  return found;
}

}  // namespace

std::string Environment::get(const std::string& name) const {
  const auto found = variables.find(name);
  return found == variables.end() ? std::string{} : found->second;
}

Result<ResolvedModel> resolve(const Wanted& wanted, const Environment& environment) {
  ResolvedModel model;
  const auto [id, revision] = split_id(wanted.id);
  model.id = wanted.path.empty() && wanted.artifacts.empty() ? id : wanted.id;
  model.role = wanted.role;
  model.revision = wanted.revision.empty() ? revision : wanted.revision;
  const bool any_artifact = std::any_of(wanted.artifacts.begin(), wanted.artifacts.end(),
                                        [](const auto& entry) { return !entry.second.empty(); });
  if (any_artifact) return from_artifacts(wanted, environment, std::move(model));
  if (!wanted.path.empty()) return from_path(absolute(wanted.path, environment), environment, std::move(model));

  std::vector<std::string> looked;
  std::error_code error;
  const auto local = absolute(id, environment);
  if (!wanted.id.starts_with("hf://") && !id.empty()) {
    looked.push_back("folder: " + local.string());
    if (fs::is_directory(local, error)) {
      auto found = from_path(local, environment, model);
      if (found) {
        found->notices.push_back({"FOLDER_SHADOWS_HUB", local.string(),
                                  "a local folder of this name was taken; the Hub cache was not looked at"});
        return found;
      }
    }
  }
  if (is_repository_id(id)) {
    auto found = from_cache(wanted, environment, looked, model);
    if (found || found.error().code != "MODEL_NOT_FOUND") return found;
  } else {
    looked.push_back("Hub cache: '" + id + "' is not an id the Hub allows");
  }
  std::string places;
  for (const auto& place : looked) places += "\n  " + place;
  return Error{"MODEL_NOT_FOUND", "", "", "no model '" + wanted.id + "' was found; looked at:" + places, ""};
}

Wanted from_argument(const std::string& argument, const std::string& role, const Environment& environment) {
  Wanted wanted;
  wanted.role = role;
  std::error_code error;
  const std::string plain = argument.starts_with("file:") ? argument.substr(5) : argument;
  const auto path = absolute(plain, environment);
  const bool looks_like_path = plain != argument || plain.starts_with("/") || plain.starts_with("./") ||
                               plain.starts_with("../") || plain == "." || plain == ".." || plain.starts_with("~");
  if (!argument.starts_with("hf://") && (looks_like_path || fs::exists(path, error))) {
    wanted.path = path.string();
    wanted.id = short_name(path, fs::is_directory(path, error));
    return wanted;
  }
  std::tie(wanted.id, wanted.revision) = split_id(argument);
  return wanted;
}

void make_ids_unique(std::vector<Wanted>& models) {
  const auto is_taken = [&](const std::string& id, std::size_t except) {
    for (std::size_t i = 0; i < models.size(); ++i)
      if (i != except && models[i].id == id) return true;
    return false;
  };
  for (unsigned extra = 1; extra <= 3; ++extra) {
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < models.size(); ++i) {
      ids.push_back(models[i].id);
      if (models[i].path.empty() || !is_taken(models[i].id, i)) continue;
      fs::path tail, rest = fs::path{models[i].path};
      if (!rest.has_filename()) rest = rest.parent_path();
      const auto parts = std::count(models[i].id.begin(), models[i].id.end(), '/') + 2;
      for (std::ptrdiff_t part = 0; part < parts && rest.has_filename(); ++part, rest = rest.parent_path())
        tail = tail.empty() ? rest.filename() : rest.filename() / tail;
      ids.back() = tail.string();
    }
    for (std::size_t i = 0; i < models.size(); ++i) models[i].id = ids[i];
  }
  std::map<std::string, int> seen;
  for (auto& model : models)
    if (const int number = ++seen[model.id]; number > 1) model.id += "#" + std::to_string(number);
}

}  // namespace pedigree::artifact
