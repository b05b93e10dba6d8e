service_proxy
tell proxy "$origin" "$(blotted "$http")" "$(blotted "$https")" "$no"
