// SPDX-License-Identifier: MIT
#include "framework/pipeline/vocabulary.hpp"

#include "pedigree/io/artifact_role.hpp"

namespace pedigree::pipeline {
namespace {

using io::role::kConfig;

const std::vector<std::string_view> kLabels{"from_scratch", "likely_from_scratch",   "inconclusive",
                                            "derived",      "shared_initialization", "partial_reuse"};
const std::vector<std::string_view> kComponents{"model",         "text_decoder",   "vision_encoder",
                                                "audio_encoder", "projector",      "embedding",
                                                "tokenizer",     "vision_decoder", "audio_decoder"};

const Field kAnyText{"", Type::text, "a text"};
const Field kLabel{"", Type::choice, "a label", {}, false, 0, 0, kLabels};
const Field kComponent{"", Type::choice, "a component", {}, false, 0, 0, kComponents};
const Field kDigest{"", Type::digest, "digest of the plugin's library"};

const Object& model_vocabulary() {
  static const Object object{
      "the subject",
      {
          {"id", Type::text, "Hub id or catalog id of the model.", {}, true},
          {"revision", Type::identifier, "Commit or tag; empty takes the cache's main."},
          {"path", Type::path, "Folder or file of the model; found by id when absent."},
          {"artifacts", Type::artifacts, "Single files by role; null says that there is none.", "{}"},
      }};
  return object;
}

const Object& claim_vocabulary() {
  static const Object hardware{"the claim's hardware",
                               {
                                   {"accelerator", Type::text, "Name of the accelerator, e.g. H100."},
                                   {"count", Type::count, "How many of them.", {}, false, 1, 1e7},
                                   {"days", Type::number, "Days of training.", {}, false, 0, 36500},
                                   {"hours", Type::count, "Accelerator hours in total.", {}, false, 0, 1e12},
                               }};
  static const Object training{
      "the claim's training",
      {
          {"steps", Type::count, "Optimiser steps in all.", {}, false, 1, 1e12},
          {"batch_tokens", Type::count, "Tokens per optimiser step.", {}, false, 1, 1e12},
          {"sequence_length", Type::count, "Tokens per training sequence.", {}, false, 1, 1e8},
          {"schedule",
           Type::choice,
           "Shape of the learning-rate schedule.",
           {},
           false,
           0,
           0,
           {"constant", "linear", "cosine", "warmup-stable-decay"}},
          {"peak_learning_rate", Type::number, "Highest learning rate.", {}, false, 0, 10},
          {"warmup_steps", Type::count, "Steps until the highest learning rate.", {}, false, 0, 1e12},
          {"bytes_per_token", Type::number, "Mean bytes of training text per token.", {}, false, 0, 100},
      }};
  static const Object object{
      "the claim",
      {
          {"scope",
           Type::list_of,
           "Components claimed to be trained from scratch; empty means the whole model.",
           "[]",
           false,
           0,
           0,
           {},
           nullptr,
           &kComponent},
          {"statement", Type::text, "The maker's claim in its own words."},
          {"source", Type::text, "Where the claim is made."},
          {"parameters", Type::count, "Total parameters as claimed.", {}, false, 1, 1e15},
          {"active_parameters", Type::count, "Parameters per token as claimed.", {}, false, 1, 1e15},
          {"tokens", Type::count, "Training tokens as claimed.", {}, false, 1, 1e18},
          {"hardware", Type::object, "What it was trained on, as claimed.", {}, false, 0, 0, {}, &hardware},
          {"training", Type::object, "How it was trained, as claimed.", {}, false, 0, 0, {}, &training},
          {"flops", Type::number, "Training compute as claimed, in FLOP.", {}, false, 1, 1e30},
          {"final_loss", Type::number, "Last training loss as claimed, in nats per token.", {}, false, 0, 100},
          {"knowledge_cutoff", Type::text, "Month of the newest training data as claimed, YYYY-MM."},
          {"released", Type::text, "Date of the first public weights, YYYY-MM or YYYY-MM-DD."},
      }};
  return object;
}

const Object& step_vocabulary() {
  static const Object limits{
      "the limits",
      {
          {"wall", Type::duration, "Longest run of one worker.", "\"10m\"", false, 1, 2592000},
          {"memory", Type::size, "Most memory of one worker.", "\"2GiB\"", false, 16777216.0, 1.8e16},
          {"threads", Type::integer, "Threads of one worker; 0 takes the host's share.", "0", false, 0, 4096},
      }};
  static const Object object{
      "an analyzer",
      {
          {"id", Type::identifier, "Name of the step; the analyzer's id when absent."},
          {"use", Type::identifier, "Id of the analyzer, as 'pedigree list analyzers' shows it.", {}, true},
          {"weight", Type::weight, "Factor on the weight of its family.", "1.0", false, 0, 1000},
          {"with", Type::options, "Options of the analyzer, as 'pedigree describe' shows them.", "{}"},
          {"limits", Type::object, "What a run may cost.", {}, false, 0, 0, {}, &limits},
          {"on_error",
           Type::choice,
           "What a failed run does: leave its evidence out, or end everything.",
           "\"inconclusive\"",
           false,
           0,
           0,
           {"inconclusive", "abort"}},
      }};
  return object;
}

const Object& expect_vocabulary() {
  static const Object score{"the expected score",
                            {
                                {"min", Type::integer, "Smallest score that holds.", {}, false, 0, 100},
                                {"max", Type::integer, "Largest score that holds.", {}, false, 0, 100},
                            }};
  static const Object object{"the expectation",
                             {
                                 {"verdict", Type::choice, "Label of the model.", {}, false, 0, 0, kLabels},
                                 {"components",
                                  Type::map_of,
                                  "Label of each named component.",
                                  {},
                                  false,
                                  0,
                                  0,
                                  kComponents,
                                  nullptr,
                                  &kLabel},
                                 {"score", Type::object, "Range of the score.", {}, false, 0, 0, {}, &score},
                                 {"assurance", Type::integer, "Level of assurance, exactly.", {}, false, 0, 4},
                             }};
  return object;
}

}  // namespace

const Field* Object::find(std::string_view key) const {
  for (const auto& field : fields)
    if (field.key == key) return &field;
  return nullptr;
}

std::vector<std::string> Object::keys() const {
  std::vector<std::string> out;
  for (const auto& field : fields) out.emplace_back(field.key);
  return out;
}

const Object& reference_vocabulary() {
  static const Object object{
      "a reference",
      {
          {"id", Type::text, "Hub id or catalog id; the key when the references are a map."},
          {"group", Type::identifier, "In place of id: every model of a catalog group, or 'all'."},
          {"role",
           Type::choice,
           "suspect: may be the parent. control: unrelated on purpose, fixes the zero of the scale. ancestor: known "
           "relation of the maker's own line.",
           "\"suspect\"",
           false,
           0,
           0,
           {"suspect", "control", "ancestor"}},
          {"revision", Type::identifier, "Commit or tag; empty takes the cache's main."},
          {"path", Type::path, "Folder or file of the model; found by id when absent."},
          {"artifacts", Type::artifacts, "Single files by role; null says that there is none.", "{}"},
      }};
  return object;
}

const Object& vocabulary() {
  static const Object trust{"the trust section",
                            {{"plugins",
                              Type::map_of,
                              "Plugin id to the digest its library must have.",
                              {},
                              false,
                              0,
                              0,
                              {},
                              nullptr,
                              &kDigest}}};
  static const Field step{"", Type::object, "an analyzer", {}, false, 0, 0, {}, &step_vocabulary()};
  static const Object object{
      "a pipeline",
      {
          {"schema", Type::schema, "Version of the language.", {}, true},
          {"name", Type::identifier, "Short name; the run folder carries it.", {}, true},
          {"question", Type::text, "What the pipeline is to answer, for people."},
          {"question_ko", Type::text, "The same in Korean, for reports in Korean."},
          {"description", Type::text, "What a profile is for, for people."},
          {"extends", Type::text, "One parent: a profile's name, or a file relative to this one; null for none.",
           "\"calibrated\""},
          {"vars",
           Type::map_of,
           "Texts for ${vars.NAME}; the only place that may read ${env:NAME}.",
           "{}",
           false,
           0,
           0,
           {},
           nullptr,
           &kAnyText},
          {"subject", Type::object, "The model in question.", {}, true, 0, 0, {}, &model_vocabulary()},
          {"claim", Type::object, "What its maker says about it.", {}, false, 0, 0, {}, &claim_vocabulary()},
          {"references", Type::references, "The models it is compared with: a map, a list, or 'all'.", "[]"},
          {"analyzers",
           Type::list_of,
           "What is run; steps of the parent are changed by their id.",
           {},
           true,
           0,
           0,
           {},
           nullptr,
           &step},
          {"verdict", Type::free, "How evidence becomes a verdict; see docs/reference/verdict.md."},
          {"seed", Type::integer, "Seed of every random choice.", "0", false, 0, 9.0e15},
          {"trust", Type::object, "Plugins pinned by digest.", {}, false, 0, 0, {}, &trust},
          {"expect",
           Type::object,
           "What 'pedigree test' holds the result against.",
           {},
           false,
           0,
           0,
           {},
           &expect_vocabulary()},
      }};
  return object;
}

const std::vector<std::string>& artifact_roles() {
  static const std::vector<std::string> roles = [] {
    std::vector<std::string> out;
    for (const auto role :
         {kConfig, io::role::kGenerationConfig, io::role::kTokenizer, io::role::kTokenizerConfig,
          io::role::kSpecialTokens, io::role::kAddedTokens, io::role::kVocab, io::role::kMerges,
          io::role::kChatTemplate, io::role::kTokenizerFacts, io::role::kWeights, io::role::kWeightsIndex,
          io::role::kGguf, io::role::kAdapterConfig, io::role::kResponses, io::role::kTrainingLog,
          io::role::kCheckpoint, io::role::kModelCard, io::role::kCatalogCard})
      out.emplace_back(role);
    return out;
  }();
  return roles;
}

std::string type_text(const Field& field) {
  switch (field.type) {
    case Type::text:
      return "a text";
    case Type::identifier:
      return "a name of letters, digits and . _ - / : @ +";
    case Type::schema:
      return "'" + std::string(kSchemaName) + "'";
    case Type::boolean:
      return "true or false";
    case Type::integer:
      return "a whole number";
    case Type::number:
      return "a number";
    case Type::count:
      return "a number such as 32000000000 or 32B";
    case Type::weight:
      return "a number, or very_high, high, medium or low";
    case Type::duration:
      return "a duration such as 90s, 20m or 1h30m";
    case Type::size:
      return "a size such as 512MiB or 8GiB";
    case Type::digest:
      return "'sha256:' and 64 hexadecimal digits";
    case Type::path:
      return "a path";
    case Type::object:
    case Type::map_of:
    case Type::options:
      return "a map";
    case Type::list_of:
      return "a list";
    case Type::artifacts:
      return "a map of roles to files";
    case Type::references:
      return "a map or list of references, or 'all'";
    case Type::free:
      return "a map";
    case Type::choice:
      break;
  }
  std::string out = "one of ";
  for (const auto choice : field.choices) (out += choice == field.choices.front() ? "" : ", ") += choice;
  return out;
}

}  // namespace pedigree::pipeline
