/**
 * Where web servers, as they come or as their manuals have it, show to local addresses only what is nobody else's: their
 * state, whom they serve, and pages by which they are ruled. Names that a site may well have for its visitors (`/status`,
 * `/metrics`, `/manager`) are not among them.
 */
export const LOCAL_PATHS: readonly string[] = [
  // Apache, and lighttpd, which calls them alike
  ...['/server-status', '/server-info', '/balancer-manager', '/ldap-status', '/jk-status', '/perl-status'],
  ...['/server-config', '/server-statistics'],
  // nginx
  ...['/nginx_status', '/nginx-status', '/stub_status', '/stub-status', '/basic_status'],
  // PHP-FPM, HAProxy
  ...['/fpm-status', '/php-fpm-status', '/haproxy', '/haproxy-status'],
  // Tomcat's manager lets in nobody but local addresses
  ...['/manager/html', '/manager/text', '/manager/status', '/manager/jmxproxy', '/host-manager'],
  // what XAMPP and Debian's packages put behind "Require local"
  ...['/phpmyadmin', '/xampp', '/webalizer', '/munin', '/munin-cgi', '/dwww'],
];
