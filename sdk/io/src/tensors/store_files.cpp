// SPDX-License-Identifier: MIT
#include "store_files.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "foreign_file.hpp"
#include "pedigree/analyzer.hpp"
#include "pedigree/io/artifact_role.hpp"
#include "pedigree/io/gguf.hpp"
#include "pedigree/io/safetensors.hpp"

namespace pedigree::io {
namespace {

constexpr std::size_t kListed = 16;  // notices of one kind about single tensors

std::string folder_of(std::string_view name) {
  const auto slash = name.rfind('/');
  return std::string{slash == std::string_view::npos ? "" : name.substr(0, slash + 1)};
}

bool is_second_copy_name(std::string_view name) {
  const auto base = name.substr(name.rfind('/') + 1);
  return base.starts_with("consolidated") || name.starts_with("original/") ||
         name.find("/original/") != std::string_view::npos;
}

/// A file that claims to hold tensors although its content does not: opening it names the problem.
bool is_weights_name(const Artifact& a) { return a.role == role::kUnknown && a.name.ends_with(".safetensors"); }

/// One folder's weight files.
struct Folder {
  std::vector<const Artifact*> weights;
  const Artifact* index = nullptr;
};

class Opener {
 public:
  Result<StoreFiles> open(std::span<const Artifact> artifacts) {
    std::map<std::string, Folder> folders;
    const Artifact* pickle = nullptr;
    std::vector<const Artifact*> ggufs;
    for (const auto& a : artifacts) {
      auto& folder = folders[folder_of(a.name)];
      if (a.role == role::kWeights || is_weights_name(a)) folder.weights.push_back(&a);
      if (a.role == role::kWeightsIndex && (folder.index == nullptr || a.name.size() < folder.index->name.size()))
        folder.index = &a;  // model.safetensors.index.json before model.safetensors.index.fp16.json
      if (a.role == role::kGguf) ggufs.push_back(&a);
      if (a.role == role::kPickle) pickle = &a;
    }
    for (auto& [name, folder] : folders) open_folder(folder);
    open_ggufs(ggufs);
    if (out_.sources.empty() && pickle != nullptr && !first_error_) return pickle_refused(pickle->name);
    if (out_.sources.empty())
      return first_error_.value_or(Error{"STORE_NO_WEIGHTS", "", "", "the model has no file of weights",
                                         "name a folder with *.safetensors or *.gguf"});
    if (!out_.gguf) out_.scales = find_scaled_weights(out_.tensors, out_.notices, out_.sources);
    return std::move(out_);
  }

 private:
  void note(std::string code, std::string_view file, std::string message) {
    out_.notices.push_back({std::move(code), std::string{file}, std::move(message)});
  }
  void fail(const Error& error) {
    if (!first_error_) first_error_ = error;
    note(error.code, error.file, error.text());
    out_.partial = true;
  }

  void open_folder(Folder& folder) {
    std::sort(folder.weights.begin(), folder.weights.end(), [](const Artifact* a, const Artifact* b) {
      const bool second_a = is_second_copy_name(a->name), second_b = is_second_copy_name(b->name);
      return second_a != second_b ? second_b : a->name < b->name;
    });
    std::optional<SafetensorsIndex> index;
    if (folder.index != nullptr) index = read_index(*folder.index);
    if (index) return open_indexed(folder, *index);
    for (const auto* file : folder.weights) open_whole(*file);
  }

  std::optional<SafetensorsIndex> read_index(const Artifact& artifact) {
    auto source = ByteSource::open(artifact);
    if (!source) return fail(source.error()), std::nullopt;
    auto index = read_safetensors_index(*source);
    if (!index) return fail(index.error()), std::nullopt;
    out_.notices.insert(out_.notices.end(), index->notices.begin(), index->notices.end());
    return std::move(*index);
  }

  std::optional<std::pair<ByteSource, SafetensorsHeader>> read_header(const Artifact& artifact) {
    auto source = ByteSource::open(artifact);
    if (!source) return fail(source.error()), std::nullopt;
    auto header = read_safetensors_header(*source);
    if (!header) return fail(header.error()), std::nullopt;
    out_.notices.insert(out_.notices.end(), header->notices.begin(), header->notices.end());
    return std::pair{std::move(*source), std::move(*header)};
  }

