# service_proxy: the proxy of the agent's own service, in $https, $http, $no and $origin.
of_plist() {
    plutil -extract "EnvironmentVariables.$1" raw -o - "$plist"
}

service_proxy() {
    plist=/Library/LaunchDaemons/com.amazon.aws.ssm.plist
    origin=
    https=
    http=
    no=
    if [ -r "$plist" ] && has plutil; then
        origin=$plist
        https=$(of_plist HTTPS_PROXY || of_plist https_proxy)
        http=$(of_plist HTTP_PROXY || of_plist http_proxy)
        no=$(of_plist NO_PROXY || of_plist no_proxy)
    fi
}
