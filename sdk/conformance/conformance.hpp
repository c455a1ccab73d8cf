// SPDX-License-Identifier: MIT
// The vocabulary of the conformance program: what a test is given and what it answers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "pedigree/abi.h"

namespace pedigree::conformance {

/// The plugin under test. The library is not loaded here: every test loads it in a process of its own.
struct Subject {
  std::filesystem::path library;
  std::filesystem::path worker;  ///< pedigree-worker; empty: tests that need it are left out
  nlohmann::json manifest;       ///< null when there is none
  std::uint64_t seed = 1;
};

enum class Mark { pass, fail, left_out };

struct Verdict {
  Mark mark = Mark::pass;
  std::string message;  ///< why, when it did not pass; a remark otherwise
};

inline Verdict pass(std::string remark = {}) { return {Mark::pass, std::move(remark)}; }
inline Verdict fail(std::string why) { return {Mark::fail, std::move(why)}; }
inline Verdict left_out(std::string why) { return {Mark::left_out, std::move(why)}; }

/// One test. `id` is stable: "group.name".
struct Test {
  std::string id;
  std::string what;  ///< what holds when it passes
  Verdict (*run)(const Subject&);
};

std::vector<Test> load_tests();
std::vector<Test> descriptor_tests();
std::vector<Test> config_tests();
std::vector<Test> input_tests();
std::vector<Test> run_tests();
std::vector<Test> contract_tests();

/// Runs `test` in a child process with limits and 180 s, in an empty folder. A crash is a failure that names the signal.
Verdict run_in_child(const Test& test, const Subject& subject);

}  // namespace pedigree::conformance
