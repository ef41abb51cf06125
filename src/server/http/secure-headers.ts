/** What the page may load: its own files, nothing inline, nothing from elsewhere; and no string becomes markup or script. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Abilities of a browser that the page has no use for. */
const refusedFeatures = [
  'accelerometer',
  'autoplay',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
];

const always = {
  'content-security-policy': contentSecurityPolicy,
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': refusedFeatures.map((feature) => `${feature}=()`).join(', '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
} as const;

/**
 * The headers of https://owasp.org/www-project-secure-headers that fit. Not Clear-Site-Data: nothing is kept in
 * the browser but one cookie, and the header would clear those of other programs under the same domain.
 */
export function secureHeaders({ protocol, url }: { protocol: string; url: string }): Record<string, string> {
  return {
    ...always,
    // Only where TLS is there already; over plain HTTP browsers ignore it.
    ...(protocol === 'https' && { 'strict-transport-security': 'max-age=31536000' }),
    ...(/^\/(api|metrics|healthz|readyz)\b/.test(url) && { 'cache-control': 'no-store' }),
  };
}
