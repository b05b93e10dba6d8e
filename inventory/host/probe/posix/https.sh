# request HOST [CURL OPTION...]: an unsigned GET as the agent's service would send it, through the
# proxy in $https and $no. Tells nothing; leaves $code, $times, $trouble, $date, $issuer, $ended and
# $via, the proxy unless $no leaves the host out.
request() {
    asked=$1
    shift
    # -v goes to where the headers do; only the lines named below are looked at.
    heard=$(https_proxy=$https no_proxy=$no curl -q -sS -v -o /dev/null \
        --connect-timeout 4 --max-time 10 "$@" \
        -w '\nprobe %{http_code} %{http_connect} %{time_namelookup} %{time_connect} %{time_appconnect} %{time_pretransfer} %{time_starttransfer} %{time_total} %{ssl_verify_result} %{remote_ip}\n' \
        "https://$asked/" 2>&1)
    code=$?
    ended=$(date +%s)
    heard=$(printf '%s\n' "$heard" | tr -d '\r')
    via=$(blotted "$https")
    if printf '%s\n' "$heard" | grep -q '^\* Uses proxy env variable no_proxy' &&
        ! printf '%s\n' "$heard" | grep -q '^\* Uses proxy env variable https_proxy'; then
        via=
    fi
    times=$(printf '%s\n' "$heard" | sed -n 's/^probe //p' | tail -n 1)
    trouble=$(printf '%s\n' "$heard" | sed -n \
        -e 's/^\* *connect to .* failed: //p' -e 's/^curl: ([0-9]*) //p' | head -n 4 | tr '\n\t' '  ')
    date=$(printf '%s\n' "$heard" | sed -n 's/^< [Dd]ate: //p' | tail -n 1)
    issuer=$(printf '%s\n' "$heard" | sed -n 's/^\* *issuer: //p' | tail -n 1)
}
