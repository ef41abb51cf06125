import type { AlertTransition, Evaluation, Silence } from '../../../domain/alert.ts';
import type { StoredAlert } from '../../../sink/queries/read-alerts.ts';
import type { AlertResponse, ReplayedAlert, SilenceResponse } from './alert-schemas.ts';

export const iso = (ms: number): string => new Date(ms).toISOString();

/** An alert of the history as the API tells it. */
export function toAnswer({ at, resolvedAt, evaluation, ackedBy, ackedAt, mark, ...rest }: StoredAlert): AlertResponse {
  return {
    ...rest,
    at: iso(at),
    resolvedAt: resolvedAt === undefined ? null : iso(resolvedAt),
    evaluation: toEvaluation(evaluation),
    acked: ackedAt === undefined ? null : { by: ackedBy ?? '', at: iso(ackedAt) },
    mark: mark ?? null,
  };
}

function toEvaluation({ from, to, baseline, ...figures }: Evaluation): AlertResponse['evaluation'] {
  return {
    ...figures,
    from: iso(from),
    to: iso(to),
    baseline: baseline && { ...baseline, from: iso(baseline.from), to: iso(baseline.to) },
  };
}

export const toMute = ({ rule, brand, until, by, reason }: Silence): SilenceResponse => ({
  rule: rule || null,
  brand: brand || null,
  until: iso(until),
  by,
  reason,
});

/** What a replay found: each beginning with its end, in order of time. */
export function toReplayed(changes: readonly AlertTransition[]): ReplayedAlert[] {
  const ends = new Map(changes.flatMap(({ kind, alert, at }) => (kind === 'resolved' ? [[alert, iso(at)]] : [])));
  const beginnings = changes.filter(({ kind }) => kind === 'alert');
  return beginnings.map(({ alert, brand, at, evaluation }) => ({
    brand,
    at: iso(at),
    resolvedAt: ends.get(alert) ?? null,
    evaluation: toEvaluation(evaluation),
  }));
}
