// SPDX-License-Identifier: MIT
#include "plugins/behavior/analyzers/endpoint.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <set>

#include "pedigree/io/responses.hpp"
#include "plugins/behavior/tests/liar_server.hpp"
#include "tests/support/run_analyzer.hpp"

namespace pedigree::behavior {
namespace {

namespace fs = std::filesystem;
using testing::LiarServer;

class EndpointTest : public ::testing::Test {
 protected:
  EndpointTest() : folder_(fs::temp_directory_path() / ("pedigree-endpoint-" + std::to_string(::getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~EndpointTest() override { fs::remove_all(folder_); }

  pedigree::testing::RunResult ask(const LiarServer& server, const std::string& more = "") {
    return pedigree::testing::run_analyzer<Endpoint>(
        {{"subject"}},
        R"({"url": ")" + server.url() + R"(", "model": "m", "probes": "identity", "backoff_seconds": 0.01)" +
            (more.find("timeout_seconds") == std::string::npos ? ", \"timeout_seconds\": 0.5" : "") + more + "}",
        2, folder_);
  }
  std::string recording() const {
    std::ifstream in{folder_ / "recorded.jsonl"};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
  fs::path folder_;
};

constexpr double kIdentityProbes = 12;  // wc -l plugins/behavior/probes/identity.jsonl

TEST_F(EndpointTest, every_probe_is_asked_once_and_recorded) {
  LiarServer server{[](int, const std::string&) { return LiarServer::chat("I am a test."); }};
  const auto result = ask(server);
  ASSERT_NE(result.find("behavior.recorded"), nullptr) << result.error;
  EXPECT_EQ(result.find("behavior.recorded")->value, kIdentityProbes);
  EXPECT_EQ(server.requests(), kIdentityProbes);
  const auto set = io::read_answers("recorded.jsonl", recording());
  ASSERT_TRUE(set.ok());
  EXPECT_EQ(set->usable(), kIdentityProbes);
}

TEST_F(EndpointTest, a_second_run_asks_only_for_what_is_missing) {
  LiarServer broken{[](int n, const std::string&) {
    return n < 5 ? LiarServer::chat("yes") : LiarServer::ok("{}", "400 Bad Request");
  }};
  const auto first = ask(broken, R"(, "concurrency": 1)");
  EXPECT_EQ(first.find("behavior.recorded")->value, 5);
  LiarServer whole{[](int, const std::string&) { return LiarServer::chat("yes"); }};
  const auto second = ask(whole);
  EXPECT_EQ(second.find("behavior.recorded")->value, kIdentityProbes);
  EXPECT_EQ(whole.requests(), kIdentityProbes - 5);
}

TEST_F(EndpointTest, drops_truncations_lies_and_rate_limits_are_tried_again) {
  // The first try of each prompt fails in a way of its own; the second succeeds.
  std::mutex mutex;
  std::map<std::string, int> tries;
  LiarServer server{[&](int n, const std::string& request) {
    const std::lock_guard lock{mutex};
    const auto body = request.substr(request.find("\r\n\r\n"));
    if (tries[body]++ > 0) return LiarServer::chat("fine");
    switch (n % 6) {
      case 0:
        return std::string{};  // dropped
      case 1:
        return std::string{"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"choices\""};  // truncated
      case 2:
        return LiarServer::ok("<html>busy</html>");  // an error page that says 200
      case 3:
        return LiarServer::ok("{}", "429 Too Many Requests", "Retry-After: 0\r\n");
      case 4:
        return LiarServer::ok(R"({"choices":[{"message":{"content":7}}]})");  // wrong schema
      default:
        return LiarServer::ok("{}", "503 Service Unavailable");
    }
  }};
  const auto result = ask(server);
  ASSERT_NE(result.find("behavior.recorded"), nullptr) << result.error;
  EXPECT_EQ(result.find("behavior.recorded")->value, kIdentityProbes);
  EXPECT_EQ(result.find("behavior.recorded")->summary_key, "recorded.all");
}

TEST_F(EndpointTest, a_server_that_hangs_costs_its_time_limit_and_no_more) {
  LiarServer server{[](int, const std::string&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(900));
    return LiarServer::chat("late");
  }};
  const auto result = ask(server, R"(, "attempts": 1, "concurrency": 16)");
  EXPECT_EQ(result.status, PEDIGREE_ERR_INPUT);
  EXPECT_NE(result.error.find("no usable answer"), std::string::npos) << result.error;
}

TEST_F(EndpointTest, an_endless_answer_is_cut_off) {
  LiarServer server{[](int, const std::string&) { return LiarServer::ok(std::string(5 << 20, 'x')); }};
  const auto result = ask(server, R"(, "attempts": 1, "timeout_seconds": 10)");
  EXPECT_EQ(result.status, PEDIGREE_ERR_INPUT);
  EXPECT_NE(result.error.find("larger than"), std::string::npos) << result.error;
}

TEST_F(EndpointTest, the_key_is_sent_and_written_nowhere) {
  ::setenv("PEDIGREE_TEST_KEY", "sk-very-secret", 1);
  std::atomic<int> with_key{0};
  LiarServer server{[&](int, const std::string& request) {
    with_key += request.find("Authorization: Bearer sk-very-secret") != std::string::npos ? 1 : 0;
    return LiarServer::chat("ok");
  }};
  const auto result = ask(server, R"(, "api_key_env": "PEDIGREE_TEST_KEY")");
  EXPECT_EQ(with_key, kIdentityProbes);
  std::string everything = recording() + result.error;
  for (const auto& e : result.evidence) everything += e.params_json + e.details_json;
  for (const auto& line : result.log) everything += line;
  EXPECT_EQ(everything.find("sk-very-secret"), std::string::npos);
}

TEST_F(EndpointTest, a_refused_key_stops_the_asking_at_once) {
  LiarServer server{
      [](int, const std::string&) { return LiarServer::ok(R"({"error":{"message":"bad key"}})", "401 Unauthorized"); }};
  const auto result = ask(server, R"(, "concurrency": 1)");
  EXPECT_EQ(server.requests(), 1);
  EXPECT_NE(result.error.find("401"), std::string::npos) << result.error;
}

TEST_F(EndpointTest, other_schemes_and_missing_keys_are_refused_before_anything_is_sent) {
  auto run = [&](const std::string& config) {
    return pedigree::testing::run_analyzer<Endpoint>({{"subject"}}, config, 1, folder_);
  };
  EXPECT_EQ(run(R"({"url": "file:///etc/passwd"})").status, PEDIGREE_ERR_CONFIG);
  EXPECT_EQ(run(R"({"url": "http://127.0.0.1:1/v1", "api_key_env": "PEDIGREE_NO_SUCH_KEY"})").status,
            PEDIGREE_ERR_CONFIG);
  EXPECT_EQ(run("{}").status, PEDIGREE_NOT_APPLICABLE);
}

TEST_F(EndpointTest, a_rate_limit_of_our_own_is_kept) {
  LiarServer server{[](int, const std::string&) { return LiarServer::chat("ok"); }};
  const auto start = std::chrono::steady_clock::now();
  ask(server, R"(, "requests_per_minute": 3000, "concurrency": 8)");
  // 12 requests at 3000 a minute are 20 ms apart: the last starts 220 ms after the first.
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(220));
}

TEST_F(EndpointTest, several_samples_are_asked_with_seeds_of_their_own_and_resumed) {
  std::mutex mutex;
  std::set<std::string> seeds;
  LiarServer server{[&](int n, const std::string& request) {
    const auto at = request.find("\"seed\":");
    const std::lock_guard lock{mutex};
    seeds.insert(request.substr(at, 8 + 1));
    return LiarServer::chat("answer " + std::to_string(n));
  }};
  const auto result = ask(server, R"(, "samples": 3, "temperature": 1.0)");
  EXPECT_EQ(result.find("behavior.recorded")->value, 3 * kIdentityProbes);
  EXPECT_EQ(seeds.size(), 3u);
  const auto again = ask(server, R"(, "samples": 4, "temperature": 1.0)");
  EXPECT_EQ(again.find("behavior.recorded")->value, 4 * kIdentityProbes);
  EXPECT_EQ(server.requests(), 4 * kIdentityProbes);  // the three that were there were not asked again
}

TEST_F(EndpointTest, headers_and_bodies_that_attack_the_reader_are_only_bad_answers) {
  // Endless header, deep nesting, a bomb of escapes, a negative length, a terminal escape as text.
  LiarServer server{[](int n, const std::string&) {
    switch (n % 5) {
      case 0:
        return "HTTP/1.1 200 OK\r\nX: " + std::string(1 << 20, 'h') + "\r\n\r\n";
      case 1:
        return LiarServer::ok(std::string(100'000, '['));
      case 2:
        return std::string{"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}"};
      case 3:
        return LiarServer::ok("{}", "503 Service Unavailable", "Retry-After: 1e308\r\nRetry-After: -1\r\n");
      default:
        return LiarServer::chat("\\u001b[2J<script>alert(1)</script>");
    }
  }};
  const auto result = ask(server, R"(, "attempts": 1, "timeout_seconds": 5)");
  ASSERT_NE(result.find("behavior.recorded"), nullptr) << result.error;
  EXPECT_EQ(result.find("behavior.recorded")->summary_key, "recorded.partly");
}

}  // namespace
}  // namespace pedigree::behavior
