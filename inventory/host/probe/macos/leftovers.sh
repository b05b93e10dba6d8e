# The registration holds a private key: nothing but its id and Region leaves this script.
member() {
    sed -n "s/.*\"$2\"[[:space:]]*:[[:space:]]*\"\([^\"]*\)\".*/\1/p" "$1" | first_line
}

if can_see /opt/aws/ssm/data/Vault/Store; then
    tell looked vault
fi
for file in /opt/aws/ssm/data/Vault/Store/RegistrationKey /opt/aws/ssm/data/registration; do
    if [ -e "$file" ]; then
        id=$(member "$file" instanceID)
        region=$(member "$file" region)
        tell registration "$file" "${id:-$(member "$file" ManagedInstanceID)}" \
            "${region:-$(member "$file" Region)}"
    fi
done
if can_see /var/root/.aws; then
    tell looked root
    if [ -e /var/root/.aws/credentials ]; then
        tell credentials /var/root/.aws/credentials
    fi
fi
