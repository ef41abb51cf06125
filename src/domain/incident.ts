import type { AlertUpdate, Evaluation, Severity } from './alert.ts';

/** Incidents: what the rules found of one brand at one time, taken together. Times are in ms since 1970. */

/** An alert, or an anomaly among the stored evaluations. */
export interface IncidentPart {
  readonly brand: string;
  readonly at: number;
  /** Undefined while it is ongoing. */
  readonly resolvedAt?: number | undefined;
  /** The window that it was found in. */
  readonly evaluation: Evaluation;
  /** The window with the most extreme value. */
  readonly worst: Evaluation;
  /** Set for alerts. */
  readonly alert?: IncidentAlert;
}

/** An alert of an incident, and who was notified. */
export interface IncidentAlert {
  readonly id: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly at: number;
  readonly channels: readonly string[];
  readonly acked: boolean;
  /** Between its start and its end, in chronological order. */
  readonly updates: readonly Pick<AlertUpdate, 'kind' | 'at'>[];
}

export interface Incident {
  /** `*` is all posts. */
  readonly brand: string;
  /** When the first part of it was found. */
  readonly at: number;
  /** Start of the first window. */
  readonly from: number;
  readonly resolvedAt: number | undefined;
  /** Whether it is bad news. */
  readonly isAdverse: boolean;
  /** The most extreme window, of sentiment if there is one, else of volume. */
  readonly worst: Evaluation;
  /** The window with the highest or lowest volume, unless `worst` is one of volume. */
  readonly volume: Evaluation | undefined;
  /** In chronological order. */
  readonly alerts: readonly IncidentAlert[];
}

type Tone = 'adverse' | 'favorable' | 'volume';

/** More posts are neither good nor bad: a change in volume takes the tone of what it comes with. */
function toneOf({ metric, direction }: Evaluation): Tone {
  if (metric === 'netSentiment') return direction === 'down' ? 'adverse' : 'favorable';
  if (metric === 'negativeVolume') return direction === 'up' ? 'adverse' : 'favorable';
  return metric === 'noData' ? 'adverse' : 'volume';
}

/**
 * Merges parts of a brand whose times overlap, each counted from the start of its window, into incidents: first the adverse
 * ones with the changes in volume that they touch, then the favorable ones with those left over. The result is in order of
 * importance: adverse, ongoing, and brands before all posts; then the latest first.
 */
export function mergeIncidents(parts: readonly IncidentPart[]): Incident[] {
  const byBrand = new Map<string, IncidentPart[]>();
  for (const part of parts) {
    const key = JSON.stringify([part.brand, part.evaluation.metric === 'noData']);
    byBrand.set(key, [...(byBrand.get(key) ?? []), part]);
  }
  return [...byBrand.values()].flatMap(mergeBrand).sort(compareImportance);
}

function mergeBrand(parts: readonly IncidentPart[]): Incident[] {
  const has = (tone: Tone) => (group: readonly IncidentPart[]) => group.some(({ evaluation }) => toneOf(evaluation) === tone);
  const adverse = groupOverlapping(parts.filter(({ evaluation }) => toneOf(evaluation) !== 'favorable')).filter(has('adverse'));
  const used = new Set(adverse.flat());
  const others = groupOverlapping(parts.filter((part) => !used.has(part)));
  return [...adverse.map((group) => toIncident(group, true)), ...others.map((group) => toIncident(group, false))];
}

const endOf = ({ resolvedAt }: Pick<IncidentPart, 'resolvedAt'>): number => resolvedAt ?? Number.POSITIVE_INFINITY;

function groupOverlapping(parts: readonly IncidentPart[]): IncidentPart[][] {
  const groups: IncidentPart[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const part of parts.toSorted((a, b) => a.evaluation.from - b.evaluation.from)) {
    const last = groups.at(-1);
    if (last && part.evaluation.from <= end) last.push(part);
    else groups.push([part]);
    end = Math.max(end, endOf(part));
  }
  return groups;
}

function toIncident(parts: readonly IncidentPart[], isAdverse: boolean): Incident {
  const end = Math.max(...parts.map(endOf));
  // What ends an anomaly may be a move in the other direction.
  const windows = parts.map(({ worst, evaluation }) => (worst.direction === evaluation.direction ? worst : evaluation));
  const toned = windows.filter((window) => toneOf(window) !== 'volume');
  const volumes = windows.filter((window) => toneOf(window) === 'volume');
  const worst = mostExtreme(toned.filter(({ metric }) => metric === 'netSentiment')) ?? mostExtreme(toned) ?? mostExtreme(volumes);
  if (!worst) throw new RangeError('An incident has at least one part.');
  return {
    brand: parts[0]?.brand ?? '*',
    at: Math.min(...parts.map(({ at }) => at)),
    from: Math.min(...parts.map(({ evaluation }) => evaluation.from)),
    resolvedAt: Number.isFinite(end) ? end : undefined,
    isAdverse,
    worst,
    volume: toned.length > 0 ? mostExtreme(volumes) : undefined,
    alerts: parts.flatMap(({ alert }) => alert ?? []).sort((a, b) => a.at - b.at),
  };
}

/** The window furthest from what was expected. By value rather than by z: after a long incident the baseline has widened, and z is low although the value is as bad. */
export function mostExtreme(windows: readonly Evaluation[]): Evaluation | undefined {
  const extent = ({ observed, expected }: Evaluation): number => Math.abs(observed - expected);
  return windows.toSorted((a, b) => extent(b) - extent(a))[0];
}

function compareImportance(a: Incident, b: Incident): number {
  const rank = ({ isAdverse, resolvedAt, brand }: Incident): number =>
    (isAdverse ? 4 : 0) + (resolvedAt === undefined ? 2 : 0) + (brand === '*' ? 0 : 1);
  return rank(b) - rank(a) || b.at - a.at;
}
