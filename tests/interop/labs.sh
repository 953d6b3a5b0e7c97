#!/bin/sh
# SPDX-License-Identifier: MIT
# labs.sh: installs each daemon of $labs in a layer of its own, runs its lab in every variant, prints the tables. Run by
# both.sh in private mount, pid, ipc and uts namespaces.
set -eu
# A lab may take long on a busy machine.
export patience=900
export keys=p256 kinds='serverauth clientauth both codesigning email noeku ca expired'
. "$interop/stage.sh"

open_stage

packages_of_lab() { # LAB
    sh -c '. "$interop/labs/$1.sh"; echo $packages' - "$1"
}

kind_of_lab() {
    sh -c '. "$interop/labs/$1.sh"; echo $kind' - "$1"
}

say "downloading the packages of $labs"
set --
for lab in $labs; do set -- "$@" "$(packages_of_lab "$lab")"; done
quietly download download "$@" || exit 77
downloaded=$(date +%s)
say 'making certificates'
make_pki

library=$preload
if [ -n "$prove" ]; then
    library=$work/empty.so
    cc -shared -x c -o "$library" /dev/null
fi

keep_log() { # RUN
    mkdir -p "$logs/$1"
    cp -r "$work/$1/upper/var/log/." "$logs/$1/"
}

export work variant preload preload_env
run_lab() { # LAB
    quietly "install-$1" install_layer "lab-$1" $(packages_of_lab "$1") || return 0
    for variant in $variants; do
        preload=$library preload_env=S2SVERIFY_LOG=$preload_log
        case $variant in
        stock) preload='' preload_env='' ;;
        strict) preload_env="$preload_env S2SVERIFY_PURPOSE=server" ;;
        esac
        verify lab.sh "$1" 2>> "$work/$1.err"
        [ -z "$logs" ] || keep_log "$variant-$1"
        sed -n "s/^[^-]/$variant $1 &/p" "$work/$variant-$1.cells" >> "$work/$1.lines"
        sed -n "s/^- /$variant $1 - /p" "$work/$variant-$1.cells" >> "$work/$1.lines"
    done
    printf '%s version %s\n' "$1" "$(version_of "$1")" >> "$work/$1.facts"
    printf '%s kind %s\n' "$1" "$(kind_of_lab "$1")" >> "$work/$1.facts"
    say "$1: done"
    [ ! -s "$work/$1.err" ] || sed 's/^/    /' "$work/$1.err"
}

# What is installed, of the lab's first package.
version_of() { # LAB
    set -- "$1" $(packages_of_lab "$1")
    dpkg-query --admindir="$work/lab-$1/upper/var/lib/dpkg" -W -f '${Version}\n' "$2" 2> /dev/null ||
        dpkg-query -W -f '${Version}\n' "$2"
}

# Each in its own lane.
lane() { # NUMBER
    turn=0
    for lab in $labs; do
        turn=$(((turn + 1) % jobs))
        [ "$turn" != "$1" ] || run_lab "$lab"
    done
}
number=0
while [ "$number" -lt "$jobs" ]; do
    lane "$number" &
    number=$((number + 1))
done
wait

status=0
for lab in $labs; do cat "$work/$lab.facts" || true; done > "$work/facts" 2> /dev/null
for lab in $labs; do cat "$work/$lab.lines" || true; done > "$work/lines" 2> /dev/null
awk -v "variants=$variants" -v "labs=$labs" -v "peers=$(peers | tr '\n' ' ')" -f "$interop/mesh.awk" \
    "$interop/expected.lab" "$work/facts" "$work/lines" > "$work/table" || status=1
cat "$work/table"
[ -z "$logs" ] || cp "$work/facts" "$work/lines" "$logs/"
say "labs finished; $(($(date +%s) - downloaded)) s without the download"
if [ -n "$prove" ]; then
    # What the library doesn't change can't tell whether it is there.
    unmoved=
    for lab in $labs; do grep -q "^s2sverify, $lab [^ ]*[.]test " "$work/table" || unmoved="$unmoved $lab"; done
    [ "$unmoved" != " $labs" ] || { echo "$suite_name: NOT PROVED: an empty library passes"; exit 1; }
    echo "$suite_name: proved: with an empty library the labs fail${unmoved:+, but for$unmoved}"
    exit 0
fi
if [ $status = 0 ] && [ -n "$mesh" ]; then
    sh "$interop/mesh-document.sh" < "$work/table" > "$mesh"
fi
exit $status
