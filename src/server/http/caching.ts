import fastifyEtag from '@fastify/etag';
import type { FastifyInstance } from 'fastify';

/** Late posts are rare so long after; before that a range is still filling up. */
const settledAfterMs = 15 * 60_000;
/** How old an answer about the past may be: a correction or an erasure should be seen soon. */
const maxAgeSeconds = 30;

/**
 * Answers about the history carry an ETag, and cost nothing on the wire when asked for again unchanged. One about a
 * range that is over may be kept for half a minute without asking; one that reaches up to now may not. They are for
 * the one who asked: no proxy may keep them for others. All else keeps `no-store`.
 * @param questions paths of the routes that ask about the history
 */
export async function registerCaching(app: FastifyInstance, questions: readonly string[], clock: { now(): number }): Promise<void> {
  await app.register(fastifyEtag, { weak: true });
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.method !== 'GET' || reply.statusCode >= 300 || !questions.includes(request.routeOptions.url ?? '')) return payload;
    const { to } = request.query as { to?: unknown }; // Fastify's own parser makes an object
    const isOver = typeof to === 'string' && Date.parse(to) < clock.now() - settledAfterMs;
    reply
      .header('cache-control', isOver ? `private, max-age=${maxAgeSeconds}` : 'private, no-cache')
      .header('vary', 'authorization, cookie');
    return payload;
  });
}
