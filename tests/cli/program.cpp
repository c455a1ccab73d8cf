// SPDX-License-Identifier: MIT
#include "tests/cli/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace pedigree::cli_test {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void become(const std::vector<std::string>& arguments, const Start& start, const fs::path& folder, int out,
                         int err) {
  const auto program = std::string{PEDIGREE_BINARY_DIR} + "/bin/pedigree";
  std::map<std::string, std::string> variables{{"HOME", folder.string()},
                                               {"PATH", "/usr/bin:/bin"},
                                               {"LC_ALL", "C.UTF-8"},
                                               {"TZ", "Asia/Seoul"},
                                               {"TMPDIR", folder.string()}};
  for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"})
    if (const char* value = std::getenv(name); value != nullptr) variables[name] = value;
  for (const auto& [name, value] : start.variables) variables[name] = value;
  std::vector<std::string> texts;
  for (const auto& [name, value] : variables) texts.push_back(name + "=" + value);
  std::vector<char*> environment, words;
  for (auto& text : texts) environment.push_back(text.data());
  environment.push_back(nullptr);
  auto copies = arguments;
  copies.insert(copies.begin(), program);
  for (auto& word : copies) words.push_back(word.data());
  words.push_back(nullptr);
  if (start.file_size_limit) {
    const rlimit limit{*start.file_size_limit, *start.file_size_limit};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  if (!start.stdout_to.empty()) out = ::open(start.stdout_to.c_str(), O_WRONLY);
  const int in = ::open("/dev/null", O_RDONLY);
  if (::chdir(folder.c_str()) != 0 || ::dup2(in, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(err, 2) < 0) ::_exit(120);
  ::execve(program.c_str(), words.data(), environment.data());
  ::_exit(121);
}

/// Reads both pipes to their ends; sends the signal when its cue appears.
void collect(int out, int err, pid_t child, const Start& start, Ended& ended) {
  std::array<pollfd, 2> open{{{out, POLLIN, 0}, {err, POLLIN, 0}}};
  std::array<std::string*, 2> texts{&ended.out, &ended.err};
  bool sent = start.signal == 0;
  int left = 2;
  while (left > 0 && ::poll(open.data(), open.size(), 120'000) > 0) {
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (open[i].revents == 0) continue;
      std::array<char, 65536> buffer{};
      const auto count = ::read(open[i].fd, buffer.data(), buffer.size());
      if (count > 0) {
        texts[i]->append(buffer.data(), static_cast<std::size_t>(count));
      } else {
        open[i].fd = -1;
        --left;
      }
    }
    if (!sent && ended.err.find(start.signal_when) != std::string::npos) {
      ::kill(child, start.signal);
      sent = true;
    }
  }
}

}  // namespace

nlohmann::json Ended::json() const { return nlohmann::json::parse(out, nullptr, false); }

Program::Program() {
  std::string pattern = (fs::temp_directory_path() / "pedigree-cli-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = fs::canonical(pattern);
}

Program::~Program() {
  std::error_code error;
  fs::remove_all(folder_, error);
}

Ended Program::run(const std::vector<std::string>& arguments, const Start& start) const {
  std::array<int, 2> out{}, err{};
  if (::pipe2(out.data(), O_CLOEXEC) != 0 || ::pipe2(err.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const pid_t child = ::fork();
  if (child == 0) become(arguments, start, folder_, out[1], err[1]);
  ::close(out[1]);
  ::close(err[1]);
  Ended ended;
  collect(out[0], err[0], child, start, ended);
  ::close(out[0]);
  ::close(err[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ended;
}

fs::path Program::write(const std::string& name, std::string_view bytes) const {
  const auto path = folder_ / name;
  fs::create_directories(path.parent_path());
  std::ofstream{path, std::ios::binary}.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return path;
}

std::string small_config(int hidden, int layers) {
  const nlohmann::json config{{"architectures", {"LlamaForCausalLM"}},
                              {"model_type", "llama"},
                              {"hidden_size", hidden},
                              {"num_hidden_layers", layers},
                              {"num_attention_heads", 8},
                              {"num_key_value_heads", 4},
                              {"intermediate_size", 4 * hidden},
                              {"hidden_act", "silu"},
                              {"vocab_size", 512},
                              {"rms_norm_eps", 1e-5},
                              {"rope_theta", 10000.0},
                              {"max_position_embeddings", 256}};
  return config.dump(2);
}

}  // namespace pedigree::cli_test
