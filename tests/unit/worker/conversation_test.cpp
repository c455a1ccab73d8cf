// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "framework/worker/frames.hpp"
#include "tests/unit/plugin/sample_manifest.hpp"

namespace pedigree::testing {
namespace {

using ::testing::HasSubstr;
const std::string kHello = R"({"t":"hello","protocol":1,"sandbox":["rlimits"]})"
                           "\n";
const std::string kDone = R"({"t":"done","outcome":"ok","message":"","refused":0,"peak_kib":1234})"
                          "\n";
const std::string kEvidence =
    R"({"t":"evidence","signal":"sample.similarity","reference":"them","component":"text_decoder","value":0.5,)"
    R"("log10_lr":1.25,"log10_p":-8,"relation":"derived","summary_key":"similar","params":{"a":1},"details":{"b":[2]}})"
    "\n";

class Frames : public ::testing::Test {
 protected:
  Frames() : manifest_(sample_manifest()) {
    job_.plugin = &manifest_;
    job_.analyzer = &manifest_.analyzers[0];
    job_.models = {{"us", "subject"}, {"them", "suspect"}};
  }
  std::string problem_of(const std::string& bytes) {
    worker::Conversation conversation{job_, listener_};
    (void)conversation.feed(bytes);
    return conversation.problem();
  }
  plugin::Manifest manifest_;
  worker::Job job_;
  worker::Listener listener_;
};

TEST_F(Frames, of_a_good_run_become_evidence_and_an_outcome_wherever_the_bytes_are_cut) {
  const std::string all = kHello + kEvidence + kDone;
  for (std::size_t step : {std::size_t{1}, std::size_t{7}, all.size()}) {
    worker::Conversation conversation{job_, listener_};
    for (std::size_t at = 0; at < all.size(); at += step)
      ASSERT_TRUE(conversation.feed(std::string_view{all}.substr(at, step))) << conversation.problem();
    ASSERT_TRUE(conversation.done());
    EXPECT_EQ(conversation.done()->kind, OutcomeKind::ok);
    EXPECT_EQ(conversation.done()->peak_kib, 1234u);
    EXPECT_EQ(conversation.sandbox(), std::vector<std::string>{"rlimits"});
    ASSERT_EQ(conversation.evidence().size(), 1u);
    const auto& record = conversation.evidence()[0];
    EXPECT_EQ(record.analyzer, "sample.cosine");
    EXPECT_EQ(record.family, Family::weight);
    EXPECT_EQ(record.unit, "fraction");
    EXPECT_EQ(record.log10_lr, 1.25);
    EXPECT_EQ(record.log10_p, -8);
    EXPECT_EQ(record.details, (nlohmann::json{{"b", {2}}}));
  }
}

TEST_F(Frames, of_an_unknown_type_are_ignored) {
  EXPECT_EQ(problem_of(kHello + "{\"t\":\"heartbeat\"}\n" + kDone), "");
}

TEST_F(Frames, that_break_the_protocol_end_the_conversation) {
  EXPECT_THAT(problem_of(kEvidence), HasSubstr("expected 'hello'"));
  EXPECT_THAT(problem_of(R"({"t":"hello","protocol":2,"sandbox":[]})"
                         "\n"),
              HasSubstr("another protocol"));
  EXPECT_THAT(problem_of(kHello + kHello), HasSubstr("second hello"));
  EXPECT_THAT(problem_of(kHello + kDone + kDone), HasSubstr("after the last one"));
  EXPECT_THAT(problem_of(kHello + "\n"), HasSubstr("malformed"));
  EXPECT_THAT(problem_of(kHello + "[1]\n"), HasSubstr("malformed"));
  EXPECT_THAT(problem_of(kHello + "{\"t\":1}\n"), HasSubstr("malformed"));
  EXPECT_THAT(problem_of(kHello + "{\"t\":\"log\"}\n"), HasSubstr("malformed"));
  EXPECT_THAT(problem_of(kHello + R"({"t":"done","outcome":"excellent","message":"","peak_kib":0})"
                                  "\n"),
              HasSubstr("unknown outcome"));
}

TEST_F(Frames, longer_than_two_mebibytes_end_the_conversation_before_they_end) {
  EXPECT_THAT(problem_of(kHello + std::string(worker::kMaxFrameBytes + 1, ' ')), HasSubstr("more than 2 MiB"));
}

TEST_F(Frames, of_more_than_64_mebibytes_in_all_end_the_conversation) {
  worker::Conversation conversation{job_, listener_};
  const std::string filler = R"({"t":"x","p":")" + std::string(std::size_t{1} << 20, 'x') + "\"}\n";
  ASSERT_TRUE(conversation.feed(kHello));
  int taken = 0;
  while (taken < 100 && conversation.feed(filler)) ++taken;
  EXPECT_EQ(taken, 63);  // the 64th, with its some 20 bytes of wrapping, goes beyond
  EXPECT_THAT(conversation.problem(), HasSubstr("64 MiB"));
}

TEST_F(Frames, with_evidence_that_cannot_stand_end_the_conversation) {
  auto bent = nlohmann::json::parse(kEvidence);
  bent["value"] = 7;
  EXPECT_THAT(problem_of(kHello + bent.dump() + "\n"), HasSubstr("outside"));
  bent["value"] = "0.5";
  EXPECT_THAT(problem_of(kHello + bent.dump() + "\n"), HasSubstr("malformed"));
}

TEST_F(Frames, with_a_value_that_rounding_carried_out_of_its_range_bring_it_back) {
  auto bent = nlohmann::json::parse(kEvidence);
  bent["value"] = 1.0000000000000002;  // the double after 1
  worker::Conversation conversation{job_, listener_};
  ASSERT_TRUE(conversation.feed(kHello + bent.dump() + "\n")) << conversation.problem();
  EXPECT_EQ(conversation.evidence().at(0).value, 1.0);
  bent["value"] = 1.00001;
  EXPECT_THAT(problem_of(kHello + bent.dump() + "\n"), HasSubstr("outside"));
}

TEST_F(Frames, reach_the_listener_in_bounds) {
  std::vector<std::string> heard;
  listener_.log = [&](int level, const std::string& text) { heard.push_back(std::to_string(level) + text); };
  listener_.progress = [&](double fraction, const std::string& phase) {
    heard.push_back(phase + (fraction == 1 ? "!" : "?"));
  };
  EXPECT_EQ(problem_of(kHello +
                       R"({"t":"log","level":99,"message":"a"})"
                       "\n" +
                       R"({"t":"progress","fraction":3.5,"phase":"b"})"
                       "\n"),
            "");
  EXPECT_EQ(heard, (std::vector<std::string>{"3a", "b!"}));
}

}  // namespace
}  // namespace pedigree::testing
