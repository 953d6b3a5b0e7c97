# SPDX-License-Identifier: MIT
# mesh.awk -v variants="stock ..." -v labs="haproxy ..." -v peers="..." EXPECTED FACTS LINES: prints what was measured as
# Markdown tables, and what isn't as expected below them; fails unless all of it is.
#
# EXPECTED: "cell", variants, labs or kinds of labs, certificates, issuers, directions ("*": any, "|": or) and a regular
# expression for the outcome; or "fact", variants, labs or kinds, key, expression; or "note", lab, text. The first fit
# counts. FACTS: lab, key, value. LINES: variant, lab, then peer, direction, outcome; or "-", key, value.

function fits(pattern, word, other) {
    return pattern == "*" || word ~ ("^(" pattern ")$") || (other != "" && other ~ ("^(" pattern ")$"))
}

function rest(from, i, text) {
    text = $from
    for (i = from + 1; i <= NF; i++)
        text = text " " $i
    return text
}

FNR == 1 { file++ }
file == 1 && $1 == "cell" {
    rules++
    for (i = 2; i <= 6; i++)
        rule[rules, i] = $i
    rule[rules, 7] = rest(7)
}
file == 1 && $1 == "fact" {
    demands++
    for (i = 2; i <= 4; i++)
        demand[demands, i] = $i
    demand[demands, 5] = rest(5)
}
file == 1 && $1 == "note" { sub(/:$/, "", $2); note[$2] = note[$2] (note[$2] == "" ? "" : " ") rest(3) }
file == 2 { given[$1, $2] = rest(3) }
file == 3 && $3 == "-" { fact[$1, $2, $4] = rest(5); next }
file == 3 {
    cell = $1 SUBSEP $2 SUBSEP $3 SUBSEP $4
    if (cell in measured && word_of(measured[cell]) != word_of(rest(5)))
        measured[cell] = measured[cell] " and " rest(5)
    else
        measured[cell] = rest(5)
    has[$2, $4] = 1
}

END {
    labs_count = split(labs, lab)
    variant_count = split(variants, variant)
    peer_count = split(peers, peer)
    split("inbound outbound", directions)
    print_cells()
    print_operations()
    print_notes()
    for (i = 1; i <= bad; i++)
        print (i == 1 ? "\nNot as expected:\n\n" : "") complaint[i]
    print "\n" cells " cells, " bad + 0 " not as expected."
    exit bad > 0 || cells == 0
}

function print_cells(l, w, p, part, head, line, i, key) {
    for (p = 1; p <= peer_count; p++) {
        split(peer[p], part, /[-.]/)
        key = part[3] == "strangeca" ? "other CA" : part[1]
        if (!(key in column_of)) {
            column_of[key] = ++columns
            head = head " " key " |"
            line = line " --- |"
        }
        column[p] = column_of[key]
    }
    print "| verifies | direction | issuer |" head
    print "| --- | --- | --- |" line
    for (l = 1; l <= labs_count; l++) {
        if (!((lab[l], "kind") in given))
            complain(variant[1], lab[l], "could not be installed")
        for (w = 1; w <= 2; w++)
            if (has_direction(lab[l], directions[w])) {
                print_row(lab[l], directions[w], "openca")
                print_row(lab[l], directions[w], "serverca")
            }
    }
}

# A direction is one of a lab's if something of it was expected or seen.
function has_direction(name, direction) {
    return (name, direction) in has
}

function print_row(name, direction, issuer, p, part, text, i) {
    split("", text)
    for (p = 1; p <= peer_count; p++) {
        split(peer[p], part, /[-.]/)
        if (part[3] == issuer || (part[3] == "strangeca" && issuer == "openca"))
            text[column[p]] = outcomes(name, peer[p], direction, part)
    }
    printf "| %s | %s | %s |", name, direction == "inbound" ? "peer connects" : "we connect", issuer
    for (i = 1; i <= columns; i++)
        printf " %s |", text[i]
    print ""
}

# The variants' letters in turn, bold where one isn't the stock daemon's.
function outcomes(name, who, direction, part, v, is, letter, stock, text) {
    for (v = 1; v <= variant_count; v++) {
        is = (variant[v], name, who, direction) in measured ? measured[variant[v], name, who, direction] : "not measured"
        cells++
        if (is !~ ("^(" expectation(variant[v], name, part[1], part[3], direction) ")$"))
            complain(variant[v], name " " who " " direction, "is " is " (expected: " \
                     expectation(variant[v], name, part[1], part[3], direction) ")")
        letter = is ~ / and / ? "?" : is ~ /^accepted/ ? "A" : is ~ /^refused/ ? "R" : "?"
        if (v == 1)
            stock = letter
        text = text (v == 1 ? "" : " ") (letter == stock ? letter : "**" letter "**")
    }
    return text
}

function word_of(text) {
    return substr(text, 1, match(text, /[: ]|$/) - 1)
}

function expectation(which, name, kind, issuer, direction, i) {
    for (i = 1; i <= rules; i++)
        if (fits(rule[i, 2], which) && fits(rule[i, 3], name, given[name, "kind"]) && fits(rule[i, 4], kind) &&
            fits(rule[i, 5], issuer) && fits(rule[i, 6], direction))
            return rule[i, 7]
    return "nothing"
}

function complain(which, what, why) {
    complaint[++bad] = which ", " what ": " why
}

# A fact of a variant, held against what is demanded of it; "-" where the lab doesn't measure it.
function checked(which, name, key, i, is) {
    is = (which, name, key) in fact ? fact[which, name, key] : "-"
    for (i = 1; i <= demands; i++)
        if (fits(demand[i, 2], which) && fits(demand[i, 3], name, given[name, "kind"]) && fits(demand[i, 4], key)) {
            if (is !~ ("^(" demand[i, 5] ")$"))
                complain(which, name, key " is " is " (expected: " demand[i, 5] ")")
            break
        }
    return is
}

function print_operations(l, v, last, name) {
    last = variant[variant_count]
    print "\n| daemon | version | armed | reload | upgrade | handshakes | kB before | after | ends with |"
    print "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    for (l = 1; l <= labs_count; l++) {
        name = lab[l]
        for (v = 1; v < variant_count; v++) {
            checked(variant[v], name, "armed")
            checked(variant[v], name, "end")
        }
        printf "| %s | %s | %s | %s | %s | %s | %s | %s |\n", name, given[name, "version"],
            checked(last, name, "armed"), checked(last, name, "reload"), checked(last, name, "upgrade"),
            checked(last, name, "soak"), memory(last, name), checked(last, name, "end")
    }
}

# Flat: no more than 1 MB in a thousand handshakes.
function memory(which, name, kb) {
    if (!((which, name, "memory") in fact))
        return "- | -"
    split(fact[which, name, "memory"], kb, " ")
    if (kb[2] - kb[1] > 1024 || kb[1] == 0)
        complain(which, name, "memory grew from " kb[1] " to " kb[2] " kB")
    return kb[1] " | " kb[2]
}

function print_notes(l, first) {
    for (l = 1; l <= labs_count; l++)
        if (lab[l] in note)
            print (first++ ? "" : "\n") "- **" lab[l] "**: " note[lab[l]]
}
