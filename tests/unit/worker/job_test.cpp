// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "framework/plugin/manifest_json.hpp"
#include "framework/worker/environment.hpp"
#include "framework/worker/protocol.hpp"
#include "tests/unit/plugin/sample_manifest.hpp"

namespace pedigree::testing {
namespace {

/// A job with a file and two artifacts in memory, one of them with every byte value.
class JobText : public ::testing::Test {
 protected:
  JobText() : manifest_(sample_manifest()) {
    job_.plugin = &manifest_;
    job_.analyzer = &manifest_.analyzers[0];
    job_.config = {{"threshold", 0.5}};
    job_.models = {{"us/model", "subject"}, {"them/model", "suspect"}};
    std::string bytes;
    for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
    job_.artifacts = {{"us/model", "config", "config.json", "/models/config.json", ""},
                      {"them/model", "config", "catalog:config.json", "", "{}\n"},
                      {"them/model", "unknown", "catalog:blob", "", bytes}};
    job_.seed = 0xFFFFFFFFFFFFFFFFull;
    job_.threads = 3;
    job_.wall = std::chrono::milliseconds{1500};
    job_.grace = std::chrono::milliseconds{500};
  }
  plugin::Manifest manifest_;
  worker::Job job_;
};

TEST_F(JobText, survives_the_way_to_the_worker) {
  const auto received = worker::decode_job(worker::encode_job(job_, 77).value());
  ASSERT_TRUE(received.ok()) << received.error().text();
  EXPECT_EQ(received->parent, 77);
  EXPECT_EQ(received->analyzer, "sample.cosine");
  EXPECT_EQ(received->descriptor, plugin::descriptor_json(manifest_));
  EXPECT_EQ(received->config, job_.config);
  EXPECT_EQ(received->seed, job_.seed);
  EXPECT_EQ(received->threads, 3u);
  ASSERT_EQ(received->models.size(), 2u);
  EXPECT_EQ(received->models[1].id, "them/model");
  ASSERT_EQ(received->artifacts.size(), 3u);
  EXPECT_EQ(received->artifacts[0].path, "/models/config.json");
  EXPECT_EQ(received->artifacts[1].bytes, "{}\n");
  EXPECT_EQ(received->artifacts[2].bytes, job_.artifacts[2].bytes);
  EXPECT_EQ(received->cpu_seconds, 2u * 3 + 10);  // (1.5 s + 0.5 s) x 3 threads + 10 s of slack
}

TEST_F(JobText, gives_a_scratch_folder_only_to_analyzers_that_declare_it) {
  job_.scratch_dir = "/somewhere";
  EXPECT_EQ(worker::decode_job(worker::encode_job(job_, 1).value())->scratch_dir, "");
  manifest_.analyzers[0].flags |= 16;
  EXPECT_EQ(worker::decode_job(worker::encode_job(job_, 1).value())->scratch_dir, "/somewhere");
}

TEST_F(JobText, is_refused_without_subject_or_with_too_much_in_memory_or_broken_text) {
  auto other = job_;
  other.models.clear();
  EXPECT_FALSE(worker::encode_job(other, 1).ok());
  other = job_;
  other.analyzer = nullptr;
  EXPECT_FALSE(worker::encode_job(other, 1).ok());
  other = job_;
  other.artifacts[1].bytes.assign(worker::kMaxInlineArtifact + 1, ' ');
  EXPECT_FALSE(worker::encode_job(other, 1).ok());
  other = job_;
  other.artifacts[0].path = "/models/\xFF.json";
  EXPECT_FALSE(worker::encode_job(other, 1).ok());
}

TEST_F(JobText, cut_anywhere_is_an_error_and_never_a_crash) {
  const auto whole = worker::encode_job(job_, 1).value();
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(worker::decode_job(std::string_view{whole}.substr(0, size)).ok()) << size;
}

TEST_F(JobText, names_no_variable_of_the_host_in_the_environment_of_an_analyzer_without_network) {
  ::setenv("EXAMPLE_API_KEY", "secret", 1);
  ::setenv("https_proxy", "http://proxy", 1);
  job_.config = {{"api_key_env", "EXAMPLE_API_KEY"}};
  const auto holds = [&](const std::string& variable) {
    const auto environment = worker::worker_environment(job_);
    return std::find(environment.begin(), environment.end(), variable) != environment.end();
  };
  EXPECT_TRUE(holds("OMP_NUM_THREADS=3"));
  EXPECT_TRUE(holds("LANG=C.UTF-8"));
  EXPECT_FALSE(holds("EXAMPLE_API_KEY=secret"));
  EXPECT_FALSE(holds("https_proxy=http://proxy"));
  manifest_.analyzers[0].flags |= 8;
  EXPECT_TRUE(holds("EXAMPLE_API_KEY=secret"));
  EXPECT_TRUE(holds("https_proxy=http://proxy"));
  job_.config = {{"api_key_env", "HOME"}};
  EXPECT_FALSE(holds(std::string("HOME=") + std::getenv("HOME")));
  ::unsetenv("EXAMPLE_API_KEY");
  ::unsetenv("https_proxy");
}

}  // namespace
}  // namespace pedigree::testing
