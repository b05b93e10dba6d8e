$ErrorActionPreference = 'SilentlyContinue'
$agentKey = 'HKLM:\SYSTEM\CurrentControlSet\Services\AmazonSSMAgent'
