# Three columns: the process id or "-", the last exit status, the label (launchctl(1)).
launchctl list com.amazon.aws.ssm >/dev/null
tell launchctl "$?" "$(launchctl list | sed -n "/[[:space:]]com\.amazon\.aws\.ssm\$/p" | tr '\t' ' ')"
ps -axo user=,comm= | while read -r user name; do
    case $name in
    *amazon-ssm-agent) tell process amazon-ssm-agent "$user" ;;
    *ssm-agent-worker) tell process ssm-agent-worker "$user" ;;
    esac
done
tell seen_by "$(id -u)"