  void add_file(ByteSource&& source) { out_.sources.push_back(std::move(source)); }
  void add_tensor(TensorInfo&& tensor) {
    tensor.file = static_cast<std::uint32_t>(out_.sources.size() - 1);
    names_.insert(tensor.name);
    out_.tensors.push_back(std::move(tensor));
  }

  /// A file no index speaks of. It counts when none of its tensors were seen before.
  void open_whole(const Artifact& artifact) {
    auto opened = read_header(artifact);
    if (!opened) return;
    auto& [source, header] = *opened;
    const auto repeated = std::find_if(header.tensors.begin(), header.tensors.end(),
                                       [&](const TensorInfo& t) { return names_.contains(t.name); });
    if (repeated != header.tensors.end())
      return note("STORE_SECOND_COPY", artifact.name,
                  "left out: the tensor '" + repeated->name.substr(0, 120) + "' was read from another file");
    add_file(std::move(source));
    for (auto& tensor : header.tensors) add_tensor(std::move(tensor));
  }

  void open_indexed(const Folder& folder, const SafetensorsIndex& index) {
    const std::string prefix = folder_of(folder.index->name);
    std::unordered_map<std::string_view, std::string_view> shard_of;
    std::map<std::string, std::size_t> missing_tensors;  // shards by name, with tensors they owe
    for (const auto& [tensor, file] : index.weight_map) {
      shard_of.emplace(tensor, file);
      ++missing_tensors[file];
    }
    for (const auto* artifact : folder.weights) {
      const std::string base{artifact->name.substr(prefix.size())};
      if (const auto owed = missing_tensors.find(base); owed == missing_tensors.end()) {
        note("INDEX_UNLISTED_FILE", artifact->name, "left out: the index does not name this file");
      } else {
        open_shard(*artifact, base, shard_of, owed->second);
        missing_tensors.erase(owed);
      }
    }
    for (const auto& [shard, tensors] : missing_tensors)
      fail({"INDEX_MISSING_SHARD", std::string{folder.index->name}, "",
            "the shard '" + shard + "' with " + std::to_string(tensors) + " tensors is not there",
            "download it; what the other shards hold is still compared"});
    check_total_size(index, folder.index->name);
  }

  /// Takes the tensors the map gives to this shard; everything else in it is reported.
  void open_shard(const Artifact& artifact, const std::string& base,
                  const std::unordered_map<std::string_view, std::string_view>& shard_of, std::size_t owed) {
    auto opened = read_header(artifact);
    if (!opened) return;
    auto& [source, header] = *opened;
    add_file(std::move(source));
    std::size_t unlisted = 0, elsewhere = 0, taken = 0;
    for (auto& tensor : header.tensors) {
      const auto listed = shard_of.find(tensor.name);
      if (listed == shard_of.end()) {
        if (++unlisted <= kListed)
          note("INDEX_UNLISTED_TENSOR", artifact.name,
               "the tensor '" + tensor.name.substr(0, 120) + "' is not in the index");
      } else if (listed->second != base) {
        if (++elsewhere <= kListed)
          note("INDEX_DUPLICATE_TENSOR", artifact.name,
               "left out: the index gives the tensor '" + tensor.name.substr(0, 120) + "' to " +
                   std::string{listed->second});
        continue;
      }
      if (names_.contains(tensor.name)) continue;
      if (listed != shard_of.end()) ++taken;
      add_tensor(std::move(tensor));
    }
    if (taken < owed)
      fail({"INDEX_MISMATCH", std::string{artifact.name}, "",
            std::to_string(owed - taken) + " of " + std::to_string(owed) +
                " tensors the index gives to this shard are not in it",
            "the shard belongs to another model or version; download it again"});
  }

