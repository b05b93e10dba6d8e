# The service's own proxy: its registry value outranks the system's variables (spec 1.2).
$words = @((Get-ItemProperty $agentKey).Environment)
$origin = 'registry'
if (-not ($words -match '_proxy=')) {
    $origin = 'system environment'
    $words = 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY' |
        % { "$_=" + [Environment]::GetEnvironmentVariable($_, 'Machine') }
}
function Word($name) { ($words -match "^$name=.") -replace '^[^=]*=' | Select -First 1 }
