import type { Mute, Verdict } from '../alert.ts';
import type { StoredAlert } from '../alerts/read-alerts.ts';
import type { AlertAnswer, MuteAnswer } from './alert-schemas.ts';

export const iso = (ms: number): string => new Date(ms).toISOString();

/** An alert of the history as the API tells it. */
export function toAnswer({ at, resolvedAt, verdict, ackedBy, ackedAt, mark, ...rest }: StoredAlert): AlertAnswer {
  return {
    ...rest,
    at: iso(at),
    resolvedAt: resolvedAt === undefined ? null : iso(resolvedAt),
    verdict: toVerdict(verdict),
    acked: ackedAt === undefined ? null : { by: ackedBy ?? '', at: iso(ackedAt) },
    mark: mark ?? null,
  };
}

export function toVerdict({ from, to, baseline, ...figures }: Verdict): AlertAnswer['verdict'] {
  return {
    ...figures,
    from: iso(from),
    to: iso(to),
    baseline: baseline && { ...baseline, from: iso(baseline.from), to: iso(baseline.to) },
  };
}

export const toMute = ({ rule, brand, until, by, reason }: Mute): MuteAnswer => ({
  rule: rule || null,
  brand: brand || null,
  until: iso(until),
  by,
  reason,
});
