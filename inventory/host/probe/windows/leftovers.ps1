$data = "$env:ProgramData\Amazon\SSM"
$found = $null
foreach ($file in "$data\InstanceData\registration", "$data\Vault\Store\RegistrationKey") {
    if (-not $found -and (Test-Path $file)) {
        $text = Get-Content -Raw $file
        $found = @{ file = $file
            id = [regex]::Match($text, '(?i)"(?:Managed)?InstanceID"\s*:\s*"(mi-[0-9a-f]+)"').Groups[1].Value
            region = [regex]::Match($text, '(?i)"Region"\s*:\s*"([a-z0-9-]+)"').Groups[1].Value }
    }
}
$credentials = "$env:SystemRoot\System32\config\systemprofile\.aws\credentials"
@{ looked = (Test-Path $data); registration = $found
credentials = $(if (Test-Path $credentials) { $credentials } else { '' }) }
