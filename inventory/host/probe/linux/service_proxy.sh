# service_proxy: the proxy of the agent's own service, in $https, $http, $no and $origin. Where its
# environment names certificate authorities, they are taken too: Go knows the same variable.
agent_pid() {
    for process in /proc/[0-9]*; do
        # The kernel keeps 15 characters of a name.
        if read -r name <"$process/comm" && [ "$name" = amazon-ssm-agen ]; then
            printf '%s\n' "${process#/proc/}"
            return
        fi
    done
}

proxy_words() {
    grep -i -E '^(https?|no)_proxy='
}

unit_words() {
    limit 10 systemctl show "$1" -p Environment | sed 's/^Environment=//' | tr ' ' '\n' |
        tr -d '"' | proxy_words
    limit 10 systemctl show "$1" -p EnvironmentFiles |
        sed -n -e 's/^EnvironmentFiles=//' -e 's/ (.*$//p' | while read -r file; do
        [ -r "$file" ] || { can_see "${file%/*}" && [ ! -e "$file" ]; } || echo closed
        tr -d '"' <"$file" | sed 's/^export //' | proxy_words
    done
}

# As Go does it: the name in capitals comes first.
first_word() {
    for name; do
        value=$(printf '%s\n' "$words" | sed -n "s/^$name=//p" | first_line)
        [ -z "$value" ] || break
    done
    printf '%s\n' "$value"
}

service_proxy() {
    origin=
    words=
    pid=$(agent_pid)
    if [ -n "$pid" ] && [ -r "/proc/$pid/environ" ]; then
        origin=/proc/$pid/environ
        words=$(tr '\000' '\n' <"$origin" | proxy_words)
        authorities=$(tr '\000' '\n' <"$origin" | sed -n 's/^SSL_CERT_FILE=//p')
        if [ -r "$authorities" ]; then
            SSL_CERT_FILE=$authorities
            export SSL_CERT_FILE
        fi
    elif has systemctl; then
        for unit in snap.amazon-ssm-agent.amazon-ssm-agent.service amazon-ssm-agent.service; do
            if limit 10 systemctl show "$unit" -p LoadState | grep -q '=loaded'; then
                origin="systemd $unit"
                words=$(unit_words "$unit")
                # An EnvironmentFile that is closed may hold a proxy.
                printf '%s\n' "$words" | grep -qx closed && origin=
                break
            fi
        done
    fi
    if [ -z "$origin" ] && [ -r /etc/init/amazon-ssm-agent.override ]; then
        origin=/etc/init/amazon-ssm-agent.override
        words=$(sed -n 's/^env //p' "$origin" | tr -d '"' | proxy_words)
    fi
    https=$(first_word HTTPS_PROXY https_proxy)
    http=$(first_word HTTP_PROXY http_proxy)
    no=$(first_word NO_PROXY no_proxy)
}
