for file in /etc/amazon/ssm/amazon-ssm-agent.json \
    /snap/amazon-ssm-agent/current/amazon-ssm-agent.json; do
    if [ -e "$file" ]; then
        if [ -r "$file" ]; then
            tell file "$file" readable "$(head -c 32768 "$file" | tr '\n\t\r' '   ')"
        else
            tell file "$file" denied
        fi
        break
    fi
    can_see "${file%/*}" || tell closed "${file%/*}"
done
