#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The page of s2sverify audit, looked at in headless Chromium: on a desktop, on a telephone, without script.

usage: page.py PAGE [FOLDER]

PAGE: made by audit.py COMMAND MKCERT COUNT PAGE; FOLDER: where to leave screenshots."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

page = os.path.abspath(sys.argv[1])
shots = sys.argv[2] if len(sys.argv) > 2 else None
failures = checks = 0

# Pages in frames, since no window is as narrow as a telephone; read and used by a script outside of them.
HARNESS = """<!DOCTYPE html><meta charset="utf-8"><body style="margin:0">
<iframe id="desktop" src="page.html" style="width:1280px;height:900px;border:0"></iframe>
<iframe id="telephone" src="page.html" style="width:390px;height:844px;border:0"></iframe>
<iframe id="bare" sandbox="allow-same-origin" src="page.html" style="width:390px;height:844px;border:0"></iframe>
<pre id="result"></pre>
<script>
function visible(page) {
    return Array.from(page.querySelectorAll("tbody tr")).filter(row => row.offsetHeight > 0);
}
function look(page) {
    return {
        width: page.documentElement.scrollWidth,
        rows: visible(page).length,
        buttons: page.querySelectorAll("button").length,
        bars: Array.from(page.querySelectorAll("svg rect")).filter(bar => bar.getBoundingClientRect().width > 1).length,
        small: Array.from(page.querySelectorAll("td, dt, p")).filter(e => parseFloat(getComputedStyle(e).fontSize) < 13).length
    };
}
function column(page, number) {
    return visible(page).map(row => row.cells[number].getAttribute("data-key") || row.cells[number].textContent);
}
function use(page) {
    var result = look(page), buttons = page.querySelectorAll("th button"), input = page.querySelector("input");
    buttons[5].click();
    result.up = column(page, 5);
    buttons[5].click();
    result.down = column(page, 5);
    result.sort = page.querySelectorAll("th")[5].getAttribute("aria-sort");
    buttons[0].click();
    result.names = column(page, 0);
    input.value = "refused wrong-purpose";
    input.dispatchEvent(new Event("input"));
    result.found = column(page, 0);
    result.count = page.querySelector("output").textContent;
    return result;
}
window.addEventListener("load", function () {
    var result = {};
    result.desktop = use(document.getElementById("desktop").contentDocument);
    result.telephone = use(document.getElementById("telephone").contentDocument);
    result.bare = look(document.getElementById("bare").contentDocument);
    document.getElementById("result").textContent = JSON.stringify(result);
});
</script>
"""
FRAME = """<!DOCTYPE html><body style="margin:0;background:#888">
<iframe src="page.html" style="width:390px;height:2400px;border:0"></iframe>"""


def check(what, got, wanted):
    global checks, failures
    checks += 1
    if got != wanted:
        failures += 1
        print(f"FAILED: {what}\n  wanted: {wanted!r}\n  got:    {got!r}")


def chromium(*arguments):
    with tempfile.TemporaryDirectory() as profile:
        return subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                               "--allow-file-access-from-files", "--enable-logging=stderr", f"--user-data-dir={profile}",
                               *arguments], capture_output=True, text=True, timeout=300, check=True)


def numbers(keys):
    return [int(key) for key in keys if key != ""]


with tempfile.TemporaryDirectory() as folder:
    shutil.copy(page, os.path.join(folder, "page.html"))
    for name, text in (("harness.html", HARNESS), ("telephone.html", FRAME)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    with open(page, encoding="utf-8") as file:
        count = file.read().count("<tr><td")
    run = chromium("--virtual-time-budget=20000", "--window-size=1280,900", "--dump-dom", f"file://{folder}/harness.html")
    result = json.loads(re.search(r'<pre id="result">(.*?)</pre>', run.stdout, re.S)[1].replace("&amp;", "&")
                        .replace("&lt;", "<").replace("&gt;", ">"))
    check("nothing is refused or thrown", [line for line in run.stderr.splitlines()
                                           if "CONSOLE" in line and "sandboxed" not in line], [])
    for name, width in (("desktop", 1280), ("telephone", 390), ("bare", 390)):
        seen = result[name]
        check(f"{name}: nothing beside the page", seen["width"] <= width, True)
        check(f"{name}: every target", seen["rows"], count)
        check(f"{name}: charts", seen["bars"] > 10, True)
        check(f"{name}: nothing too small to read", seen["small"], 0)
    check("bare: nothing that does nothing", result["bare"]["buttons"], 0)
    for name in ("desktop", "telephone"):
        seen = result[name]
        check(f"{name}: days, up", numbers(seen["up"]), sorted(numbers(seen["up"])))
        check(f"{name}: days, down", numbers(seen["down"]), sorted(numbers(seen["up"]), reverse=True))
        check(f"{name}: days not known are last", (seen["up"][-1], seen["down"][-1]), ("", ""))
        check(f"{name}: told to screen readers", seen["sort"], "descending")
        check(f"{name}: by name", len(set(seen["names"])), count)
        check(f"{name}: search", (len(seen["found"]) > 0, {found.split(":")[1].split(".")[1] for found in seen["found"]}),
              (True, {"client"}))
        check(f"{name}: search, counted", seen["count"], f"{len(seen['found'])} of {count}")
    if shots:
        os.makedirs(shots, exist_ok=True)
        shots = os.path.abspath(shots)
        chromium("--window-size=1280,1500", f"--screenshot={shots}/desktop.png", f"file://{folder}/page.html")
        chromium("--window-size=500,2400", f"--screenshot={shots}/telephone.png", f"file://{folder}/telephone.html")
        chromium("--window-size=1280,1500", "--blink-settings=preferredColorScheme=0",
                 f"--screenshot={shots}/dark.png", f"file://{folder}/page.html")
print(f"command, page: {checks} checks, {failures} failed")
sys.exit(1 if failures or not checks else 0)
