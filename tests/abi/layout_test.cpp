// SPDX-License-Identifier: MIT
// The released layout, frozen. A later minor may append rows to a struct; a changed number here is a broken plugin
// somewhere. Reason for the numbers: x86-64 and aarch64 Linux put 4-byte integers at multiples of 4, everything else
// here (pointer, size_t, double, 64-bit integer, pedigree_str = 16 bytes) at multiples of 8.
#include <gtest/gtest.h>
#include <pedigree/abi.h>

#include <cstddef>
#include <type_traits>

namespace {

#define AT(type, field, offset) static_assert(offsetof(type, field) == (offset), #type "." #field " moved")

static_assert(sizeof(void*) == 8 && sizeof(double) == 8);
AT(pedigree_str, data, 0);
AT(pedigree_str, size, 8);
static_assert(sizeof(pedigree_str) == 16);

AT(pedigree_evidence, struct_size, 0);
AT(pedigree_evidence, flags, 4);
AT(pedigree_evidence, signal, 8);
AT(pedigree_evidence, reference, 24);
AT(pedigree_evidence, component, 40);
AT(pedigree_evidence, value, 56);
AT(pedigree_evidence, log10_lr, 64);
AT(pedigree_evidence, log10_p, 72);
AT(pedigree_evidence, relation, 80);
AT(pedigree_evidence, summary_key, 96);
AT(pedigree_evidence, params_json, 112);
AT(pedigree_evidence, details_json, 128);
static_assert(sizeof(pedigree_evidence) >= 144);

AT(pedigree_host, struct_size, 0);
AT(pedigree_host, abi_minor, 4);
AT(pedigree_host, ctx, 8);
AT(pedigree_host, log, 16);
AT(pedigree_host, set_error, 24);
AT(pedigree_host, progress, 32);
AT(pedigree_host, cancelled, 40);
AT(pedigree_host, emit, 48);
AT(pedigree_host, extension, 56);
static_assert(sizeof(pedigree_host) >= 64);

AT(pedigree_model, struct_size, 0);
AT(pedigree_model, id, 8);
AT(pedigree_model, role, 24);
static_assert(sizeof(pedigree_model) >= 40);

AT(pedigree_artifact, struct_size, 0);
AT(pedigree_artifact, fd, 4);
AT(pedigree_artifact, model, 8);
AT(pedigree_artifact, role, 24);
AT(pedigree_artifact, name, 40);
AT(pedigree_artifact, data, 56);
AT(pedigree_artifact, size, 64);
static_assert(sizeof(pedigree_artifact) >= 72);

AT(pedigree_request, struct_size, 0);
AT(pedigree_request, max_threads, 4);
AT(pedigree_request, seed, 8);
AT(pedigree_request, models, 16);
AT(pedigree_request, model_count, 24);
AT(pedigree_request, artifacts, 32);
AT(pedigree_request, artifact_count, 40);
AT(pedigree_request, scratch_dir, 48);
static_assert(sizeof(pedigree_request) >= 64);

AT(pedigree_signal, struct_size, 0);
AT(pedigree_signal, id, 8);
AT(pedigree_signal, unit, 24);
AT(pedigree_signal, summary, 40);
AT(pedigree_signal, min_value, 56);
AT(pedigree_signal, max_value, 64);
static_assert(sizeof(pedigree_signal) >= 72);

AT(pedigree_analyzer, struct_size, 0);
AT(pedigree_analyzer, kind, 4);
AT(pedigree_analyzer, flags, 8);
AT(pedigree_analyzer, signal_count, 12);
AT(pedigree_analyzer, role_count, 16);
AT(pedigree_analyzer, signals, 24);
AT(pedigree_analyzer, roles, 32);
AT(pedigree_analyzer, id, 40);
AT(pedigree_analyzer, summary, 56);
AT(pedigree_analyzer, config_schema, 72);
AT(pedigree_analyzer, create, 88);
AT(pedigree_analyzer, run, 96);
AT(pedigree_analyzer, destroy, 104);
static_assert(sizeof(pedigree_analyzer) >= 112);

AT(pedigree_plugin, struct_size, 0);
AT(pedigree_plugin, abi_minor, 4);
AT(pedigree_plugin, id, 8);
AT(pedigree_plugin, version, 24);
AT(pedigree_plugin, vendor, 40);
AT(pedigree_plugin, license, 56);
AT(pedigree_plugin, homepage, 72);
AT(pedigree_plugin, analyzers, 88);
AT(pedigree_plugin, analyzer_count, 96);
static_assert(sizeof(pedigree_plugin) >= 104);

#undef AT

TEST(AbiLayout, numbers_of_status_kind_level_and_flags_are_frozen) {
  EXPECT_EQ(PEDIGREE_ABI_MAJOR, 1);
  EXPECT_EQ((std::vector<int>{PEDIGREE_OK, PEDIGREE_NOT_APPLICABLE, PEDIGREE_CANCELLED, PEDIGREE_ERR_CONFIG,
                              PEDIGREE_ERR_INPUT, PEDIGREE_ERR_RESOURCE, PEDIGREE_ERR_INTERNAL}),
            (std::vector<int>{0, 1, 2, -1, -2, -3, -4}));
  EXPECT_EQ((std::vector<int>{PEDIGREE_KIND_TOKENIZER, PEDIGREE_KIND_ARCHITECTURE, PEDIGREE_KIND_WEIGHT,
                              PEDIGREE_KIND_BEHAVIOR, PEDIGREE_KIND_TRAINING_LOG}),
            (std::vector<int>{1, 2, 3, 4, 5}));
  EXPECT_EQ((std::vector<int>{PEDIGREE_DEBUG, PEDIGREE_INFO, PEDIGREE_WARN, PEDIGREE_ERROR}),
            (std::vector<int>{0, 1, 2, 3}));
  EXPECT_EQ((std::vector<unsigned>{PEDIGREE_FLAG_DETERMINISTIC, PEDIGREE_FLAG_NEEDS_REFERENCE, PEDIGREE_FLAG_HEAVY,
                                   PEDIGREE_FLAG_NETWORK, PEDIGREE_FLAG_WRITES, PEDIGREE_EVIDENCE_HAS_P}),
            (std::vector<unsigned>{1, 2, 4, 8, 16, 1}));
}

TEST(AbiLayout, has_is_true_exactly_when_the_whole_field_is_covered) {
  // details_json lies at 128 and is 16 bytes long: covered from struct_size 144 on.
  pedigree_evidence evidence{};
  evidence.struct_size = 143;
  EXPECT_FALSE(PEDIGREE_HAS(&evidence, details_json));
  EXPECT_TRUE(PEDIGREE_HAS(&evidence, params_json));
  evidence.struct_size = 144;
  EXPECT_TRUE(PEDIGREE_HAS(&evidence, details_json));
}

TEST(AbiLayout, every_struct_is_plain_data_of_c) {
  EXPECT_TRUE((std::is_standard_layout_v<pedigree_evidence> && std::is_trivial_v<pedigree_evidence>));
  EXPECT_TRUE((std::is_standard_layout_v<pedigree_analyzer> && std::is_trivial_v<pedigree_analyzer>));
  EXPECT_TRUE((std::is_standard_layout_v<pedigree_request> && std::is_trivial_v<pedigree_request>));
  EXPECT_TRUE((std::is_standard_layout_v<pedigree_plugin> && std::is_trivial_v<pedigree_plugin>));
}

}  // namespace
