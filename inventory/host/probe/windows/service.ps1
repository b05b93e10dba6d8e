$names = @(Get-CimInstance Win32_Process | ForEach-Object { $_.Name })
@{ service = Get-CimInstance Win32_Service -Filter "Name='AmazonSSMAgent'" |
       Select-Object State, StartMode, StartName
   processes = @($names | Where-Object { $_ -match '^(amazon-ssm-agent|ssm-agent-worker)' })
   looked = $names.Count -gt 0 }
