# The registration holds a private key: nothing but its id and Region leaves this script.
member() {
    sed -n "s/.*\"$2\"[[:space:]]*:[[:space:]]*\"\([^\"]*\)\".*/\1/p" "$1" | first_line
}

if can_see /var/lib/amazon/ssm/Vault/Store &&
    can_see /var/snap/amazon-ssm-agent/current/var/lib/amazon/ssm/Vault/Store; then
    tell looked vault
fi
for file in /var/lib/amazon/ssm/Vault/Store/RegistrationKey /var/lib/amazon/ssm/registration \
    /var/snap/amazon-ssm-agent/current/var/lib/amazon/ssm/Vault/Store/RegistrationKey; do
    if [ -e "$file" ]; then
        id=$(member "$file" instanceID)
        region=$(member "$file" region)
        tell registration "$file" "${id:-$(member "$file" ManagedInstanceID)}" \
            "${region:-$(member "$file" Region)}"
    fi
done
if can_see /root/.aws; then
    tell looked root
    if [ -e /root/.aws/credentials ]; then
        tell credentials /root/.aws/credentials
    fi
fi
