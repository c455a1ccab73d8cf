// SPDX-License-Identifier: MIT
// Files that are no pipelines at all: missing, special, large, in other encodings.
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/pipeline/reading.hpp"

namespace pedigree::pipeline {
namespace {
using testing::codes_of;
using ::testing::ElementsAre;
using testing::find;
using testing::kStart;
using testing::place;
using testing::Reading;

TEST(PipelineFile, that_is_missing_is_named) {
  Reading reading;
  const auto result = read_pipeline(reading.folder.path() / "absent.yaml", reading.context);
  EXPECT_THAT(codes_of(result), ElementsAre("PED-P001"));
  EXPECT_EQ(result.diagnostics[0].file, (reading.folder.path() / "absent.yaml").string());
}

TEST(PipelineFile, without_permission_is_refused) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  Reading reading;
  const auto file = reading.folder.write("secret.yaml", kStart);
  ::chmod(file.c_str(), 0);
  EXPECT_THAT(codes_of(read_pipeline(file, reading.context)), ElementsAre("PED-P001"));
}

TEST(PipelineFile, that_is_a_folder_a_pipe_or_a_device_is_refused_without_waiting) {
  Reading reading;
  const auto pipe = reading.folder.path() / "pipe.yaml";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  for (const auto& file : {reading.folder.path(), pipe, std::filesystem::path("/dev/zero")})
    EXPECT_THAT(codes_of(read_pipeline(file, reading.context)), ElementsAre("PED-P002")) << file;
}

TEST(PipelineFile, larger_than_a_mebibyte_is_refused) {
  Reading reading;
  const std::string comment = "#" + std::string((std::size_t{1} << 20) - kStart.size() - 2, 'x') + "\n";
  EXPECT_TRUE(reading.read(kStart + comment).pipeline) << "exactly 1 MiB is fine";
  EXPECT_THAT(codes_of(reading.read(kStart + comment + "\n")), ElementsAre("PED-P003"));
}

TEST(PipelineFile, in_another_encoding_is_refused) {
  Reading reading;
  for (const std::string& bytes :
       {std::string("\xFF\xFE"
                    "a\0:\0",
                    6),
        std::string("\xFE\xFF\0a\0:", 6), std::string("a\0:\0 \0b\0", 8), std::string("\0\0\xFE\xFF", 4)})
    EXPECT_THAT(codes_of(reading.read(bytes)), ElementsAre("PED-P004"));
}

TEST(PipelineFile, with_a_byte_that_is_no_utf8_names_its_place) {
  Reading reading;
  const auto result = reading.read("schema: pedigree/pipeline/v1\nname: \xEA\xB0\x80\xFFx\n");
  // line 2: 'name: ' is 6 columns, the Hangul syllable the 7th, the bad byte the 8th
  EXPECT_EQ(place(find(result, "PED-P004")), "2:8+1");
}

TEST(PipelineFile, with_a_control_character_is_refused) {
  Reading reading;
  // 0x04 ends the stream for yaml-cpp: what follows would be ignored silently
  for (const char c : {'\x00', '\x04', '\x1B', '\x7F', '\r'})
    EXPECT_THAT(codes_of(reading.read(kStart + "question: a" + std::string(1, c) + "b\n")), ElementsAre("PED-P004"));
}

TEST(PipelineFile, may_begin_with_a_byte_order_mark_and_end_its_lines_with_crlf) {
  Reading reading;
  std::string text = "\xEF\xBB\xBF" + kStart;
  for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2)) text.insert(at, "\r");
  const auto result = reading.read(text);
  ASSERT_TRUE(result.pipeline) << to_text(result.diagnostics, false);
  EXPECT_EQ(result.pipeline->name, "example");
}

TEST(PipelineFile, that_is_a_list_or_a_text_is_no_pipeline) {
  Reading reading;
  for (const char* text : {"- a\n- b\n", "just words\n", "~\n"})
    EXPECT_THAT(codes_of(reading.read(text)), ElementsAre("PED-P017")) << text;
}

}  // namespace
}  // namespace pedigree::pipeline
