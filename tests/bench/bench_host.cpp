// SPDX-License-Identifier: MIT
// What the host costs before any science: cold start, one worker round trip, a verdict from metadata.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace {
namespace fs = std::filesystem;

/// Seconds of one child from spawn to its end; negative when it did not exit with `expected`.
double seconds_of(std::vector<std::string> words, std::vector<std::string> variables, int expected = 0) {
  std::vector<char*> argv, envp;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  for (auto& variable : variables) envp.push_back(variable.data());
  envp.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  const auto start = std::chrono::steady_clock::now();
  pid_t child = 0;
  const bool started = ::posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), envp.data()) == 0;
  int status = 0;
  if (started) ::waitpid(child, &status, 0);
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  posix_spawn_file_actions_destroy(&actions);
  return started && WIFEXITED(status) && WEXITSTATUS(status) == expected ? spent.count() : -1;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Case {
  std::string name;
  std::vector<std::string> words;
  std::string compared_to;
  std::size_t peer;  ///< index of the case it is compared with
  std::vector<double> seconds{};
};

}  // namespace

int main() {
  const char* stage = std::getenv("PEDIGREE_STAGE");
  if (stage == nullptr) {
    std::fputs("PEDIGREE_STAGE must name the installed tree\n", stderr);
    return 1;
  }
  std::string pattern = (fs::temp_directory_path() / "pedigree-bench-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) return 1;
  const fs::path folder = pattern;
  std::ofstream{folder / "config.json"} << R"({"model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32,
    "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336, "hidden_act": "silu", "vocab_size": 128256})";
  const auto program = std::string{stage} + "/bin/pedigree";
  const std::vector<std::string> variables{"HOME=" + folder.string(), "LC_ALL=C.UTF-8"};
  const auto config = (folder / "config.json").string();
  const auto solar = std::string{stage} + "/share/pedigree/pipelines/models/solar-open-100b.yaml";
  std::vector<Case> cases{
      {"start of a process (/bin/true)", {"/bin/true"}, "", 0},
      {"cold start: pedigree --version", {program, "--version"}, "start of a process (/bin/true)", 0},
      {"pedigree list analyzers", {program, "list", "analyzers"}, "start of a process (/bin/true)", 0},
      {"inspect one config (host and workers)",
       {program, "inspect", config, "--no-cache", "-q"},
       "cold start: pedigree --version",
       1},
      {"verdict of solar-open-100b from metadata",
       {program, "verify", solar, "--no-cache", "-q", "-o", (folder / "run").string()},
       "cold start: pedigree --version",
       1},
      {"verdict against the whole catalog",
       {program, "compare", config, "all", "--no-cache", "-q", "--format", "json"},
       "cold start: pedigree --version",
       1},
  };
  for (int round = 0; round < 7; ++round)
    for (auto& one : cases) one.seconds.push_back(seconds_of(one.words, variables));
  auto list = nlohmann::json::array();
  for (const auto& one : cases) {
    if (*std::min_element(one.seconds.begin(), one.seconds.end()) < 0) {
      std::fprintf(stderr, "%s: failed\n", one.name.c_str());
      continue;
    }
    const double value = median(one.seconds);
    nlohmann::json entry{
        {"name", one.name}, {"value", value}, {"unit", "s"}, {"compared_to", nullptr}, {"ratio", nullptr}};
    if (!one.compared_to.empty()) {
      entry["compared_to"] = one.compared_to;
      entry["ratio"] = value / median(cases[one.peer].seconds);
    }
    list.push_back(std::move(entry));
  }
  std::printf("%s\n", list.dump(1).c_str());
  fs::remove_all(folder);
  return 0;
}
