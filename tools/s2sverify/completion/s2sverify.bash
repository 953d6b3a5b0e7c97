# SPDX-License-Identifier: MIT
# Completion for bash. Commands and options come from the command's own --help, so they can't differ.

_s2sverify() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" --help 2>/dev/null |
            sed -n 's/^  \([a-z][a-z]*\) .*/\1/p') --help --version" -- "$cur")
        return
    fi
    case $prev in
    --protocol) mapfile -t COMPREPLY < <(compgen -W 'xmpp smtp sip server' -- "$cur"); return ;;
    --backend) mapfile -t COMPREPLY < <(compgen -W 'openssl gnutls both' -- "$cur"); return ;;
    --purpose) mapfile -t COMPREPLY < <(compgen -W 'server server-or-client tls-role' -- "$cur"); return ;;
    --revocation) mapfile -t COMPREPLY < <(compgen -W 'off if-available require' -- "$cur"); return ;;
    --cafile | --trust-anchor | --crl | --cert | --key | --ca-cert | --ca-key | --html)
        mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --user) mapfile -t COMPREPLY < <(compgen -u -- "$cur"); return ;;
    --name | --port | --at | --connect | --timeout | --resolver | --from | --domain | --listen | --show | \
        --identifiers | --service | --answer-to | --connections | --count) return ;;
    esac
    case $cur in
    -*) mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" "$command" --help 2>/dev/null |
            sed -n 's/^  \(--[a-z-]*\).*/\1/p')" -- "$cur") ;;
    *)
        case $command in
        verify | tlsa | why | audit) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        listen) mapfile -t COMPREPLY < <(compgen -W 'xmpp smtp' -- "$cur") ;;
        connect) mapfile -t COMPREPLY < <(compgen -W 'xmpp: smtp: tls:' -- "$cur"); compopt -o nospace ;;
        probe) mapfile -t COMPREPLY < <(compgen -W 'xmpp: smtp:' -- "$cur"); compopt -o nospace ;;
        esac ;;
    esac
}
complete -o filenames -F _s2sverify s2sverify
