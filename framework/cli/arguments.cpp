// SPDX-License-Identifier: MIT
#include "framework/cli/arguments.hpp"

#include <sstream>

namespace pedigree::cli {
namespace {

std::string help_text(const Help& help, const po::options_description& options) {
  std::ostringstream out;
  out << help.summary << "\n\n";
  if (!help.examples.empty()) {
    out << "Examples:\n";
    for (const auto& example : help.examples) out << "  " << example << "\n";
    out << "\n";
  }
  out << "Usage: " << help.usage << "\n\n" << options;
  return out.str();
}

/// "--ouptut=x" -> "ouptut": the library hands over the whole token.
std::string option_name(std::string token) {
  token.erase(0, token.find_first_not_of('-') == std::string::npos ? token.size() : token.find_first_not_of('-'));
  return token.substr(0, token.find('='));
}

std::vector<std::string> long_names(const po::options_description& options) {
  std::vector<std::string> names;
  for (const auto& option : options.options()) names.push_back(option->long_name());
  return names;
}

/// `all` must outlive the result: the library keeps a pointer to it.
po::parsed_options parse_tokens(const po::options_description& all, const std::vector<std::string>& arguments) {
  po::positional_options_description positional;
  positional.add("operand", -1);
  // Abbreviations are not allowed: scripts would come to depend on prefixes.
  const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  return po::command_line_parser(arguments).options(all).positional(positional).style(style).run();
}

std::string count_problem(std::size_t count, std::size_t least, std::size_t most) {
  if (count < least) return least == 1 ? "an operand is missing" : std::to_string(least) + " operands are needed";
  if (most != 0 && count > most) return "too many operands";
  return {};
}

}  // namespace

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates) {
  const auto found = nearest(word, candidates);
  return found.empty() ? "" : " (did you mean '" + found + "'?)";
}

ExitCode usage_error(const Session& session, const std::string& verb, const std::string& message) {
  session.console.error(message);
  session.console.message("  see: pedigree " + (verb.empty() ? "" : verb + " ") + "--help\n");
  return kUsage;
}

Arguments parse(Session& session, const Help& help, const po::options_description& own,
                const std::vector<std::string>& arguments, std::size_t least, std::size_t most) {
  po::options_description options{"Options"};
  options.add(own);
  options.add_options()("help,h", "show this help");
  po::options_description all;
  all.add(options);
  all.add_options()("operand", po::value<std::vector<std::string>>());
  Arguments parsed;
  try {
    po::store(parse_tokens(all, arguments), parsed.values);
    po::notify(parsed.values);
  } catch (const po::unknown_option& e) {
    const auto name = option_name(e.get_option_name());
    const auto found = nearest(name, long_names(options));
    parsed.code =
        usage_error(session, help.verb,
                    "unknown option '--" + name + "'" + (found.empty() ? "" : " (did you mean '--" + found + "'?)"));
    return parsed;
  } catch (const po::error& e) {
    parsed.code = usage_error(session, help.verb, e.what());
    return parsed;
  }
  if (parsed.has("help")) {
    session.console.result(help_text(help, options));
    return parsed;
  }
  parsed.operands = parsed.list("operand");
  if (const auto problem = count_problem(parsed.operands.size(), least, most); !problem.empty()) {
    parsed.code = usage_error(session, help.verb, problem + "; usage: " + help.usage);
    return parsed;
  }
  parsed.go_on = true;
  return parsed;
}

}  // namespace pedigree::cli
