# SPDX-License-Identifier: MIT
# Waiting for something to become true. Sourced.

# wait_for SECONDS COMMAND ...
wait_for() {
    tries=$(($1 * 5)); shift
    until "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return
        sleep 0.2
    done
}
