# What the agent writes to; a folder that is not there yet counts as its nearest parent.
# free and total are bytes, of which the first is what root may still use.
for path in /var/lib/amazon /var/log/amazon /; do
    real=$path
    while [ ! -e "$real" ]; do
        real=${real%/*}
        real=${real:-/}
    done
    tell space "$path" "$(limit 5 stat -f -c '%S %f %b %d %c' "$real")"
    point=$(limit 5 df -P "$real" | tail -n 1 | sed 's/.*% *//')
    tell options "$path" "$(sed -n "s#^[^ ]* $point [^ ]* \([^ ]*\) .*#\1#p" /proc/mounts | tail -n 1)"
done
