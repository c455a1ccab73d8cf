// SPDX-License-Identifier: MIT
// Reports whose every foreign text is an attack: markup, scripts, escapes, direction marks, template holes.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace pedigree::report::testing {

inline const std::string& attack() {
  static const std::string kAttack =
      "</script><script>window.hacked=1</script><img src=x onerror=\"window.hacked=2\"><svg onload=window.hacked=3>"
      "\"'`|</style></textarea><!--<script>{{constructor}}${alert(4)}javascript:alert(5)\x1b[2J\xe2\x80\xae&amp;&#60;"
      "\xff\xfe<iframe srcdoc='<b>'></iframe><a href=\"https://example.invalid/\">x</a>";
  return kAttack;
}

/// Every text below `value` and every foreign key replaced; keys of ours, numbers and shape stay.
inline void poison(nlohmann::json& value) {
  if (value.is_string())
    value = attack();
  else if (value.is_array() || value.is_object())
    for (auto& member : value) poison(member);
}

/// Names, tokens, answers, messages, details: all that came from a model, a file or a plugin.
inline nlohmann::json hostile(nlohmann::json report) {
  for (const char* part : {"subject", "pipeline", "claim", "missing_references", "provenance"})
    if (report.contains(part)) poison(report[part]);
  for (auto& e : report["evidence"]) {
    e["reference"] = attack();
    e["component"] = attack();
    e["unit"] = attack();
    e["analyzer"] = attack();
    e["summary_key"] = "no.such.key";
    e["summary"] = attack();
    poison(e["params"]);
    for (auto& [key, detail] : e["details"].items())
      if (key != "curve" && key != "newick") poison(detail);
    e["details"][attack()] = attack();
    if (e["details"].contains("newick"))
      e["details"]["newick"] =
          "(('" + std::string{"</svg><script>alert(1)</script>"} + "':1,b:2)<img src=x>:0.5,c:1,d:1);";
  }
  for (auto& r : report["references"]) {
    r["id"] = attack();
    r["not_compared"][attack()] = attack();
  }
  for (auto& o : report["outcomes"]) {
    o["message"] = attack();
    o["analyzer"] = attack();
    o["reference"] = attack();
  }
  for (auto& c : report["components"])
    for (auto& p : c["verdict"]["parents"]) p["id"] = attack();
  for (auto& step : report["verdict"]["contributions"]) step["reference"] = step["signal"] = step["what"] = attack();
  return report;
}

}  // namespace pedigree::report::testing
