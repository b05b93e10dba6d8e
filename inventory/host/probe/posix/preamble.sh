# What every script can use. Nothing is written to the machine.
LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin:/usr/local/bin:/snap/bin
export LC_ALL PATH
# The way of whoever probes is not the agent's.
unset http_proxy https_proxy no_proxy all_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY
unset CURL_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR
tab=$(printf '\t')

# One line, its words between tabs, in a single write: parts run side by side.
tell() {
    line=$1
    shift
    for word; do
        line=$line$tab$word
    done
    printf '%s\n' "$line"
}

has() {
    command -v "$1" >/dev/null 2>&1
}

# can_see FOLDER: whether what is in it could be seen, or that there is no such folder.
can_see() {
    folder=$1
    while [ -n "$folder" ] && [ ! -e "$folder" ]; do
        folder=${folder%/*}
    done
    [ -x "$folder/" ]
}

# limit SECONDS COMMAND...; without timeout(1) the command runs as long as it likes.
limit() {
    if has timeout; then
        timeout "$@"
    else
        shift
        "$@"
    fi
}

# The first line, of whatever length and however many others come.
first_line() {
    head -c 4096 | head -n 1
}

# What stands before the host of a URL is a name and a password.
blotted() {
    printf '%s\n' "$1" | sed -e 's#//.*@#//***@#' -e t -e 's#^.*@#***@#'
}
