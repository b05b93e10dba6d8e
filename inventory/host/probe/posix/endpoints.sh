# Arguments: HOST ...; all are asked side by side.
names() {
    began=$(date +%s)
    found=
    trouble=
    if has getent; then
        found=$(limit 8 getent ahosts "$1")
        code=$?
    elif has dscacheutil; then
        found=$(dscacheutil -q host -a name "$1" | sed -n 's/^ip.*_address: //p')
        code=0
        [ -n "$found" ] || code=2
    else
        code=127
    fi
    took=$(($(date +%s) - began))
    if [ "$code" -ne 0 ] && [ "$took" -lt 5 ] && has bash; then
        # getent says no more than "not found": bash tells what the resolver said.
        trouble=$(limit 8 bash -c 'exec 3<>"/dev/tcp/$0/443"' "$1" 2>&1 | first_line)
    fi
    addresses=$(printf '%s\n' "$found" | sed 's/[[:space:]].*//' | sort -u | head -n 16 | tr '\n' ' ')
    by=
    if sed 's/#.*//' /etc/hosts 2>/dev/null | grep -q -i -w -F -e "$1"; then
        by=/etc/hosts
    fi
    tell names "$1" "$code" "$took" "$addresses" "$trouble" "$by"
}

with_curl() {
    request "$1"
    case $code in
    51 | 60)
        failed="$code$tab$times$tab$trouble"
        request "$1" -k
        tell https "$1" "$failed" "$issuer" "$via"
        ;;
    *)
        tell https "$1" "$code" "$times" "$trouble" "$issuer" "$via"
        ;;
    esac
}

without_curl() {
    if [ -n "$https" ] || ! has bash; then
        tell untried "$1" "$(blotted "$https")"
        return
    fi
    trouble=$(limit 4 bash -c 'exec 3<>"/dev/tcp/$0/443"' "$1" 2>&1)
    code=$?
    tell tcp "$1" "$code" "$(printf '%s\n' "$trouble" | first_line)"
    if [ "$code" -ne 0 ] || ! has openssl; then
        return
    fi
    heard=$(printf 'GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$1" |
        limit 8 openssl s_client -ign_eof -verify_return_error -connect "$1:443" \
            -servername "$1" -verify_hostname "$1" 2>&1)
    code=$?
    heard=$(printf '%s\n' "$heard" | tr -d '\r')
    tell openssl "$1" "$code" \
        "$(printf '%s\n' "$heard" | sed -n 's/^ *[Vv]erify return code: \([0-9]*\).*/\1/p' | tail -n 1)" \
        "$(printf '%s\n' "$heard" | sed -n 's/^verify error:num=\([0-9]*\).*/\1/p' | first_line)" \
        "$(printf '%s\n' "$heard" | sed -n 's/^HTTP[^ ]* \([0-9]*\).*/\1/p' | first_line)" \
        "$(printf '%s\n' "$heard" | grep -c '^subject=')"
}

service_proxy
for file in /run/systemd/resolve/resolv.conf /etc/resolv.conf; do
    if [ -r "$file" ]; then
        tell resolver "$(sed -n 's/^nameserver[[:space:]]*//p' "$file" | head -n 4 | tr '\n' ' ')"
        break
    fi
done
for host; do
    (
        names "$host"
        if [ -z "$https" ] && [ "$code" -ne 0 ] && [ "$code" -ne 127 ]; then
            exit
        fi
        if has curl; then
            with_curl "$host"
        else
            without_curl "$host"
        fi
    ) &
done
wait
