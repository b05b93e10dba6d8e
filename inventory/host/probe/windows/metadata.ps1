# Of the role's credentials only their Code leaves this script.
function Ask($method, $path, $name, $value) {
    $said = @{ outcome = ''; status = 0; body = '' }
    try {
        $request = [Net.HttpWebRequest]::Create("$($hosts[0])/latest/$path")
        $request.Proxy = $null; $request.Timeout = 4000; $request.Method = $method
        if ($method -eq 'PUT') { $request.ContentLength = 0 }
        if ($name) { $request.Headers.Add($name, $value) }
        $response = $request.GetResponse()
        $said.status = [int]$response.StatusCode
        $said.body = (New-Object IO.StreamReader($response.GetResponseStream())).ReadToEnd()
        $said.outcome = 'Success'
        $response.Close()
    } catch {
        $e = $_.Exception
        while ($e -isnot [Net.WebException] -and $e.InnerException) { $e = $e.InnerException }
        $said.outcome = "$($e.Status)"
        $said.status = [int]$e.Response.StatusCode
    }
    $said
}
function Shown($said) { @{ outcome = $said.outcome; status = $said.status } }
$answer = @{}
$token = Ask 'PUT' 'api/token' 'X-aws-ec2-metadata-token-ttl-seconds' '60'
$answer.token = Shown $token
$name = $null
if ($token.body) { $name = 'X-aws-ec2-metadata-token' }
$identity = Ask 'GET' 'dynamic/instance-identity/document' $name $token.body
$answer.identity = Shown $identity
$document = $identity.body | ConvertFrom-Json
$answer.instance = "$($document.instanceId)"; $answer.region = "$($document.region)"
$answer.account = "$($document.accountId)"
$path = 'meta-data/iam/security-credentials/'
$role = Ask 'GET' $path $name $token.body
$answer.role = Shown $role
$answer.name = ($role.body -split "`n")[0]
if ($answer.name) {
    $found = Ask 'GET' ($path + $answer.name) $name $token.body
    $answer.credentials = Shown $found
    $answer.code = "$(($found.body | ConvertFrom-Json).Code)"
}
$answer
