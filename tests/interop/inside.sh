#!/bin/sh
# SPDX-License-Identifier: MIT
# inside.sh: installs, runs every cell of $daemons, prints the table. Run by both.sh in private mount, pid, ipc and uts
# namespaces.
set -eu
. "$interop/stage.sh"

open_stage

xmpp='prosody ejabberd dnsmasq-base curl'
postfix='postfix'
exim='exim4-daemon-heavy'

say 'downloading packages'
quietly download download "$xmpp" "$postfix" "$exim" || exit 77
downloaded=$(date +%s)
say 'installing packages, making certificates'
quietly install-xmpp install_layer xmpp $xmpp &
xmpp_job=$!
{ quietly install-postfix install_layer postfix $postfix && quietly install-exim install_layer exim $exim; } &
mail_job=$!
make_pki
wait $xmpp_job
wait $mail_job

verify_all() {
    say "running the daemons ($variant)"
    for daemon in $daemons; do verify "$(script_of "$daemon")" "$daemon" & done
    wait
    [ -z "$logs" ] || keep_logs "$variant"
    for daemon in $daemons; do
        sed "s/^/$variant $daemon /" "$work/$variant-$daemon.cells" >> "$work/cells"
    done
    expectations | sed "/^[^#]/s/^/$variant /" >> "$work/expected"
}

# The first line that fits counts.
expectations() {
    ejabberd=$(dpkg-query --admindir="$work/xmpp/upper/var/lib/dpkg" -W -f '${Version}' ejabberd)
    if dpkg --compare-versions "$ejabberd" ge 24 && [ -f "$interop/expected.$variant.ejabberd24" ]; then
        cat "$interop/expected.$variant.ejabberd24"
    fi
    cat "$interop/expected.$variant"
}

# What is installed, for the table's heading.
versions() {
    for layer in "xmpp ejabberd prosody" "postfix postfix" "exim exim4-daemon-heavy"; do
        for package in ${layer#* }; do
            dpkg-query --admindir="$work/${layer%% *}/upper/var/lib/dpkg" -W -f '${Package} ${Version}\n' "$package"
        done
    done
}

library=$preload
if [ -n "$prove" ]; then
    library=$work/empty.so
    cc -shared -x c -o "$library" /dev/null
fi
patched_layers=''
export work preload preload_env patched_layers variant
for variant in $variants; do
    preload=$library preload_env=S2SVERIFY_LOG=$preload_log
    case $variant in
    stock) preload='' preload_env='' ;;
    strict) preload_env="$preload_env S2SVERIFY_PURPOSE=server" ;;
    esac
    verify_all
done

status=0
{ versions; echo; peers; } | awk -v "variants=$variants" -v "daemons=$daemons" -f "$interop/table.awk" "$work/expected" "$work/cells" - \
    > "$work/table" || status=1
cat "$work/table"
say "finished; $(($(date +%s) - downloaded)) s without the download"
if [ -n "$prove" ]; then
    [ $status = 1 ] || { echo "$suite_name: NOT PROVED: an empty library passes"; exit 1; }
    echo "$suite_name: proved: with an empty library the suite fails"
    exit 0
fi
if [ $status = 0 ] && [ -n "$table" ]; then
    sh "$interop/document.sh" < "$work/table" > "$table"
fi
exit $status
