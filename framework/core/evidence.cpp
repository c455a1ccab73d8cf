// SPDX-License-Identifier: MIT
#include "framework/core/evidence.hpp"

#include <array>
#include <utility>

namespace pedigree {
namespace {

constexpr std::array<std::pair<Family, const char*>, 5> kFamilies{{{Family::tokenizer, "tokenizer"},
                                                                   {Family::architecture, "architecture"},
                                                                   {Family::weight, "weight"},
                                                                   {Family::behavior, "behavior"},
                                                                   {Family::training_log, "training_log"}}};

constexpr std::array<std::pair<OutcomeKind, const char*>, 11> kOutcomes{
    {{OutcomeKind::ok, "ok"},
     {OutcomeKind::not_applicable, "not-applicable"},
     {OutcomeKind::cancelled, "cancelled"},
     {OutcomeKind::config, "config"},
     {OutcomeKind::input, "input"},
     {OutcomeKind::resource, "resource"},
     {OutcomeKind::internal, "internal"},
     {OutcomeKind::crashed, "crashed"},
     {OutcomeKind::timed_out, "timed-out"},
     {OutcomeKind::lost, "lost"},
     {OutcomeKind::refused, "refused"}}};

template <class Table, class Value>
const char* name_in(const Table& table, Value value) {
  for (const auto& [known, name] : table)
    if (known == value) return name;
  return "unknown";
}

template <class Value, class Table>
std::optional<Value> value_in(const Table& table, std::string_view text) {
  for (const auto& [value, name] : table)
    if (text == name) return value;
  return std::nullopt;
}

}  // namespace

const char* to_string(Family family) { return name_in(kFamilies, family); }
std::optional<Family> family_from(std::string_view text) { return value_in<Family>(kFamilies, text); }

const char* to_string(OutcomeKind kind) { return name_in(kOutcomes, kind); }
std::optional<OutcomeKind> outcome_from(std::string_view text) { return value_in<OutcomeKind>(kOutcomes, text); }

}  // namespace pedigree
