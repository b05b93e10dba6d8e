# df's columns: blocks of 1024 bytes; with -i also inodes used and free.
for path in /opt/aws/ssm /var/log/amazon /; do
    real=$path
    while [ ! -e "$real" ]; do
        real=${real%/*}
        real=${real:-/}
    done
    tell space "$path" "$(df -k -i "$real" | tail -n 1)"
done
