# SPDX-License-Identifier: MIT
# table.awk -v variants="stock ..." -v daemons="postfix ..." EXPECTED CELLS NAMES: prints what was measured as a Markdown
# table, and what isn't as expected below it; fails unless all of it is. A daemon may be several releases of one:
# "postfix/bookworm postfix/trixie". What is expected of "postfix" is expected of all of them.
#
# EXPECTED: variant, daemon, kind, issuer, direction ("*": any) and a regular expression for the outcome; the first fit
# counts. CELLS: variant, daemon, peer, direction and outcome. NAMES: packages with their versions, an empty line, peers.

function expectation(variant, daemon, kind, issuer, direction, i) {
    for (i = 1; i <= rules; i++)
        if (rule[i, 1] == variant && (fits(rule[i, 2], daemon) || fits(rule[i, 2], base(daemon))) &&
            fits(rule[i, 3], kind) && fits(rule[i, 4], issuer) && fits(rule[i, 5], direction))
            return rule[i, 6]
    return "nothing"
}

function fits(pattern, word) {
    return pattern == "*" || pattern == word
}

# Without the release.
function base(daemon) {
    sub(/\/.*/, "", daemon)
    return daemon
}

function release(daemon) {
    return daemon ~ /\// ? substr(daemon, index(daemon, "/") + 1) : ""
}

function rest(from, i, text) {
    text = $from
    for (i = from + 1; i <= NF; i++)
        text = text " " $i
    return text
}

FNR == 1 { file++ }
file == 1 && NF && !/^#/ {
    rules++
    for (i = 1; i <= 5; i++)
        rule[rules, i] = $i
    rule[rules, 6] = rest(6)
}
file == 2 {
    cell = $1 " " $2 " " $3 " " $4
    if (cell in measured)
        measured[cell] = measured[cell] " and "
    measured[cell] = measured[cell] rest(5)
}
file == 3 && !NF { in_peers = 1; next }
file == 3 && in_peers { peer[++peers] = $1 }
file == 3 && !in_peers { packages = packages (packages == "" ? "" : ", ") $0 }

END {
    split(daemons, verifier)
    split("inbound outbound", directions)
    count = split(variants, variant)
    says["inbound"] = "peer connects"
    says["outbound"] = "we connect"
    for (d = 1; d in verifier; d++)
        for (p = 1; p <= peers; p++)
            for (w = 1; w in directions; w++)
                judge(verifier[d], peer[p], directions[w])
    print packages "\n"
    print_table()
    for (i = 1; i <= bad; i++)
        print (i == 1 ? "\nNot as expected:\n" : "") complaint[i]
    print "\n" cells " cells, " bad + 0 " not as expected."
    exit bad > 0 || cells == 0
}

# Peers that differ in nothing but the key type or the release share a row.
function judge(daemon, name, direction, part, text, v, id, r) {
    split(name, part, /[-.]/)
    for (v = 1; v <= count; v++)
        text = text " | " outcome(variant[v], daemon, name, direction, part)
    id = base(daemon) " | " part[1] " | " part[3] " | " says[direction] text
    if (!(id in row)) {
        row[id] = ++rows
        line[rows] = id
    }
    r = row[id]
    keys[r] = with(keys[r], part[2])
    releases[r] = with(releases[r], release(daemon))
}

# A list with one word more, unless it has it.
function with(list, word) {
    if (list == "" || index(", " list ", ", ", " word ", "))
        return list == "" ? word : list
    return list ", " word
}

# One word for the table, bold where it isn't the stock daemon's.
function outcome(which, daemon, name, direction, part, cell, is, wanted, word, stock) {
    cell = daemon " " name " " direction
    is = (which " " cell) in measured ? measured[which " " cell] : "not measured"
    wanted = expectation(which, daemon, part[1], part[3], direction)
    cells++
    if (is !~ ("^(" wanted ")$"))
        complaint[++bad] = which ", " cell ": " is " (expected: " wanted ")"
    word = first_word(is)
    stock = first_word(measured["stock " cell])
    return stock == "" || word == stock ? word : "**" word "**"
}

function first_word(text) {
    return text ~ /^not / || text ~ / and / ? "?" : match(text, /^[a-z]+/) ? substr(text, 1, RLENGTH) : ""
}

function print_table(v, r, head, rule_line) {
    head = "verifies | certificate | issuer | direction"
    rule_line = "--- | --- | --- | ---"
    for (v = 1; v <= count; v++) {
        head = head " | " variant[v]
        rule_line = rule_line " | ---"
    }
    print "| " head " | keys |" (releases[1] != "" ? " releases |" : "")
    print "| " rule_line " | --- |" (releases[1] != "" ? " --- |" : "")
    for (r = 1; r <= rows; r++)
        print "| " line[r] " | " keys[r] " |" (releases[r] != "" ? " " releases[r] " |" : "")
}
