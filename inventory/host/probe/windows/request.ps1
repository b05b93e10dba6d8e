# An unsigned GET, one stage after the other: "ok", or .NET's own name of what happened.
function Heard($stream) {
    $stream.ReadTimeout = 6000
    $buffer = New-Object byte[] 4096
    [Text.Encoding]::ASCII.GetString($buffer, 0, $stream.Read($buffer, 0, 4096))
}
function Say($stream, $text) {
    $bytes = [Text.Encoding]::ASCII.GetBytes("$text`r`n`r`n")
    $stream.Write($bytes, 0, $bytes.Length)
}
$proxy = [Uri](Word 'HTTPS_PROXY')
function Request($name) {
    $r = @{ host = $name }
    $stage = 'names'
    try {
        $to = $name; $port = 443
        if ($proxy) { $to = $proxy.Host; $port = $proxy.Port; $r.proxy = "${to}:$port" }
        $r.addresses = @([Net.Dns]::GetHostAddresses($to) | % { "$_" })
        $r.names = 'ok'; $stage = 'tcp'
        $tcp = New-Object Net.Sockets.TcpClient
        $going = $tcp.BeginConnect($to, $port, $null, $null)
        if (-not $going.AsyncWaitHandle.WaitOne(4000)) { $r.tcp = 'TimedOut'; return $r }
        $tcp.EndConnect($going)
        $r.tcp = 'ok'; $stream = $tcp.GetStream()
        if ($proxy) {
            $stage = 'http'
            Say $stream "CONNECT ${name}:443 HTTP/1.1`r`nHost: $name"
            $r.proxied = (Heard $stream).Split(' ')[1]
            if ($r.proxied -ne '200') { return $r }
        }
        $stage = 'tls'
        $tls = New-Object Net.Security.SslStream($stream, $false, {
            $r.errors = "$($args[3])"; $r.issuer = $args[1].Issuer
            $r.chain = "$($args[2].ChainStatus | % { $_.Status })"
            $true
        })
        $tls.ReadTimeout = 6000
        $tls.AuthenticateAsClient($name, $null, 3072, $false)
        $r.tls = 'ok'; $stage = 'http'
        $began = [DateTime]::UtcNow
        Say $tls "GET / HTTP/1.1`r`nHost: $name`r`nConnection: close"
        $text = Heard $tls
        $now = [DateTime]::UtcNow
        $r.ended = ($now - [DateTime]'1970-01-01').TotalSeconds
        $r.took = ($now - $began).TotalSeconds
        $r.status = [int]$text.Split(' ')[1]; $r.http = 'ok'
        $r.date = ($text -split "`r`n" -match '^date: ')[0].Substring(6)
    } catch {
        $e = $_.Exception
        while ($e.InnerException) { $e = $e.InnerException }
        $r[$stage] = if ($e.SocketErrorCode) { "$($e.SocketErrorCode)" } else { $e.GetType().Name }
    }
    $r
}
