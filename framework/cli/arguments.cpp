// SPDX-License-Identifier: MIT
#include "framework/cli/arguments.hpp"

#include "framework/cli/formats.hpp"
#include "framework/report/text.hpp"

namespace pedigree::cli {
namespace {

/// "help.VERB.OPTION", or what the option means everywhere.
std::string option_key(const Console& console, const std::string& verb, const std::string& option) {
  const auto own = "help." + verb + "." + option;
  return console.knows(own) ? own : "option." + option;
}

/// Two columns: the option, and what it does, wrapped by columns of the terminal (Hangul takes two).
std::string option_lines(const Console& console, const std::string& verb, const po::options_description& options) {
  constexpr int kLeft = 30, kWidest = 100;
  const int room = std::min(console.width(), kWidest) - kLeft - 1;
  std::string out;
  for (const auto& option : options.options()) {
    std::string left = "  " + option->format_name();
    if (const auto parameter = option->format_parameter(); !parameter.empty()) left += " " + parameter;
    const auto meaning = console.say(option_key(console, verb, option->long_name()), {{"formats", format_names()}});
    const bool fits = report::display_width(left) < kLeft;
    out += fits ? report::pad(left, kLeft) : left;
    bool first = fits;
    for (const auto& line : report::wrap(meaning, room)) {
      out += first ? line : "\n" + std::string(kLeft, ' ') + line;
      first = false;
    }
    out += "\n";
  }
  return out;
}

std::string help_text(const Console& console, const Help& help, const po::options_description& options) {
  std::string out = console.say("help." + help.verb) + "\n\n";
  if (!help.examples.empty()) {
    out += console.say("cli.examples") + ":\n";
    for (const auto& example : help.examples) out += "  " + example + "\n";
    out += "\n";
  }
  return out + console.say("cli.usage") + ": " + help.usage + "\n\n" + console.say("cli.options") + ":\n" +
         option_lines(console, help.verb, options);
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

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates) {
  const auto question = pedigree::did_you_mean(word, candidates);
  return question.empty() ? "" : " (" + question + ")";
}

ExitCode usage_error(const Session& session, const std::string& verb, const std::string& message) {
  session.console.error(message);
  session.console.message("  " + session.console.say("cli.see") + ": pedigree " + (verb.empty() ? "" : verb + " ") +
                          "--help\n");
  return kUsage;
}

Arguments parse(Session& session, const Help& help, const po::options_description& own,
                const std::vector<std::string>& arguments, std::size_t least, std::size_t most) {
  po::options_description options;
  options.add(own);
  if (options.find_nothrow("lang", false) == nullptr) options.add_options()("lang", po::value<std::string>());
  options.add_options()("help,h", po::bool_switch());
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
    parsed.code = usage_error(session, help.verb, e.what());  // its sentences are in the catalogue as well
    return parsed;
  }
  if (parsed.values["help"].as<bool>()) {
    session.console.result(help_text(session.console, help, options));
    return parsed;
  }
  if (const auto lang = parsed.text("lang"); !lang.empty() && lang != "en" && lang != "ko") {
    parsed.code = usage_error(session, help.verb, "unknown language '" + lang + "'; known: en, ko");
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
