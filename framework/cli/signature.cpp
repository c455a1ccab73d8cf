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
                 "Writes the compact signature of a vocabulary, by which the tokenizer plugin names an ancestor.",
                 {"pedigree signature tokenizer.json --name llama-3 --title \"Meta Llama 3\" -o llama-3.sig"}};
constexpr std::size_t kLargestTokenizer = std::size_t{256} << 20;
}  // namespace

ExitCode signature(Session& session, const std::vector<std::string>& words) {
  po::options_description options;
  options.add_options()("name", po::value<std::string>(), "short name, as reports show it")(
      "title", po::value<std::string>(), "name for people (default: NAME)")(
      "source", po::value<std::string>(), "where the file is from (default: its name and SHA-256)")(
      "out,o", po::value<std::string>(), "file to write (default: NAME.sig)");
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
  session.console.result("wrote " + file + ", " + std::to_string(made->size()) + " bytes\n");
  return kDone;
}

}  // namespace pedigree::cli
