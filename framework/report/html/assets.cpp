// SPDX-License-Identifier: MIT
#include "framework/report/html/assets.hpp"

namespace pedigree::report::html {
namespace {

// Okabe-Ito hues: apart for every kind of colour blindness. Contrast at least 4.5 in both schemes.
constexpr std::string_view kStyle = R"CSS(
:root{--bg:#fff;--fg:#1b1f24;--soft:#57606a;--line:#d0d7de;--card:#f6f8fa;--good:#00695c;--open:#8a5a00;--bad:#b3361b;--a:#0072b2;--b:#d55e00;--c:#5b5b5b;--on:#fff}
@media (prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--soft:#9aa4ae;--line:#30363d;--card:#161b22;--good:#4fd1b8;--open:#f0b849;--bad:#ff8f70;--a:#56b4e9;--b:#ff9d4d;--c:#b0b0b0;--on:#0d1117}}
*{box-sizing:border-box}body{margin:0 auto;max-width:72rem;padding:1rem;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,"Noto Sans KR",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.35rem;margin:.2rem 0}h2{font-size:1.15rem;margin:2rem 0 .6rem;border-bottom:1px solid var(--line)}
a{color:var(--a)}.skip{position:absolute;left:-999rem}.skip:focus{left:1rem;background:var(--bg);padding:.4rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1rem;margin:.6rem 0}
.verdict{border-left:.6rem solid var(--open)}.verdict.good{border-left-color:var(--good)}.verdict.bad{border-left-color:var(--bad)}
.label{font-size:1.8rem;font-weight:700}.good .label{color:var(--good)}.bad .label{color:var(--bad)}.open .label{color:var(--open)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.6rem;margin:.8rem 0}
.facts dt{color:var(--soft);font-size:.85rem}.facts dd{margin:0;font-weight:600}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(16rem,1fr));gap:.6rem}
.cards .label{font-size:1.15rem}.soft{color:var(--soft)}
.ladder{display:flex;gap:.25rem;margin:.2rem 0;padding:0;list-style:none}.ladder li{flex:1;height:.5rem;border-radius:.2rem;background:var(--line)}.ladder li.on{background:var(--a)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;padding:.35rem .5rem;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--soft);font-weight:600}th button{all:unset;cursor:pointer;text-decoration:underline dotted}th button:focus-visible,summary:focus-visible,input:focus-visible,.pager button:focus-visible{outline:2px solid var(--a);outline-offset:2px}
td.n{text-align:right;font-variant-numeric:tabular-nums}
input[type=search]{width:100%;max-width:28rem;padding:.45rem .6rem;border:1px solid var(--line);border-radius:.4rem;background:var(--bg);color:var(--fg);font:inherit}
.pager{display:flex;gap:.6rem;align-items:center;margin:.5rem 0}.pager button{font:inherit;padding:.3rem .8rem;border:1px solid var(--line);border-radius:.4rem;background:var(--card);color:var(--fg)}
figure{margin:1rem 0;padding:1rem;border:1px solid var(--line);border-radius:.6rem;break-inside:avoid}figcaption{margin-bottom:.6rem}
svg{width:100%;max-width:48rem;height:auto;display:block}pre{overflow-x:auto;font-size:.85rem}
svg .label,svg .on{font:11px system-ui,sans-serif;fill:var(--fg)}svg .label{fill:var(--soft)}svg .on{fill:var(--on)}
.grid{stroke:var(--line)}.mark{stroke:var(--soft);stroke-dasharray:4 3}.band{fill:var(--soft);opacity:.18}
.line{fill:none;stroke-width:1.6}.line.a{stroke:var(--a)}.line.b{stroke:var(--b);stroke-dasharray:6 3}.line.c{stroke:var(--c)}
.dot{opacity:.75}.dot.a,.fill.a{fill:var(--a)}.dot.b,.fill.b{fill:var(--b)}.dot.c,.fill.c{fill:var(--c)}
.fill.good{fill:var(--good)}.fill.bad{fill:var(--bad)}.fill.total{fill:var(--c)}.empty{fill:none;stroke:var(--line)}.heat{fill:var(--a)}
.h0{opacity:.04}.h1{opacity:.12}.h2{opacity:.2}.h3{opacity:.3}.h4{opacity:.4}.h5{opacity:.5}.h6{opacity:.6}.h7{opacity:.7}.h8{opacity:.8}.h9{opacity:.9}.h10{opacity:1}
@media print{body{max-width:none;font-size:11pt}.pager,input,.skip{display:none}details{display:block}details>*{display:block}}
)CSS";

// Sorts, filters and pages the evidence table. Rows are JSON; cells are written as text, never as markup.
constexpr std::string_view kScript = R"JS(
(function(){"use strict";
var data=JSON.parse(document.getElementById("evidence-data").textContent),rows=data.rows,words=data.words;
var body=document.querySelector("#evidence tbody"),count=document.getElementById("evidence-count"),box=document.getElementById("evidence-filter");
var shown=rows,page=0,size=100,sorted=-1,up=true;
function cell(tr,text,css){var td=document.createElement("td");td.textContent=text;if(css)td.className=css;tr.appendChild(td);return td;}
function draw(){body.textContent="";
 shown.slice(page*size,page*size+size).forEach(function(r){var tr=document.createElement("tr");
  cell(tr,r[0]);var f=cell(tr,r[1]);
  if(r[8]){var d=document.createElement("details"),s=document.createElement("summary"),p=document.createElement("pre");s.textContent=r[2];p.textContent=r[8];d.appendChild(s);d.appendChild(p);f.appendChild(d);}
  else{var c=document.createElement("div");c.className="soft";c.textContent=r[2];f.appendChild(c);}
  cell(tr,r[3]);cell(tr,r[4]);cell(tr,r[5],"n");cell(tr,r[6],"n");cell(tr,r[7]);body.appendChild(tr);});
 count.textContent=words.rows.replace("{shown}",shown.length).replace("{total}",rows.length)+" \u00b7 "+(page+1)+"/"+Math.max(1,Math.ceil(shown.length/size));}
function value(r,i){var n=parseFloat(r[i]);return i===5||i===6?(isNaN(n)?-1e9:n):r[i];}
box.addEventListener("input",function(){var q=box.value.toLowerCase();
 shown=rows.filter(function(r){return r.slice(0,8).join(" ").toLowerCase().indexOf(q)>=0;});page=0;draw();});
document.querySelectorAll("#evidence th button").forEach(function(b,i){b.addEventListener("click",function(){
 var k=[0,1,3,4,5,6,7][i];up=sorted===k?!up:true;sorted=k;
 shown=shown.slice().sort(function(a,c){var x=value(a,k),y=value(c,k);return (x<y?-1:x>y?1:0)*(up?1:-1);});
 document.querySelectorAll("#evidence th").forEach(function(t){t.removeAttribute("aria-sort");});
 b.parentNode.setAttribute("aria-sort",up?"ascending":"descending");page=0;draw();});});
document.getElementById("evidence-back").addEventListener("click",function(){if(page>0){page--;draw();}});
document.getElementById("evidence-on").addEventListener("click",function(){if((page+1)*size<shown.length){page++;draw();}});
draw();
})();
)JS";

}  // namespace

std::string_view style_sheet() { return kStyle; }
std::string_view script() { return kScript; }

}  // namespace pedigree::report::html
