function Blotted($url) { $url -replace '^([a-z]*://)?.*@', '$1***@' }
@{ origin = $origin; http = Blotted (Word 'HTTP_PROXY'); https = Blotted (Word 'HTTPS_PROXY')
no = [string](Word 'NO_PROXY') }
