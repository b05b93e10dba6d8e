tell pkg "$(pkgutil --pkg-info com.amazon.aws.ssm | sed -n 's/^version: //p')"
if [ -x /opt/aws/ssm/bin/amazon-ssm-agent ]; then
    tell binary /opt/aws/ssm/bin/amazon-ssm-agent \
        "$(/opt/aws/ssm/bin/amazon-ssm-agent -version | first_line)"
fi
