// SPDX-License-Identifier: MIT
// The page: its head with the policy, its contents, its sections in the order of a reader's questions.
#include <utility>
#include <vector>

#include "framework/core/digest.hpp"
#include "framework/report/forms/forms.hpp"
#include "framework/report/html/assets.hpp"
#include "framework/report/html/markup.hpp"
#include "framework/report/html/pictures/album.hpp"
#include "framework/report/html/sections.hpp"

namespace pedigree::report {
namespace {

using html::escape;
using nlohmann::json;

std::string hash_of(const std::string& text) { return "'sha256-" + html::base64_of_hex(sha256_hex(text)) + "'"; }

/// Nothing may be fetched, framed or sent; only the style and the script whose digests stand here may act.
std::string policy(const std::string& style, const std::string& script) {
  return "default-src 'none'; base-uri 'none'; form-action 'none'; style-src " + hash_of(style) + "; script-src " +
         hash_of(script);
}

struct Section {
  const char* id;
  const char* title;
  std::string html;
};

std::string contents(const std::vector<Section>& sections, const Language& words) {
  std::string out = "<nav aria-label=\"" + escape(words.say("html.contents")) + "\"><ul>";
  for (const auto& section : sections)
    if (!section.html.empty())
      out += "<li><a href=\"#" + std::string{section.id} + "\">" + escape(words.say(section.title)) + "</a></li>";
  return out + "</ul></nav>\n";
}

std::string titled(std::string drawn, const Language& words, const char* title, const char* id) {
  return drawn.empty() ? drawn : html::heading(words.say(title), id) + std::move(drawn);
}

}  // namespace

std::string to_html(const json& report, const std::string& lang) {
  const Language words{report, lang};
  html::Album album{report, words};
  html::draw_odds(album);
  auto odds = titled(album.take(), words, "html.odds", "odds");
  html::draw_weights(album);
  html::draw_tokenizers(album);
  html::draw_configurations(album);
  html::draw_behavior(album);
  html::draw_training(album);
  auto pictures = titled(album.take(), words, "html.pictures", "pictures");
  const std::vector<Section> sections{{"components", "html.components", html::component_cards(report, words)},
                                      {"next", "html.next", html::next_evidence(report, words)},
                                      {"odds", "html.odds", std::move(odds)},
                                      {"references", "html.references", html::references(report, words)},
                                      {"pictures", "html.pictures", std::move(pictures)},
                                      {"evidence", "html.evidence", html::evidence(report, words, album.shown())},
                                      {"outcomes", "html.outcomes", html::outcomes(report, words)},
                                      {"provenance", "html.provenance", html::provenance(report, words)}};
  const std::string style{html::style_sheet()}, script{html::script()};
  std::string page = "<!DOCTYPE html>\n<html lang=\"" + escape(lang) +
                     "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                     "content=\"width=device-width,initial-scale=1\"><meta http-equiv=\"Content-Security-Policy\" "
                     "content=\"" +
                     policy(style, script) + "\"><meta name=\"color-scheme\" content=\"light dark\"><title>" +
                     escape(words.say("html.title", {{"subject", text_at(object_at(report, "subject"), "id")}})) +
                     "</title><style>" + style + "</style></head><body><a class=\"skip\" href=\"#evidence\">" +
                     escape(words.say("html.skip")) + "</a>\n<main>" + contents(sections, words) +
                     html::verdict_card(report, words);
  for (const auto& section : sections) page += section.html;
  return page + "</main>\n<script>" + script + "</script></body></html>\n";
}

}  // namespace pedigree::report
