import type { FastifyRequest } from 'fastify';
import { availableCpus } from '../../lib/cgroup.ts';
import type { Clock } from '../../lib/clock.ts';
import { createPacer } from '../../lib/pacer.ts';
import { createRequestQueue, type RequestQueue } from '../../lib/request-queue.ts';
import { readLimits } from '../../sink/client/read-guard.ts';
import type { App } from './create-app.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Reads and computes a lot: such requests are answered one at a time. */
    heavy?: boolean;
  }
}

export interface AdmissionOptions {
  readonly clock: Clock;
  /** Whether ingestion needs all the CPU time that it can get. */
  readonly isIngestSaturated: () => boolean;
  /** CPUs that the process may use; measured if absent. */
  readonly cpus?: number;
}

/** Requests that are answered at the same time: the database runs one statement of each kind, and the main thread is one. */
const concurrency = { light: 4, heavy: 1 } as const;
/** Share of the CPU time that queries may take while ingestion is saturated. */
const cpuShare = { light: 0.15, heavy: 0.3 } as const;
/** Cores that a query keeps busy: the threads of its statement; a heavy one computes on the main thread for most of its time. */
const coresPerQuery = { light: readLimits.max_threads, heavy: 1 } as const;

/**
 * Bounds the queries over stored posts, so that many of them neither fill the memory nor starve ingestion. Clients take turns.
 * Register it before the routes.
 */
export function registerAdmission(app: App, { clock, isIngestSaturated, cpus = availableCpus() }: AdmissionOptions): void {
  const createLane = (kind: 'light' | 'heavy'): RequestQueue => {
    const share = Math.min(1, (cpuShare[kind] * cpus) / coresPerQuery[kind]);
    return createRequestQueue({ concurrency: concurrency[kind], pacer: createPacer({ clock, share, isNeeded: isIngestSaturated }) });
  };
  const lanes = { light: createLane('light'), heavy: createLane('heavy') };
  app.addHook('onRoute', (route) => {
    const { cacheable = false, heavy = false } = route.config ?? {};
    if (!cacheable && !heavy) return;
    const admit = heavy ? lanes.heavy : lanes.light;
    const { handler } = route;
    route.handler = function (request: FastifyRequest, reply) {
      return admit(async () => handler.call(this, request, reply));
    };
  });
}
