/* SPDX-License-Identifier: MIT
   Sorting and searching; the page is whole without it. */
(function () {
    "use strict";
    var table = document.querySelector("table");
    var body = table.tBodies[0];
    var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
    var rows = Array.prototype.slice.call(body.rows);
    var panel = document.querySelector(".find");
    table.tHead.classList.remove("plain");

    function key(row, column) {
        var cell = row.cells[column];
        return cell.hasAttribute("data-key") ? cell.getAttribute("data-key") : cell.textContent;
    }

    function compare(a, b) {
        if (a === "" || b === "")
            return a === b ? 0 : a === "" ? 1 : -1;
        var x = Number(a), y = Number(b);
        return isNaN(x) || isNaN(y) ? a.localeCompare(b) : x - y;
    }

    function sort(column) {
        var head = heads[column];
        var turn = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
        heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", turn === 1 ? "ascending" : "descending");
        rows.sort(function (a, b) {
            var x = key(a, column), y = key(b, column);
            return x === "" || y === "" ? compare(x, y) : turn * compare(x, y);
        });
        rows.forEach(function (row) { body.appendChild(row); });
    }

    heads.forEach(function (head, column) {
        var button = document.createElement("button");
        button.type = "button";
        button.textContent = head.textContent;
        button.addEventListener("click", function () { sort(column); });
        head.textContent = "";
        head.appendChild(button);
    });

    var input = document.createElement("input");
    var count = document.createElement("output");
    input.type = "search";
    input.placeholder = "Search: a domain, a reason \u2026";
    input.setAttribute("aria-label", "Search");
    input.addEventListener("input", function () {
        var words = input.value.toLowerCase().split(/\s+/);
        var shown = 0;
        rows.forEach(function (row) {
            var text = row.textContent.toLowerCase();
            row.hidden = !words.every(function (word) { return text.indexOf(word) >= 0; });
            shown += row.hidden ? 0 : 1;
        });
        count.textContent = shown === rows.length ? "" : shown + " of " + rows.length;
    });
    panel.appendChild(input);
    panel.appendChild(count);
}());
