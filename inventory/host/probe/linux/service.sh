# Every manager that may keep the agent running, and the processes themselves.
if has snap; then
    tell snap "$(limit 10 snap services amazon-ssm-agent | sed -n '/^amazon-ssm-agent\./p' | first_line)"
fi
if has systemctl; then
    for unit in snap.amazon-ssm-agent.amazon-ssm-agent.service amazon-ssm-agent.service; do
        limit 10 systemctl status -n 0 "$unit" >/dev/null
        tell status "$unit" "$?"
        limit 10 systemctl show "$unit" -p LoadState -p ActiveState -p SubState -p UnitFileState \
            -p User -p ActiveEnterTimestamp | while IFS='=' read -r name value; do
            tell show "$unit" "$name" "$value"
        done
    done
fi
if has initctl; then
    tell upstart "$(limit 10 initctl status amazon-ssm-agent 2>&1 | first_line)"
fi
for process in /proc/[0-9]*; do
    read -r name <"$process/comm" || continue
    case $name in
    # The kernel keeps 15 characters of a name.
    amazon-ssm-agen | ssm-agent-worke)
        owner=$(sed -n 's/^Uid:[[:space:]]*\([0-9]*\).*/\1/p' "$process/status")
        user=$(sed -n "s/^\([^:]*\):[^:]*:$owner:.*/\1/p" /etc/passwd | first_line)
        tell process "$name" "${user:-uid $owner}"
        ;;
    esac
done
tell seen_by "$(id -u)"