  /// Opens the largest GGUF model of the folder with all its parts, and others that hold tensors of
  /// their own (a vision projector); the rest are copies in other precisions.
  void open_ggufs(const std::vector<const Artifact*>& ggufs) {
    if (ggufs.empty()) return;
    if (!out_.sources.empty())
      return note("STORE_SECOND_COPY", ggufs.front()->name, "left out: the same folder has safetensors files");
    std::map<std::string, std::vector<OpenGguf>> models;  // by name without -00001-of-00009
    for (const auto* artifact : ggufs) {
      auto source = ByteSource::open(*artifact);
      if (!source) {
        fail(source.error());
        continue;
      }
      auto file = GgufFile::open(*source);
      if (!file)
        fail(file.error());
      else
        models[split_stem(artifact->name)].push_back({std::move(*source), std::move(*file)});
    }
    const auto size = [](const std::vector<OpenGguf>& parts) {
      std::uint64_t bytes = 0;
      for (const auto& part : parts)
        for (const auto& t : part.file.tensors()) bytes += t.bytes;
      return bytes;
    };
    std::vector<std::vector<OpenGguf>*> by_size;
    for (auto& [name, parts] : models) by_size.push_back(&parts);
    std::stable_sort(by_size.begin(), by_size.end(), [&](const auto* a, const auto* b) { return size(*a) > size(*b); });
    for (auto* parts : by_size) take_gguf(*parts);
  }

  struct OpenGguf {
    ByteSource source;
    GgufFile file;
  };

  bool repeats(const std::vector<OpenGguf>& parts) const {
    for (const auto& part : parts)
      for (const auto& t : part.file.tensors())
        if (names_.contains(t.name)) return true;
    return false;
  }

  static std::string split_stem(std::string_view name) {
    const auto of = name.rfind("-of-");
    return std::string{of != std::string_view::npos && of >= 6 ? name.substr(0, of - 6) : name};
  }

  void take_gguf(std::vector<OpenGguf>& parts) {
    if (repeats(parts))
      return note("STORE_SECOND_COPY", parts.front().source.name(), "left out: a larger GGUF file was read");
    std::int64_t expected = 1;
    for (auto& [source, file] : parts) {
      out_.notices.insert(out_.notices.end(), file.notices().begin(), file.notices().end());
      if (file.data_truncated()) {
        fail({"GGUF_TRUNCATED", source.name(), "", "the file ends before its last tensor",
              "the download is incomplete; fetch the file again"});
        continue;
      }
      expected = std::max(expected, file.integer("split.count").value_or(1));
      if (out_.architecture.empty()) out_.architecture = file.architecture();
      if (file.tensors().empty() && parts.size() == 1 && expected == 1) {
        fail({"GGUF_NO_TENSORS", source.name(), "", "the file holds a vocabulary and no tensors",
              "use a file with weights to compare weights"});
        continue;
      }
      const std::vector<TensorInfo> tensors{file.tensors().begin(), file.tensors().end()};
      add_file(std::move(source));
      for (auto tensor : tensors)
        if (!names_.contains(tensor.name)) add_tensor(std::move(tensor));
    }
    out_.gguf = !out_.sources.empty();
    if (out_.gguf && static_cast<std::int64_t>(parts.size()) < expected)
      fail({"GGUF_MISSING_SPLIT", out_.sources.front().name(), "",
            std::to_string(parts.size()) + " of " + std::to_string(expected) + " parts of the model are there",
            "download the others; what these hold is still compared"});
  }

  void check_total_size(const SafetensorsIndex& index, std::string_view file) {
    std::uint64_t bytes = 0;
    for (const auto& t : out_.tensors) bytes += t.bytes;
    if (index.total_size != 0 && !out_.partial && bytes != index.total_size)
      note("INDEX_TOTAL_SIZE", file,
           "total_size says " + std::to_string(index.total_size) + " bytes; the tensors have " + std::to_string(bytes));
  }

  StoreFiles out_;
  std::unordered_set<std::string> names_;
  std::optional<Error> first_error_;
};

}  // namespace

Result<StoreFiles> open_store_files(std::span<const Artifact> artifacts) { return Opener{}.open(artifacts); }

}  // namespace pedigree::io
