$file = "$env:ProgramFiles\Amazon\SSM\amazon-ssm-agent.json"
$text = $null
if (Test-Path $file) { $text = Get-Content -Raw $file }
@{ file = $(if (Test-Path $file) { $file } else { '' }); text = $text }
