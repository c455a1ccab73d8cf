// SPDX-License-Identifier: MIT
// Sorts, filters and pages the tables whose rows are JSON beside them. Cells are written as text, never as markup.
(function () {
  "use strict";
  var PAGE = 100, PRINTED = 2000;

  function make(name, text, css) {
    var element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (css) element.className = css;
    return element;
  }

  function start(section) {
    var data = JSON.parse(section.querySelector("script").textContent);
    var strings = data.strings, columns = data.columns, rows = data.rows, words = data.words;
    var table = section.querySelector("table"), body = table.tBodies[0], status = section.querySelector("[role=status]");
    var search = section.querySelector("input"), choices = section.querySelectorAll("select");
    var back = section.querySelector(".back"), on = section.querySelector(".on");
    var shown = rows, page = 0, key = -1, up = true, opened = new Set(), texts = [];

    function text(row, i) {
      var value = row[i];
      if (value === null || value === undefined) return "";
      if (columns[i].kind === "text") return strings[value];
      if (columns[i].digits === undefined) return String(value);
      return value.toFixed(columns[i].digits).replace(/^-(0\.?0*)$/, "$1");
    }
    // What the filter looks at, made once and only when somebody filters.
    function haystack(index) {
      if (texts[index] === undefined) {
        texts[index] = columns.map(function (c, i) { return c.searched ? text(rows[index], i) : ""; }).join("\n").toLowerCase();
      }
      return texts[index];
    }

    function detail(row) {
      var line = make("tr", undefined, "more"), cell = make("td"), list = make("dl", undefined, "more");
      cell.colSpan = table.tHead.rows[0].cells.length;
      columns.forEach(function (column, i) {
        if (!column.more || text(row, i) === "") return;
        var value = make("dd");
        if (column.link) {
          var link = make("a", column.link);
          link.href = "#picture-" + text(row, i);
          value.appendChild(link);
        } else if (column.block) {
          value.appendChild(make("pre", text(row, i)));
        } else {
          value.textContent = text(row, i);
        }
        list.appendChild(make("dt", column.label));
        list.appendChild(value);
      });
      cell.appendChild(list);
      line.appendChild(cell);
      return line;
    }

    function draw(from, to) {
      body.textContent = "";
      shown.slice(from, to).forEach(function (row) {
        var line = make("tr"), isOpen = opened.has(row);
        columns.forEach(function (column, i) {
          if (column.more) return;
          var cell = make("td", undefined, column.kind === "number" ? "n" : "");
          cell.setAttribute("data-label", column.label);
          if (column.opens) {
            var button = make("button", text(row, i), "open");
            button.type = "button";
            button.setAttribute("aria-expanded", isOpen ? "true" : "false");
            button.addEventListener("click", function () {
              var open = button.getAttribute("aria-expanded") === "true";
              button.setAttribute("aria-expanded", open ? "false" : "true");
              if (open) {
                opened.delete(row);
                line.nextSibling.remove();
              } else {
                opened.add(row);
                line.after(detail(row));
              }
            });
            cell.appendChild(button);
          } else {
            cell.textContent = text(row, i);
          }
          line.appendChild(cell);
        });
        body.appendChild(line);
        if (isOpen) body.appendChild(detail(row));
      });
    }

    function show() {
      var pages = Math.max(1, Math.ceil(shown.length / PAGE));
      draw(page * PAGE, page * PAGE + PAGE);
      status.textContent = words.rows.replace("{shown}", shown.length.toLocaleString("en")).replace("{total}", rows.length.toLocaleString("en")) +
        (pages > 1 ? " \u00b7 " + words.page.replace("{page}", page + 1).replace("{pages}", pages) : "");
      back.disabled = page === 0;
      on.disabled = page + 1 >= pages;
      back.hidden = on.hidden = pages < 2;
    }

    function arrange() {
      var wanted = search.value.trim().toLowerCase(), picked = [];
      choices.forEach(function (choice) { if (choice.value !== "") picked.push([+choice.dataset.column, +choice.value]); });
      shown = rows.filter(function (row, index) {
        return picked.every(function (p) { return row[p[0]] === p[1]; }) && (wanted === "" || haystack(index).indexOf(wanted) >= 0);
      });
      if (key >= 0) {
        var number = columns[key].kind === "number", sign = up ? 1 : -1;
        shown.sort(function (x, y) {
          var a = number ? x[key] : text(x, key), b = number ? y[key] : text(y, key);
          if (number && (a === null || b === null)) return a === b ? 0 : a === null ? 1 : -1;  // nothing measured: last
          return a < b ? -sign : a > b ? sign : 0;
        });
      }
      page = 0;
      show();
    }

    search.addEventListener("input", arrange);
    choices.forEach(function (choice) { choice.addEventListener("change", arrange); });
    table.tHead.querySelectorAll("button").forEach(function (button) {
      var column = +button.dataset.column;
      button.addEventListener("click", function () {
        up = key === column ? !up : true;
        key = column;
        table.tHead.querySelectorAll("th").forEach(function (head) { head.removeAttribute("aria-sort"); });
        button.parentNode.setAttribute("aria-sort", up ? "ascending" : "descending");
        arrange();
      });
    });
    back.addEventListener("click", function () { if (page > 0) { page--; show(); } });
    on.addEventListener("click", function () { if ((page + 1) * PAGE < shown.length) { page++; show(); } });
    window.addEventListener("beforeprint", function () { draw(0, PRINTED); });
    window.addEventListener("afterprint", show);
    section.classList.add("ready");
    show();
  }

  document.querySelectorAll("section.paged").forEach(start);
})();
