# Argument: the metadata service's URL. Of the role's credentials only their Code leaves this script.
base=$1
token=

# ask METHOD PATH [CURL OPTION...]: leaves $code, $status, $body and $trouble. The token goes in by
# standard input, where no list of processes shows it.
ask() {
    method=$1
    path=$2
    shift 2
    heard=$(printf '%s' "${token:+header = \"X-aws-ec2-metadata-token: $token\"}" |
        curl -q -s -K - --noproxy '*' --connect-timeout 2 --max-time 4 -X "$method" "$@" \
            -w '\nstatus %{http_code}\n' "$base/latest/$path")
    code=$?
    status=$(printf '%s\n' "$heard" | sed -n 's/^status //p' | tail -n 1)
    body=$(printf '%s\n' "$heard" | sed '/^status /d' | head -c 16384)
    trouble=
    if [ "$code" -eq 7 ]; then
        # Newer versions say why only here.
        trouble=$(curl -q -s -v -o /dev/null --noproxy '*' --connect-timeout 2 --max-time 4 \
            "$base/" 2>&1 | sed -n 's/^\* *connect to .* failed: //p' | first_line)
    fi
}

member() {
    printf '%s\n' "$body" |
        sed -n "s/.*\"$1\"[[:space:]]*:[[:space:]]*\"\([^\"]*\)\".*/\1/p" | first_line
}

asked() {
    ask PUT api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 60'
    tell token "$code" "$status" "$trouble"
    if [ "$code" -eq 0 ] && [ "$status" = 200 ]; then
        token=$(printf '%s\n' "$body" | first_line)
    fi
    ask GET dynamic/instance-identity/document
    tell identity "$code" "$status" "$trouble" \
        "$(member instanceId)" "$(member region)" "$(member accountId)"
    ask GET meta-data/iam/security-credentials/
    role=
    [ "$status" = 200 ] && role=$(printf '%s\n' "$body" | first_line)
    tell role "$code" "$status" "$trouble" "$role"
    if [ -n "$role" ]; then
        ask GET "meta-data/iam/security-credentials/$role"
        tell credentials "$code" "$status" "$trouble" "$(member Code)"
    fi
}

if has curl; then
    asked
else
    tell without curl
fi
