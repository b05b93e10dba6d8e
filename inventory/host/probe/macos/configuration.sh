file=/opt/aws/ssm/amazon-ssm-agent.json
if [ -r "$file" ]; then
    tell file "$file" readable "$(head -c 32768 "$file" | tr '\n\t\r' '   ')"
elif [ -e "$file" ]; then
    tell file "$file" denied
elif ! can_see "${file%/*}"; then
    tell closed "${file%/*}"
fi
