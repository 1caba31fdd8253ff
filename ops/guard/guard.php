<?php
// Usher's guard for a secondary with PHP: who comes without having been sent goes through the primary once.
// Require it before anything is printed, or as auto_prepend_file. README.md beside it says what it does.
// Set these, or hand them as the environment's USHER_PRIMARY, USHER_ID and USHER_DRAIN:
(static function (): void {
    $primary = getenv('USHER_PRIMARY') ?: 'http://www.example.org';
    $cookie = 'usher';
    // this server's id in the primary's list, and the file that says that its visitors are handed back
    $id = getenv('USHER_ID') ?: 'web1';
    $drain = getenv('USHER_DRAIN') ?: '/run/usher-drain';

    // Whom the primary sent the visitor to, and since when: for the log.
    $name = preg_quote($cookie, '/');
    $sent = "/(?:^|;\\s*)(?:__Host-)?$name=([a-z0-9][a-z0-9._-]{0,62}\\.[0-9a-z]{1,11})\\.[\\w-]{22}(?:[\\w-]{4})?(?:;|$)/D";
    $_SERVER['USHER_ASSIGNMENT'] = preg_match($sent, $_SERVER['HTTP_COOKIE'] ?? '', $found) === 1 ? $found[1] : '-';
    if (function_exists('apache_note')) {
        apache_note('USHER_ASSIGNMENT', $_SERVER['USHER_ASSIGNMENT']);
    }

    $target = $_SERVER['REQUEST_URI'] ?? '';
    $isPage = in_array($_SERVER['REQUEST_METHOD'] ?? '', ['GET', 'HEAD'], true)
        && str_contains($_SERVER['HTTP_ACCEPT'] ?? '', 'text/html')
        && in_array($_SERVER['HTTP_SEC_FETCH_DEST'] ?? 'document', ['document', ''], true);
    if (!$isPage || !str_starts_with($target, '/')) {
        return;
    }

    $host = $_SERVER['HTTP_HOST'] ?? '';
    $isKnown = preg_match("/(?:^|;\\s*)(?:__Host-)?$name=/", $_SERVER['HTTP_COOKIE'] ?? '') === 1;
    $isMarked = preg_match('/[?&]usher-through=1(?:&|$)/', $target) === 1;
    $from = ($_SERVER['HTTP_REFERER'] ?? '') . '/';
    $isFromHere = str_starts_with($from, "http://$host/") || str_starts_with($from, "https://$host/");
    $wanted = preg_replace('/[?&]usher-through=1$/D', '', $target);

    $send = static function (string $location): never {
        header('Cache-Control: no-store');
        header("Location: $location", true, 302);
        exit;
    };
    if (!$isKnown && !$isMarked && !$isFromHere) {
        $send($primary . $target . (str_contains($target, '?') ? '&' : '?') . 'usher-through=1');
    }
    $isDraining = is_file($drain);
    $isAhead = str_contains(($_SERVER['HTTP_SEC_PURPOSE'] ?? '') . ($_SERVER['HTTP_PURPOSE'] ?? ''), 'prefetch');
    // Who came back with the mark has nobody else to go to.
    if ($isDraining && $isKnown && !$isMarked && !$isAhead) {
        $send("$primary/.usher/back/$id$target" . (str_contains($target, '?') ? '&' : '?') . 'usher-through=1');
    }
    if (!$isDraining && $isKnown && $wanted !== $target) {
        // Relative: whether this server was asked by https, and under which name, is for whoever stands before it to know.
        $path = explode('?', $wanted, 2)[0];
        $send('./' . substr($wanted, strrpos($path, '/') + 1));
    }
    if (preg_match('/[\s<>"]/', $wanted) === 0) {
        header("Link: <$primary$wanted>; rel=\"canonical\"", false);
    }
})();
