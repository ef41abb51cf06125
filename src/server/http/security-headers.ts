import fastifyHelmet from '@fastify/helmet';
import type { App } from './create-app.ts';

/** The web UI loads its own files only: nothing inline, nothing from elsewhere, and no string becomes markup or script. */
const contentSecurityPolicy = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
  'require-trusted-types-for': ["'script'"],
  // The one worker of the web UI, which holds the live stream.
  'trusted-types': ['stream-worker'],
};

/** Browser features that the web UI does not use. */
const disabledFeatures = [
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
const permissionsPolicy = disabledFeatures.map((feature) => `${feature}=()`).join(', ');

/** For responses to input that Node cannot parse as a request, which no hook sees. */
export const minimalHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'",
  'x-content-type-options': 'nosniff',
} as const;

/**
 * Sets the headers of the OWASP Secure Headers project, except Clear-Site-Data: what is kept in the browser is
 * one cookie and the chosen time zone, and the header would also clear data of other applications under the same domain.
 */
export async function registerSecurityHeaders(app: App): Promise<void> {
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: { useDefaults: false, directives: contentSecurityPolicy },
    crossOriginEmbedderPolicy: true,
    frameguard: { action: 'deny' },
    originAgentCluster: false,
    strictTransportSecurity: false,
    xDownloadOptions: false,
    xXssProtection: false,
  });
  app.addHook('onRequest', async ({ protocol, url }, reply) => {
    reply.header('permissions-policy', permissionsPolicy);
    // Browsers ignore it over plain HTTP.
    if (protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000');
    if (/^\/(api|metrics|healthz|readyz)\b/.test(url)) reply.header('cache-control', 'no-store');
  });
}
