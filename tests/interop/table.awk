# table.awk EXPECTED CELLS PEERS: prints what was measured beside what was expected; fails unless all of it fits.
#
# EXPECTED: daemon, kind, issuer, direction ("*": any) and a regular expression for the outcome; the first fit counts.
# CELLS: daemon, peer, direction and outcome. PEERS: their names.

function expectation(daemon, kind, issuer, direction, i) {
    for (i = 1; i <= rules; i++)
        if (fits(rule[i, 1], daemon) && fits(rule[i, 2], kind) && fits(rule[i, 3], issuer) && fits(rule[i, 4], direction))
            return rule[i, 5]
    return "nothing"
}

function fits(pattern, word) {
    return pattern == "*" || pattern == word
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
    for (i = 1; i <= 4; i++)
        rule[rules, i] = $i
    rule[rules, 5] = rest(5)
}
file == 2 {
    cell = $1 " " $2 " " $3
    if (cell in measured)
        measured[cell] = measured[cell] " and "
    measured[cell] = measured[cell] rest(4)
}
file == 3 { peer[++peers] = $1 }

END {
    split("ejabberd prosody postfix exim", daemons)
    split("inbound outbound", directions)
    says["inbound"] = "peer connects"
    says["outbound"] = "we connect"
    for (d = 1; d in daemons; d++)
        for (p = 1; p <= peers; p++)
            for (w = 1; w in directions; w++)
                judge(daemons[d], peer[p], directions[w])
    print "\nWith " variant " daemons (! = not as expected):\n"
    format = "%-2s%-9s %-12s %-10s %-14s %-9s %s\n"
    printf format, "", "verifies", "certificate", "issuer", "direction", "key", "measured (expected)"
    for (r = 1; r <= rows; r++)
        printf format, mark[r], column[r, 1], column[r, 2], column[r, 3], column[r, 4], keys[r], outcomes[r]
    print "\n" cells " cells, " bad + 0 " not as expected"
    exit bad > 0 || cells == 0
}

# Cells that differ in nothing but the key type share a row.
function judge(daemon, name, direction, part, cell, outcome, expected, wrong, id, r) {
    split(name, part, /[-.]/)
    cell = daemon " " name " " direction
    outcome = cell in measured ? measured[cell] : "not measured"
    expected = expectation(daemon, part[1], part[3], direction)
    wrong = outcome !~ ("^(" expected ")$")
    cells++
    bad += wrong
    outcome = outcome " (" expected ")"
    gsub(part[2], "KEY", outcome)
    id = daemon " " part[1] " " part[3] " " direction " " outcome
    if (!(id in row))
        row[id] = ++rows
    r = row[id]
    mark[r] = wrong ? "!" : ""
    column[r, 1] = daemon
    column[r, 2] = part[1]
    column[r, 3] = part[3]
    column[r, 4] = says[direction]
    keys[r] = keys[r] (keys[r] == "" ? "" : " ") part[2]
    outcomes[r] = outcome
}
