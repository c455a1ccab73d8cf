// SPDX-License-Identifier: MIT
#include "framework/pipeline/layers.hpp"

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include "framework/core/descriptor.hpp"
#include "framework/pipeline/yaml_loader.hpp"

namespace pedigree::pipeline {
namespace {
namespace fs = std::filesystem;

/// The file's document, or nothing after findings at `asked` (where it is named; nowhere for the first file) or in it.
std::optional<Node> load_document(const fs::path& file, Place asked, Findings& findings) {
  auto bytes = read_file(file, kMaxFileBytes);
  if (!bytes.ok()) {
    const std::string& code = bytes.error().code;
    const bool named = asked.source >= 0;
    const std::string name = named ? file.string() : "the file";
    Finding finding{"PED-P001", name + " cannot be read: " + bytes.error().message,
                    "check the name and the permissions"};
    if (code == "NOT_A_FILE") finding = {"PED-P002", name + " is not a regular file", "name the YAML file itself"};
    if (code == "FILE_TOO_LARGE")
      finding = {"PED-P003", name + " is larger than 1 MiB", "a pipeline is small: is this the right file?"};
    if (!named) asked = {findings.add_source({file.string(), {}, {}}), -1, 0, 1};
    findings.add(asked, std::move(finding));
    return std::nullopt;
  }
  std::string text = std::move(bytes).value();
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  const int source = findings.add_source({file.string(), file.parent_path(), std::move(text)});
  auto document = load_yaml(source, findings);
  if (document && !document->is_map()) {
    findings.add(document->place, {"PED-P017", "a pipeline is a map, found " + describe(*document),
                                   "begin with schema: pedigree/pipeline/v1"});
    return std::nullopt;
  }
  return document;
}

fs::path real_path(const fs::path& file) {
  std::error_code error;
  const auto out = fs::weakly_canonical(file, error);
  return error ? file : out;
}

/// Walks from a document to its parents.
class Chain {
 public:
  Chain(const ReadContext& context, Findings& findings) : context_(context), findings_(findings) {}

  void add(Node document, const fs::path& file) {
    seen_.push_back(real_path(file));
    documents_.push_back(std::move(document));
  }
  void add_named(const std::string& name, const fs::path& from, const Place& place) {
    const auto file = find(name, from, place);
    if (!file) return;
    if (std::find(seen_.begin(), seen_.end(), real_path(*file)) != seen_.end()) {
      findings_.add(place, {"PED-P025", "'extends: " + name + "' leads back to " + file->string(),
                            "a file cannot extend itself, directly or by way of others"});
      return;
    }
    if (seen_.size() > kMaxParents) {
      findings_.add(place, {"PED-P026", "more than " + std::to_string(kMaxParents) + " parents, one above the other",
                            "merge some of them"});
      return;
    }
    auto document = load_document(*file, place, findings_);
    if (!document) return;
    const auto parent = extends_of(*document);
    add(std::move(*document), *file);
    if (parent) add_named(parent->text, file->parent_path(), parent->place);
  }
  /// The text after `extends:`; nothing when absent, null or no text (then a finding).
  std::optional<Node> extends_of(const Node& document) {
    const Node* extends = document.find("extends");
    if (extends == nullptr || extends->is_null()) return std::nullopt;
    if (extends->is_text() && !extends->text.empty()) return *extends;
    findings_.add(extends->place, {"PED-P017", "'extends' takes one name or file, found " + describe(*extends),
                                   "a pipeline has one parent"});
    return std::nullopt;
  }
  std::vector<Node> take() {
    std::reverse(documents_.begin(), documents_.end());
    return std::move(documents_);
  }

 private:
  std::optional<fs::path> find(const std::string& name, const fs::path& from, const Place& place) {
    if (name.find("://") != std::string::npos) {
      findings_.add(place, {"PED-P027", "'extends' takes no address", "download the file and name it by its path"});
      return std::nullopt;
    }
    const bool is_file = name.find('/') != std::string::npos || name.ends_with(".yaml") || name.ends_with(".yml");
    const fs::path file = is_file ? from / name : context_.profiles / (name + ".yaml");
    std::error_code error;
    if (fs::exists(file, error)) return file;
    const auto names = profile_names(context_.profiles);
    std::string listed;
    for (const auto& known : names) (listed += listed.empty() ? "" : ", ") += known;
    const std::string best = is_file ? "" : nearest(name, names);
    findings_.add(
        place, {"PED-P024", is_file ? "no file " + file.string() : "no profile '" + name + "'",
                best.empty() ? "" : "did you mean '" + best + "'?", is_file ? "" : listed, "pedigree list profiles"});
    return std::nullopt;
  }

  const ReadContext& context_;
  Findings& findings_;
  std::vector<Node> documents_;
  std::vector<fs::path> seen_;
};

/// A file of the profile folder is a parent itself and gets no other by default.
bool is_profile(const fs::path& file, const ReadContext& context) {
  return !context.profiles.empty() && real_path(file).parent_path() == real_path(context.profiles);
}

}  // namespace

Layers load_file(const fs::path& file, const ReadContext& context, Findings& findings) {
  Layers out;
  auto document = load_document(file, {}, findings);
  if (!document) return out;
  Chain chain(context, findings);
  const Node* extends = document->find("extends");
  const bool by_default = extends == nullptr && !context.profiles.empty() && !is_profile(file, context);
  const Place none;
  const auto parent = chain.extends_of(*document);
  chain.add(std::move(*document), file);
  if (!context.profile.empty()) {
    out.profile = context.profile;
    chain.add_named(context.profile, {}, none);
  } else if (parent) {
    out.profile = parent->text;
    chain.add_named(parent->text, file.parent_path(), parent->place);
  } else if (by_default) {
    out.profile = kDefaultProfile;
    chain.add_named(kDefaultProfile, {}, none);
  }
  out.documents = chain.take();
  return out;
}

Layers load_profile(const std::string& profile, const ReadContext& context, Findings& findings) {
  Layers out;
  Chain chain(context, findings);
  out.profile = !context.profile.empty() ? context.profile : !profile.empty() ? profile : kDefaultProfile;
  chain.add_named(out.profile, {}, {});
  out.documents = chain.take();
  return out;
}

std::vector<std::string> profile_names(const fs::path& folder) {
  std::vector<std::string> out;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (at->path().extension() == ".yaml") out.push_back(at->path().stem().string());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace pedigree::pipeline
