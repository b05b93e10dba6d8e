#!/bin/sh
# Calls the roll in CI: `roll-call.sh ARGUMENT...`, the arguments being pytest's, with whole paths:
# pytest runs in the checkout.
#
# Every recipe runs this and nothing else, so that they agree. It leaves the run's folder under a
# name that does not change, and says in words what the exit status means.
#
#   ROLLCALL_OUT         the run's folder; made anew                  default: rollcall-out
#   ROLLCALL_CONFIG      the folder of your own files                 default: none
#   ROLLCALL_BASELINE    findings.json of an earlier run              used if it is there
#   ROLLCALL_ONLY_NEW    true: with a baseline, only new failures count
#   ROLLCALL_UNDECIDED   fail or warn: what becomes of status 7       default: fail
#   ROLLCALL_PYTEST      pytest of the environment                    default: the checkout's .venv
#
# Exit status: 0 nothing failed; 1 something failed; 4 the command, a file or the credentials are
# wrong; 5 nothing was judged; 7 nothing failed, but something could not be read. A status of 7
# becomes 0 where ROLLCALL_UNDECIDED is warn; no other is ever changed.
set -eu

absolute() {
    case $1 in
        /*) printf '%s' "$1" ;;
        *) printf '%s/%s' "$PWD" "$1" ;;
    esac
}

refuse() {
    echo "roll-call: $1" >&2
    exit 4
}

undecided=${ROLLCALL_UNDECIDED:-fail}
case $undecided in
    fail | warn) ;;
    *) refuse "ROLLCALL_UNDECIDED is '$undecided'; expected fail or warn" ;;
esac

checkout=$(cd "$(dirname "$0")/../.." && pwd -P)
pytest=$(absolute "${ROLLCALL_PYTEST:-$checkout/.venv/bin/pytest}")
[ -x "$pytest" ] || refuse "$pytest is not there; make the environment with: make .venv/installed"

baseline=
if [ -n "${ROLLCALL_BASELINE:-}" ] && [ -f "$ROLLCALL_BASELINE" ]; then
    baseline=$(absolute "$ROLLCALL_BASELINE")
fi

out=$(absolute "${ROLLCALL_OUT:-rollcall-out}")
if [ -e "$out" ]; then
    # A workspace that is kept holds the last run; anything else is not ours to remove.
    [ -f "$out/findings.json" ] || refuse "ROLLCALL_OUT $out exists and is no run's folder"
    case $(cd "$(dirname "${baseline:-/}")" && pwd -P)/ in
        "$(cd "$out" && pwd -P)"/*)
            refuse "ROLLCALL_BASELINE $baseline lies in ROLLCALL_OUT, which is made anew; keep it elsewhere"
            ;;
    esac
    rm -rf "$out"
fi

if [ -n "${ROLLCALL_CONFIG:-}" ]; then
    ROLLCALL_CONFIG=$(absolute "$ROLLCALL_CONFIG")
    export ROLLCALL_CONFIG
fi
if [ -n "$baseline" ]; then
    set -- --baseline "$baseline" "$@"
    [ "${ROLLCALL_ONLY_NEW:-}" != true ] || set -- --fail-on-new "$@"
fi

# Beside the final place, so that the move at the end is one step.
work=$(mktemp -d "$out.XXXXXX") || refuse "nothing can be written beside $out"
trap 'rm -rf "$work"' EXIT
# A signal ends some shells without the trap above, and a cancelled job is sent one.
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
status=0
# From the checkout: that is where pytest finds the suite and its options.
(cd "$checkout" && "$pytest" -p no:cacheprovider --report-dir "$work" "$@") || status=$?

if [ -d "$work/latest" ]; then
    mv "$(cd "$work/latest" && pwd -P)" "$out"
    echo "roll-call: the reports are in $out"
    # --report-format may leave the summary out: that is not what the exit status is about.
    if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f "$out/summary.md" ]; then
        cat "$out/summary.md" >>"$GITHUB_STEP_SUMMARY"
    fi
fi

if [ "$status" -eq 7 ] && [ "$undecided" = warn ]; then
    echo "roll-call: undecided (status 7) is let through, as ROLLCALL_UNDECIDED=warn says" >&2
    exit 0
fi
exit "$status"
