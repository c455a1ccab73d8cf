// SPDX-License-Identifier: MIT
// Starts the built pedigree in a folder of its own and collects what it says.
#pragma once

#include <csignal>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace pedigree::cli_test {

struct Ended {
  int code = -1;  ///< exit code; 128 + signal when killed
  std::string out, err;
  nlohmann::json json() const;  ///< of stdout; discarded value when it is none
};

/// How to start the program beside its arguments.
struct Start {
  std::map<std::string, std::string> variables{};  ///< added to a small clean environment
  std::string stdout_to{};                         ///< a device such as /dev/full instead of a pipe
  std::optional<unsigned long> file_size_limit{};  ///< RLIMIT_FSIZE in bytes
  int signal = 0;                                  ///< sent once `signal_when` appears on stderr
  std::string signal_when{};
};

/// A temporary folder that is home and working folder of the program; removed at the end.
class Program {
 public:
  Program();
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  Ended run(const std::vector<std::string>& arguments, const Start& start = {}) const;
  const std::filesystem::path& folder() const { return folder_; }
  /// Writes a file below the folder, making folders on the way.
  std::filesystem::path write(const std::string& name, std::string_view bytes) const;

 private:
  std::filesystem::path folder_;
};

/// A config.json of a small llama-like model.
std::string small_config(int hidden = 64, int layers = 4);

}  // namespace pedigree::cli_test
