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
$system = "$env:SystemRoot\System32\config\systemprofile"
$credentials = "$system\.aws\credentials"
# A folder that is closed looks empty; neither of these ever is.
@{ looked = [bool](Get-ChildItem -Force $data); registration = $found
home = [bool](Get-ChildItem -Force $system)
credentials = $(if (Test-Path $credentials) { $credentials } else { '' }) }
