// SPDX-License-Identifier: MIT
#include "framework/pipeline/reader.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "framework/pipeline/build.hpp"
#include "framework/pipeline/check.hpp"
#include "framework/pipeline/interpolate.hpp"
#include "framework/pipeline/layers.hpp"
#include "framework/pipeline/merge.hpp"
#include "framework/pipeline/vocabulary.hpp"

namespace pedigree::pipeline {
namespace {

/// Leaves of the document by dotted path; list items by their name.
void collect_origins(const Node& node, const std::string& path, const Findings& findings,
                     std::map<std::string, std::string>& out) {
  const auto below = [&](const std::string& name) { return path.empty() ? name : path + "." + name; };
  if (node.is_map() && !node.entries.empty()) {
    for (const auto& entry : node.entries) collect_origins(entry.value, below(entry.key), findings, out);
  } else if (node.is_list() && !node.items.empty() && node.items.front().is_map()) {
    std::size_t index = 0;
    for (const auto& item : node.items) {
      const std::string id = identity(item);
      collect_origins(item, below(id.empty() ? std::to_string(index) : id), findings, out);
      ++index;
    }
  } else {
    out[path] = findings.origin(node.place);
  }
}

Node fold(std::vector<Node>& documents, std::size_t first = 0) {
  Node merged = documents.at(first);
  for (std::size_t i = first + 1; i < documents.size(); ++i) merged = merge(std::move(merged), documents[i]);
  return merged;
}

ReadResult finish(std::optional<Pipeline> pipeline, Findings& findings, std::map<std::string, std::string> origins) {
  ReadResult out;
  if (!findings.failed()) out.pipeline = std::move(pipeline);
  out.diagnostics = findings.take();
  out.origins = std::move(origins);
  return out;
}

/// What a file says of itself is not handed down.
void keep_own_title(Layers& layers) {
  for (std::size_t i = 0; i + 1 < layers.documents.size(); ++i)
    for (const char* own : {"name", "description"}) layers.documents[i].erase(own);
}

/// From the documents, lowest precedence first, to the pipeline.
ReadResult assemble(Layers layers, const std::filesystem::path& file, const ReadContext& context, Findings& findings) {
  const bool complete = !findings.failed();
  keep_own_title(layers);
  for (auto& document : layers.documents) normalise(document);
  const Node in_files = fold(layers.documents);
  for (auto& document : load_assignments(context.set, in_files, file.parent_path(), findings)) {
    normalise(document);
    layers.documents.push_back(std::move(document));
  }
  const Node written = fold(layers.documents);
  const Variables variables = resolve_variables(written.find("vars"), context.environment, findings);
  for (auto& document : layers.documents) {
    interpolate(document, variables, findings);
    read_object(document, vocabulary(), findings);
  }
  Node merged = fold(layers.documents);
  drop_nulls(merged);
  check_required(merged, findings);
  Pipeline pipeline = build_pipeline(merged, complete, context, findings);
  pipeline.file = file.string();
  pipeline.profile = layers.profile;
  for (const auto& [name, value] : variables) pipeline.resolved["vars"][name] = value;
  std::map<std::string, std::string> origins;
  collect_origins(merged, "", findings, origins);
  return finish(std::move(pipeline), findings, std::move(origins));
}

Node text_node(std::string text) {
  Node out;
  out.kind = Node::Kind::text;
  out.text = std::move(text);
  return out;
}

Node map_node() {
  Node out;
  out.kind = Node::Kind::map;
  return out;
}

Node model_node(const ModelSpec& model, const std::string& role) {
  Node out = map_node();
  const auto put = [&](const char* key, Node value) { out.entries.push_back({key, {}, std::move(value)}); };
  put("id", text_node(model.id));
  if (!role.empty()) put("role", text_node(role));
  if (!model.revision.empty()) put("revision", text_node(model.revision));
  if (!model.path.empty()) put("path", text_node(model.path));
  if (model.artifacts.empty()) return out;
  Node artifacts = map_node();
  for (const auto& [name, files] : model.artifacts) {
    Node list;
    list.kind = files.empty() ? Node::Kind::null : Node::Kind::list;
    for (const auto& file : files) list.items.push_back(text_node(file));
    artifacts.entries.push_back({name, {}, std::move(list)});
  }
  put("artifacts", std::move(artifacts));
  return out;
}

}  // namespace

ReadResult read_pipeline(const std::filesystem::path& file, const ReadContext& context) {
  Findings findings;
  Layers layers = load_file(file, context, findings);
  if (layers.documents.empty()) return finish(std::nullopt, findings, {});
  return assemble(std::move(layers), file, context, findings);
}

ReadResult make_pipeline(const ModelSpec& subject, const std::vector<ModelSpec>& references, const std::string& profile,
                         const ReadContext& context) {
  Findings findings;
  Layers layers = load_profile(profile, context, findings);
  if (layers.documents.empty()) return finish(std::nullopt, findings, {});
  Node document = map_node();
  document.entries.push_back({"schema", {}, text_node(std::string(kSchemaName))});
  document.entries.push_back({"name", {}, text_node("ad-hoc")});
  document.entries.push_back({"subject", {}, model_node(subject, {})});
  Node list;
  list.kind = Node::Kind::list;
  for (const auto& reference : references)
    list.items.push_back(model_node(reference, reference.role.empty() ? "suspect" : reference.role));
  document.entries.push_back({"references", {}, std::move(list)});
  layers.documents.push_back(std::move(document));
  return assemble(std::move(layers), {}, context, findings);
}

}  // namespace pedigree::pipeline
