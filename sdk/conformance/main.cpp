// SPDX-License-Identifier: MIT
// pedigree-conformance LIB [--worker PROGRAM] [--only REGEX] [--seed N] [--format text|json|junit] [--list]
// Exit code: 0 every test passed, 1 one failed, 2 usage, 4 the library cannot be read.
#include <re2/re2.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include "sdk/conformance/conformance.hpp"

namespace {
using namespace pedigree::conformance;
namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kUsage =
    "usage: pedigree-conformance NAME.pedigree.so [--worker PROGRAM] [--only REGEX] [--seed N]\n"
    "                            [--format text|json|junit]\n"
    "       pedigree-conformance --list\n";

struct Arguments {
  Subject subject;
  std::string only, format = "text";
  bool list = false, understood = true;
};

struct Line {
  Test test;
  Verdict verdict;
};

const char* word(Mark mark) { return mark == Mark::pass ? "pass" : mark == Mark::fail ? "FAIL" : "left out"; }

std::vector<Test> all_tests() {
  std::vector<Test> tests;
  for (auto group : {load_tests(), descriptor_tests(), config_tests(), input_tests(), run_tests(), contract_tests()})
    tests.insert(tests.end(), group.begin(), group.end());
  return tests;
}

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const bool has_value = i + 1 < argc;
    if (argument == "--list")
      arguments.list = true;
    else if (argument == "--worker" && has_value)
      arguments.subject.worker = argv[++i];
    else if (argument == "--only" && has_value)
      arguments.only = argv[++i];
    else if (argument == "--format" && has_value)
      arguments.format = argv[++i];
    else if (argument == "--seed" && has_value)
      arguments.subject.seed = std::strtoull(argv[++i], nullptr, 10);
    else if (!argument.starts_with("-") && arguments.subject.library.empty())
      arguments.subject.library = argument;
    else
      arguments.understood = false;
  }
  const bool known = arguments.format == "text" || arguments.format == "json" || arguments.format == "junit";
  arguments.understood &= known && (arguments.list || !arguments.subject.library.empty());
  return arguments;
}

/// The worker beside this program, as installed: bin/ and libexec/pedigree/ of one prefix.
fs::path worker_beside() {
  std::error_code error;
  const auto own = fs::read_symlink("/proc/self/exe", error);
  const auto worker = own.parent_path().parent_path() / "libexec/pedigree/pedigree-worker";
  return !error && fs::exists(worker, error) ? worker : fs::path{};
}

/// Fills in what follows from the library's place; says why when there is no library, else "".
std::string complete(Subject& subject) {
  std::error_code error;
  const auto library = fs::canonical(subject.library, error);
  if (error) return error.message();
  if (!fs::is_regular_file(library)) return "not a file; name the built NAME.pedigree.so";
  subject.library = library;
  if (subject.worker.empty())
    subject.worker = worker_beside();
  else
    subject.worker = fs::absolute(subject.worker);
  auto manifest = subject.library;
  manifest.replace_extension(".json");
  std::ifstream in{manifest, std::ios::binary};
  subject.manifest = json::parse(std::string{std::istreambuf_iterator<char>{in}, {}}, nullptr, false);
  return {};
}

void print_text(const std::vector<Line>& lines) {
  int failed = 0, left_out = 0;
  for (const auto& [test, verdict] : lines) {
    failed += verdict.mark == Mark::fail ? 1 : 0;
    left_out += verdict.mark == Mark::left_out ? 1 : 0;
    std::printf("%-9s %-20s %s%s%s\n", word(verdict.mark), test.id.c_str(), test.what.c_str(),
                verdict.message.empty() ? "" : ": ", verdict.message.c_str());
  }
  const int total = static_cast<int>(lines.size());
  std::printf("%d passed, %d failed, %d left out\n", total - failed - left_out, failed, left_out);
}

void print_json(const Subject& subject, const std::vector<Line>& lines) {
  json tests = json::array();
  for (const auto& [test, verdict] : lines)
    tests.push_back(
        {{"id", test.id}, {"what", test.what}, {"result", word(verdict.mark)}, {"message", verdict.message}});
  const json document{{"schema", "pedigree/conformance/v1"},
                      {"library", subject.library.string()},
                      {"seed", subject.seed},
                      {"tests", tests}};
  std::cout << document.dump(2, ' ', false, json::error_handler_t::replace) << "\n";
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

void print_junit(const std::vector<Line>& lines) {
  std::cout << "<testsuite name=\"pedigree-conformance\" tests=\"" << lines.size() << "\">\n";
  for (const auto& [test, verdict] : lines) {
    std::cout << "  <testcase name=\"" << escaped(test.id) << "\">";
    if (verdict.mark == Mark::fail) std::cout << "<failure message=\"" << escaped(verdict.message) << "\"/>";
    if (verdict.mark == Mark::left_out) std::cout << "<skipped message=\"" << escaped(verdict.message) << "\"/>";
    std::cout << "</testcase>\n";
  }
  std::cout << "</testsuite>\n";
}

int run(Arguments& arguments) {
  if (const auto problem = complete(arguments.subject); !problem.empty()) {
    std::fprintf(stderr, "pedigree-conformance: %s cannot be read: %s\n", arguments.subject.library.c_str(),
                 problem.c_str());
    return 4;
  }
  const RE2 only{arguments.only, RE2::Quiet};
  if (!only.ok()) {
    std::fprintf(stderr, "pedigree-conformance: --only is no regular expression: %s\n", only.error().c_str());
    return 2;
  }
  std::vector<Line> lines;
  bool failed = false;
  for (const auto& test : all_tests()) {
    if (!RE2::PartialMatch(test.id, only)) continue;
    std::fflush(nullptr);  // a child inherits what is not yet written
    lines.push_back({test, run_in_child(test, arguments.subject)});
    failed |= lines.back().verdict.mark == Mark::fail;
  }
  if (arguments.format == "json")
    print_json(arguments.subject, lines);
  else if (arguments.format == "junit")
    print_junit(lines);
  else
    print_text(lines);
  return failed ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  auto arguments = parse(argc, argv);
  if (!arguments.understood) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  if (arguments.list) {
    for (const auto& test : all_tests()) std::printf("%-20s %s\n", test.id.c_str(), test.what.c_str());
    return 0;
  }
  try {
    return run(arguments);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "pedigree-conformance: %s\n", e.what());
    return 70;
  }
}
