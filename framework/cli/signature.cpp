// SPDX-License-Identifier: MIT
// pedigree signature TOKENIZER --name NAME -o FILE
#include "framework/cli/arguments.hpp"
#include "framework/cli/verbs.hpp"
#include "framework/core/atomic_write.hpp"
#include "framework/core/descriptor.hpp"
#include "pedigree/io/tokenizer_signature.hpp"

namespace pedigree::cli {
namespace {
const Help kHelp{"signature",
                 "pedigree signature TOKENIZER --name NAME [options]",

                 {"pedigree signature tokenizer.json --name llama-3 --title \"Meta Llama 3\" -o llama-3.sig"}};
constexpr std::size_t kLargestTokenizer = std::size_t{256} << 20;
}  // namespace

ExitCode signature(Session& session, const std::vector<std::string>& words) {
  po::options_description options;
  auto add = options.add_options();
  for (const char* name : {"name", "title", "source", "out,o"}) add(name, po::value<std::string>());
  const auto arguments = parse(session, kHelp, options, words, 1, 1);
  if (!arguments.go_on) return arguments.code;
  if (!arguments.has("name")) return usage_error(session, "signature", "--name is missing");
  const std::filesystem::path tokenizer = arguments.operands.front();
  const auto bytes = read_file(tokenizer, kLargestTokenizer);
  if (!bytes) {
    session.console.error(bytes.error());
    return kEnvironment;
  }
  const auto name = arguments.text("name");
  const auto title = arguments.has("title") ? arguments.text("title") : name;
  const auto made = io::make_signature(io::NamedBytes{tokenizer.filename().string(), *bytes},
                                       {name, title, arguments.text("source")});
  if (!made) {
    session.console.error(made.error());
    return kEnvironment;
  }
  const auto file = arguments.has("out") ? arguments.text("out") : name + ".sig";
  if (const auto written = atomic_write(file, *made); !written) {
    session.console.error(written.error());
    return kEnvironment;
  }
  session.console.tell("wrote " + file + ", " + std::to_string(made->size()) + " bytes\n");
  return kDone;
}

}  // namespace pedigree::cli
