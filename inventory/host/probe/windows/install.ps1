$program = Get-Item "$env:ProgramFiles\Amazon\SSM\amazon-ssm-agent.exe"
@{ program = [bool]$program; service = (Test-Path $agentKey)
   version = "$($program.VersionInfo.ProductVersion)" }
