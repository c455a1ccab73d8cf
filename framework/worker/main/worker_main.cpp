// SPDX-License-Identifier: MIT
// pedigree-worker: the process in which a plugin's code runs.
//   pedigree-worker run                                              a job on stdin, frames on descriptor 3
//   pedigree-worker describe LIB --output FILE [--messages FILE]     write the manifest of a library
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "framework/core/atomic_write.hpp"
#include "framework/plugin/manifest_json.hpp"
#include "framework/worker/inside.hpp"
#include "framework/worker/library.hpp"

namespace {

constexpr int kUsage = 2, kFailed = 4, kBug = 70;

int complain(const std::string& message, int code) {
  std::fprintf(stderr, "pedigree-worker: %s\n", message.c_str());
  return code;
}

int describe(const std::vector<std::string>& arguments) {
  std::string library, output, messages;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool has_value = i + 1 < arguments.size();
    if (arguments[i] == "--output" && has_value)
      output = arguments[++i];
    else if (arguments[i] == "--messages" && has_value)
      messages = arguments[++i];
    else if (library.empty() && !arguments[i].starts_with("-"))
      library = arguments[i];
    else
      return complain("unexpected argument '" + arguments[i] + "'", kUsage);
  }
  if (library.empty() || output.empty())
    return complain("usage: pedigree-worker describe LIB --output FILE [--messages FILE]", kUsage);
  const auto manifest = pedigree::worker::describe(library, messages);
  if (!manifest) return complain(manifest.error().text(), kFailed);
  const auto text = pedigree::plugin::to_json(*manifest).dump(1) + "\n";
  if (const auto written = pedigree::atomic_write(output, text); !written)
    return complain(written.error().text(), kFailed);
  return 0;
}

int dispatch(const std::vector<std::string>& arguments) {
  if (arguments.size() == 1 && arguments[0] == "run") return pedigree::worker::run_inside();
  if (!arguments.empty() && arguments[0] == "describe") return describe({arguments.begin() + 1, arguments.end()});
  return complain("usage: pedigree-worker run | describe LIB --output FILE [--messages FILE]", kUsage);
}

}  // namespace

int main(int argc, char** argv) {
  int code = kBug;
  try {
    code = dispatch({argv + 1, argv + argc});
  } catch (const std::exception& e) {
    code = complain(e.what(), kBug);
  }
  std::fflush(nullptr);
  ::_exit(code);  // no static destructor of a plugin runs
}
