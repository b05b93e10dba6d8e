# Every way in which the agent can be there: a snap does not rule out a package (spec 1.3, row 6).
if has snap; then
    tell snap "$(limit 10 snap list amazon-ssm-agent | sed -n '/^amazon-ssm-agent /p' | first_line)"
fi
if has dpkg-query; then
    # shellcheck disable=SC2016 - dpkg's own names
    tell deb "$(limit 10 dpkg-query -W -f '${db:Status-Status} ${Version}\n' amazon-ssm-agent | first_line)"
fi
if has rpm; then
    tell rpm "$(limit 10 rpm -q --qf '%{VERSION}\n' amazon-ssm-agent | first_line)"
fi
for file in /snap/amazon-ssm-agent/current/amazon-ssm-agent /usr/bin/amazon-ssm-agent \
    /usr/local/bin/amazon-ssm-agent; do
    if [ -x "$file" ]; then
        tell binary "$file" "$(limit 5 "$file" -version | first_line)"
        break
    fi
done
