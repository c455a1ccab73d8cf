// SPDX-License-Identifier: MIT
// JSON Schema (draft 2020-12) of pedigree/report/v1; docs/schema/report.v1.schema.json is its copy.
#include "framework/report/report.hpp"

namespace pedigree::report {
namespace {

using nlohmann::json;

json text(const char* description) { return {{"type", "string"}, {"description", description}}; }
json flag(const char* description) { return {{"type", "boolean"}, {"description", description}}; }
json whole(const char* description, int low, int high) {
  return {{"type", "integer"}, {"minimum", low}, {"maximum", high}, {"description", description}};
}
json share(const char* description) {
  return {{"type", "number"}, {"minimum", 0}, {"maximum", 1}, {"description", description}};
}
json number(const char* description) { return {{"type", "number"}, {"description", description}}; }
json maybe_number(const char* description) { return {{"type", {"number", "null"}}, {"description", description}}; }
json words(const char* description, json allowed) {
  return {{"type", "string"}, {"enum", std::move(allowed)}, {"description", description}};
}
json list(const char* description, json items) {
  return {{"type", "array"}, {"items", std::move(items)}, {"description", description}};
}
json texts(const char* description) { return list(description, {{"type", "string"}}); }
json any_object(const char* description) { return {{"type", "object"}, {"description", description}}; }
json ref(const char* name) { return {{"$ref", std::string("#/$defs/") + name}}; }

/// An object whose listed properties are all required and that allows no other.
json object(const char* description, json properties) {
  json required = json::array();
  for (const auto& [name, schema] : properties.items()) required.push_back(name);
  return {{"type", "object"},
          {"description", description},
          {"properties", std::move(properties)},
          {"required", std::move(required)},
          {"additionalProperties", false}};
}

const json& labels() {
  static const json kLabels{"from_scratch",          "likely_from_scratch", "inconclusive",
                            "shared_initialization", "partial_reuse",       "derived"};
  return kLabels;
}

json sentence() {
  return object("A sentence: its message key, the values in it, and the text in the report's language.",
                {{"key", text("Key of the message catalogue.")},
                 {"params", any_object("Values the sentence names.")},
                 {"text", text("The sentence.")}});
}

json parent() {
  return object(
      "Someone the verdict names.",
      {{"id", text("The reference's id, or the name the model's files give.")},
       {"component", text("The part that descends.")},
       {"relation",
        words("How.", {"identical", "derived", "partial", "declared", "shared_initialization", "tokenizer_reuse"})},
       {"p_derived", share("Probability of descent from this one, against independence.")},
       {"log10_p",
        maybe_number("log10 of the smallest p-value, corrected for every search; null without an exact test.")}});
}

json verdict() {
  return object(
      "A verdict.",
      {{"label", words("What may be said.", labels())},
       {"status", words("Whether more evidence could change it.", {"complete", "in_progress", "pending"})},
       {"score", whole("round(100 (1 - p_derived)): 100 is from scratch.", 0, 100)},
       {"p_derived", share("Probability that it descends from another model, given the profile's prior.")},
       {"assurance",
        whole("What the label rests on: 0 nothing, 1 metadata, 2 behavior, 3 weights, 4 training record.", 0, 4)},
       {"coverage", share("Share of the profile's weight that produced evidence.")},
       {"confidence", share("How firm the label is; 0 for inconclusive.")},
       {"decisive", flag("True when it rests on an exact test that cannot be outvoted, or on a declaration.")},
       {"parents", list("Most probable first.", ref("parent"))},
       {"reasons", list("Most important first.", ref("sentence"))},
       {"contributions",
        list("Steps from the prior to the final log10 odds; they add up.",
             object("One step.", {{"what", text("prior, a family, decisive, fact or declared.")},
                                  {"signal", text("The strongest signal of the family.")},
                                  {"reference", text("The reference it spoke of most; empty: the subject alone.")},
                                  {"log10_odds", number("What it added.")}}))},
       {"power",
        {{"type", {"object", "null"}},
         {"description", "What the weight scan would have caught; null when unstated."}}}});
}

json evidence() {
  return object(
      "One measurement.",
      {{"analyzer", text("Analyzer id.")},
       {"family",
        words("Weighed and capped as one.", {"tokenizer", "architecture", "weight", "behavior", "training_log"})},
       {"signal", text("Declared id of the measurement.")},
       {"reference", text("Compared model; empty: the subject alone.")},
       {"component", text("Part of the model.")},
       {"value", maybe_number("The raw measurement.")},
       {"unit", text("Its unit.")},
       {"log10_lr", maybe_number("log10 likelihood ratio: + speaks for descent, - for independence.")},
       {"log10_p", maybe_number("log10 of a valid p-value under independence; null without one.")},
       {"relation", text("What the measurement would show.")},
       {"support", words("How much it supports from scratch.",
                         {"strong", "indirect", "conditional", "neutral", "questionable", "contrary"})},
       {"criteria",
        {{"anyOf", {ref("sentence"), {{"type", "null"}}}}, {"description", "The source study's criterion it meets."}}},
       {"summary", text("One sentence.")},
       {"summary_key", text("Its message key.")},
       {"params", any_object("Values the sentence names.")},
       {"details", any_object("For pictures and tables; the weighing never reads it.")}});
}

json reference() {
  return object(
      "One reference, whatever was found.",
      {{"id", text("Id.")},
       {"role",
        words("suspect, control (never accused) or ancestor (of the tokenizer).", {"suspect", "control", "ancestor"})},
       {"p_derived", share("Probability of descent from this one, against independence; 0 for controls.")},
       {"relation",
        text("The strongest relation that stands; none: looked and found nothing; not_compared: could not look.")},
       {"log10_p", maybe_number("Smallest p-value, corrected for every search.")},
       {"compared", texts("Families with evidence.")},
       {"not_compared",
        {{"type", "object"}, {"additionalProperties", {{"type", "string"}}}, {"description", "Family to reason."}}}});
}

json outcome() {
  return object("How one analyzer run ended.",
                {{"analyzer", text("Analyzer id.")},
                 {"family", words("Family.", {"tokenizer", "architecture", "weight", "behavior", "training_log"})},
                 {"reference", text("Empty: one run for all.")},
                 {"outcome", words("Anything but ok never counts for or against a model.",
                                   {"ok", "not-applicable", "cancelled", "config", "input", "resource", "internal",
                                    "crashed", "timed-out", "lost", "refused"})},
                 {"message", text("Why.")},
                 {"seconds", maybe_number("Wall time.")},
                 {"peak_mib", maybe_number("Peak memory.")}});
}

json provenance() {
  return object(
      "What made this report.",
      {{"pedigree", text("Version.")},
       {"profile", text("Profile.")},
       {"plugins", list("Plugins that ran.", object("A plugin.", {{"id", text("Id.")},
                                                                  {"version", text("Version.")},
                                                                  {"sha256", text("Digest of the library.")}}))},
       {"inputs", list("Files that were read.", object("A file.", {{"path", text("Path.")},
                                                                   {"sha256", text("Digest.")},
                                                                   {"bytes", {{"type", "integer"}, {"minimum", 0}}}}))},
       {"sandbox", texts("Sandbox layers that were active.")}});
}

json sensitivity() {
  const json changed = object("One setting changed.", {{"what", text("prior, weight.<family> or cap.<family>.")},
                                                       {"factor", number("0.5 or 1.5.")},
                                                       {"score", whole("The score then.", 0, 100)},
                                                       {"label", words("The label then.", labels())}});
  return object("The verdict when the prior, a weight or a cap is halved or raised by half.",
                {{"label_holds", flag("No such change alters the label.")},
                 {"labels", texts("Labels that occur.")},
                 {"score_min", whole("Lowest score.", 0, 100)},
                 {"score_max", whole("Highest score.", 0, 100)},
                 {"cases", list("Every change.", changed)}});
}

json asked() {
  auto schema = object("What was asked.", {{"name", text("Name.")}, {"question", text("Question.")}});
  schema["properties"]["question_ko"] = text("The question in Korean, when the pipeline has it.");
  return schema;
}

json top_level() {
  const json declared =
      object("A reuse the model's own files name.",
             {{"component", text("Part.")}, {"parent", text("Named parent.")}, {"source", text("Where it is said.")}});
  return {{"schema", {{"const", "pedigree/report/v1"}}},
          {"lang", text("Language of the sentences.")},
          {"subject", object("The model under question.",
                             {{"id", text("Id.")},
                              {"revision", text("Revision.")},
                              {"digest", text("Digest of its files.")},
                              {"resolved_from", text("folder, hub-cache or catalog.")},
                              {"facts", any_object("What the catalog says of it; empty when it knows nothing.")}})},
          {"pipeline", asked()},
          {"claim", object("What is claimed from scratch.", {{"scope", texts("Components; empty: all.")},
                                                             {"declared", list("Declared reuse.", declared)}})},
          {"verdict", ref("verdict")},
          {"components", list("One verdict per part.",
                              object("A part.", {{"name", text("Component.")}, {"verdict", ref("verdict")}}))},
          {"evidence", list("Everything measured.", evidence())},
          {"references", list("Every reference.", reference())},
          {"missing_references", texts("Obvious references that were not in the set.")},
          {"outcomes", list("Every analyzer run.", outcome())},
          {"next_evidence", list("Missing evidence, by how much it could move the score.",
                                 object("Missing evidence.", {{"what", text("A sentence.")},
                                                              {"key", text("Its message key.")},
                                                              {"params", any_object("Its values.")},
                                                              {"could_move", number("Points of score.")}}))},
          {"sensitivity", sensitivity()},
          {"enough_evidence", flag("False: not enough evidence for a verdict (exit code 3).")},
          {"provenance", provenance()},
          {"messages",
           {{"type", "object"},
            {"description", "Templates used, by key and language."},
            {"additionalProperties", {{"type", "object"}, {"additionalProperties", {{"type", "string"}}}}}}}};
}

}  // namespace

nlohmann::json report_schema() {
  json schema = object("The report of one verification. Contract; later versions only add properties.", top_level());
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["$id"] = "pedigree/report/v1";
  schema["title"] = "pedigree report";
  schema["additionalProperties"] = true;
  schema["$defs"] = {{"sentence", sentence()}, {"parent", parent()}, {"verdict", verdict()}};
  return schema;
}

}  // namespace pedigree::report
