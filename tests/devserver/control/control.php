<?php
// A test of a game in PHP: no extension, and nothing else than PHP itself. It prints OK if everything holds.
declare(strict_types=1);

$url = getenv('ETERNALTWIN_URL');

/** Sends a request, and returns the status and the decoded JSON of the response. */
function request(string $method, string $address, array $headers, string $body = ''): array
{
    $options = ['method' => $method, 'header' => $headers, 'content' => $body, 'ignore_errors' => true];
    $content = file_get_contents($address, false, stream_context_create(['http' => $options]));
    preg_match('/ (\d+)/', $http_response_header[0], $status);
    return [(int) $status[1], json_decode($content, true)];
}

function dev(string $method, string $path, mixed $body = null): array
{
    global $url;
    return request($method, "$url/_dev$path", ['Eternaltwin-Dev: 1'], $body === null ? '' : json_encode($body));
}

function check(mixed $found, mixed $expected): void
{
    if ($found !== $expected) {
        fwrite(STDERR, var_export($found, true) . ' is not ' . var_export($expected, true) . "\n");
        exit(1);
    }
}

check(dev('POST', '/reset')[0], 204);
dev('PUT', '/games/mygame', ['oauth_callback' => 'http://localhost:8000/callback', 'secret' => 'mine']);
dev('PUT', '/users/zoe', ['display_name' => 'Zoé']);
[$status, $callback] = dev('POST', '/sign-in', ['user' => 'zoe', 'game' => 'mygame', 'state' => 'a state']);
check([$status, $callback['state']], [200, 'a state']);

$credentials = 'Authorization: Basic ' . base64_encode('mygame@clients:mine');
$form = http_build_query(['grant_type' => 'authorization_code', 'code' => $callback['code']]);
$fields = [$credentials, 'Content-Type: application/x-www-form-urlencoded'];
[, $token] = request('POST', "$url/oauth/token", $fields, $form);
[, $self] = request('GET', "$url/api/v1/auth/self", ["Authorization: Bearer {$token['access_token']}"]);
check($self['user']['display_name']['current']['value'], 'Zoé');

check(dev('POST', '/users', ['count' => 256])[1]['count'], 256);
check(dev('POST', '/reset')[0], 204);
check(dev('GET', '/users')[1]['count'], 6);
[$status, $problem] = dev('GET', '/games/mygame');
check([$status, $problem['code']], [404, 'not_found']);
echo "OK\n";
