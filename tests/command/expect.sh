# SPDX-License-Identifier: MIT
# What the scripts with daemons share. Sourced; needs $work, $command and $suite_name.

failed=0

# expect WHAT FILE PATTERN ...: each pattern (extended) is in some line of the file.
expect() {
    expect_what=$1 expect_file=$2; shift 2
    for pattern; do
        if grep -Eq -- "$pattern" "$expect_file"; then
            echo "ok: $expect_what: $pattern"
        else
            failed=1
            echo "NOT SO: $expect_what: $pattern; in it:"
            sed 's/^/    /' "$expect_file"
        fi
    done
}

# expect_status WHAT WANTED GOT
expect_status() {
    if [ "$2" = "$3" ]; then
        echo "ok: $1: exit status $3"
    else
        failed=1
        echo "NOT SO: $1: exit status $3, not $2"
    fi
}

# run_command NAME STATUS ARGUMENT ...: what it says is in $work/NAME.out.
run_command() {
    run_name=$1 run_wanted=$2; shift 2
    run_status=0
    "$command" "$@" --cafile "$work/pki/root.pem" > "$work/$run_name.out" 2>&1 || run_status=$?
    echo "== s2sverify $*"
    sed 's/^/    /' "$work/$run_name.out"
    expect_status "$run_name" "$run_wanted" "$run_status"
}
