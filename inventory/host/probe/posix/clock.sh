# Arguments: HOST ...: the first that answers is the reference.
service_proxy
for host; do
    has curl || break
    request "$host"
    if [ "$code" -eq 0 ]; then
        tell date "$host" verified "$date" "$ended" "$times"
        break
    fi
    case $code in
    51 | 60)
        request "$host" -k
        if [ "$code" -eq 0 ]; then
            tell date "$host" unverified "$date" "$ended" "$times"
            break
        fi
        ;;
    esac
    tell silent "$host" "$code" "$trouble"
done
if has timedatectl; then
    tell synchronized "$(limit 5 timedatectl show -p NTPSynchronized | sed 's/^NTPSynchronized=//')"
fi
if has chronyc; then
    tell chrony "$(limit 5 chronyc -n tracking | sed -n 's/^System time *: *//p')" \
        "$(limit 5 chronyc -n tracking | sed -n 's/^Leap status *: *//p')"
fi
