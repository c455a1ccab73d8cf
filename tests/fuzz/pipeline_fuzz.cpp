// SPDX-License-Identifier: MIT
// LINK: pedigree_pipeline
// Any bytes as a pipeline file. A first line "#set PATH=VALUE" becomes a --set. Properties: a pipeline or errors, never
// both or neither; a pipeline that was read is written as YAML that reads to the same values.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "framework/pipeline/explain.hpp"
#include "framework/pipeline/reader.hpp"

namespace {
using pedigree::pipeline::ReadContext;
using pedigree::pipeline::ReadResult;

[[noreturn]] void violated(const char* property) {
  std::fprintf(stderr, "violated: %s\n", property);
  std::abort();
}

std::vector<pedigree::plugin::Manifest> plugins() {
  pedigree::plugin::AnalyzerManifest analyzer;
  analyzer.id = "tokenizer.overlap";
  analyzer.family = pedigree::Family::tokenizer;
  analyzer.config_schema = nlohmann::json::parse(
      R"({"type":"object","additionalProperties":false,"properties":{"flag":{"type":"boolean","default":true},
          "share":{"type":"number","minimum":0,"maximum":1},"many":{"type":"integer"},"word":{"enum":["a","010"],"type":"string"}}})");
  pedigree::plugin::Manifest plugin;
  plugin.id = "org.example";
  plugin.analyzers = {analyzer};
  return {plugin};
}

/// Reads the text as a file that exists in memory only.
ReadResult read(std::string_view text, const ReadContext& context) {
  const int file = ::memfd_create("pipeline", MFD_CLOEXEC);
  if (file < 0) violated("a file in memory");
  std::size_t written = 0;
  while (written < text.size()) {
    const auto some = ::write(file, text.data() + written, text.size() - written);
    if (some <= 0) violated("a file in memory");
    written += static_cast<std::size_t>(some);
  }
  auto result = pedigree::pipeline::read_pipeline("/proc/self/fd/" + std::to_string(file), context);
  ::close(file);
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto installed = plugins();
  std::string_view text(reinterpret_cast<const char*>(data), size);
  ReadContext context;
  context.plugins = &installed;
  context.check_artifacts = false;
  context.environment = {{"HOME", "/root"}};
  if (constexpr std::string_view kSet = "#set "; text.starts_with(kSet))
    context.set = {std::string(text.substr(kSet.size(), text.substr(0, text.find('\n')).size() - kSet.size()))};

  const auto result = read(text, context);
  if (result.pipeline.has_value() == pedigree::has_errors(result.diagnostics)) violated("a pipeline or errors");
  pedigree::to_text(result.diagnostics, true);
  if (!result.pipeline) return 0;
  explain_values_text(explain_values(result, installed));
  steps_text(*result.pipeline, installed);
  context.set.clear();
  const auto again = read(resolved_yaml(*result.pipeline), context);
  auto expected = result.pipeline->resolved;
  expected.erase("vars");
  expected.erase("extends");
  if (!again.pipeline || again.pipeline->resolved != expected) violated("the written pipeline reads back");
  return 0;
}
