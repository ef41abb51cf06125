import fastifyEtag from '@fastify/etag';
import type { Clock } from '../../lib/clock.ts';
import { minuteMs } from '../../lib/duration.ts';
import type { App } from './create-app.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The response depends on stored history only: it gets an ETag, and browsers may keep it for a while. */
    cacheable?: boolean;
  }
}

/** Posts that arrive later than this are rare; a range that ended earlier is considered complete. */
const completeAfterMs = 15 * minuteMs;
/** Short, so that corrections and erasures soon show. */
const maxAgeSeconds = 30;

/**
 * Cacheable responses carry an ETag, so that unchanged ones become 304. Responses about a past range may be reused for 30
 * seconds; those that include the present must be revalidated. All are `private`. Other responses keep `no-store`.
 */
export async function registerCaching(app: App, clock: Pick<Clock, 'now'>): Promise<void> {
  await app.register(fastifyEtag, { weak: true });
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.method !== 'GET' || reply.statusCode >= 300 || !request.routeOptions.config.cacheable) return payload;
    const { to } = request.query as { to?: unknown }; // Fastify's parser returns an object
    const isPast = typeof to === 'string' && Date.parse(to) < clock.now() - completeAfterMs;
    reply
      .header('cache-control', isPast ? `private, max-age=${maxAgeSeconds}` : 'private, no-cache')
      .header('vary', 'authorization, cookie');
    return payload;
  });
}
