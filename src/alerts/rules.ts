import { type AlertRuleConfig, alertRule } from '../config/alerts.ts';
import { type BrandConfig, toMilliseconds } from '../config/schema.ts';
import { minuteMs } from '../lib/duration.ts';

/** A rule with all defaults applied. Durations in ms. */
export interface Rule extends Pick<AlertRuleConfig, 'name' | 'metric' | 'quietHours' | 'severity' | 'channels'> {
  readonly brands: readonly Brand[];
  readonly direction: 'up' | 'down' | 'both';
  /** The configured window. */
  readonly windowMs: number;
  /** Lengths of the evaluated windows, shortest first. */
  readonly windowsMs: readonly number[];
  /** Rarity at which a window is anomalous, see `rarity` of detect/tail.ts. */
  readonly threshold: number;
  /** The threshold of balanced sensitivity; it has the anomaly score 0.5. */
  readonly balancedThreshold: number;
  /** A factor above 1 for volumes, points for net sentiment. */
  readonly minChange: number;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly cooldownMs: number;
}

export interface Brand {
  /** `*` is all posts. */
  readonly name: string;
  readonly timeZone: string;
  /** ISO 3166 code: its public holidays count as Sundays. */
  readonly country?: string;
}

/** Thresholds of rarity. Volumes have heavier tails than the model, sentiment has not. */
const sensitivities = {
  volume: { low: 6.5, balanced: 5, high: 4 },
  netSentiment: { low: 4.5, balanced: 3.5, high: 2.75 },
} as const;
const defaultDirections = { volume: 'both', organicVolume: 'both', netSentiment: 'down', negativeVolume: 'up' } as const;
const defaultChanges = { volume: 2, organicVolume: 2, netSentiment: 10, negativeVolume: 2 } as const;

const defaultRules = [
  { name: 'volume', metric: 'volume' },
  { name: 'sentiment', metric: 'netSentiment' },
] as const;

/** The configured rules, or the default ones if there are none. */
export const configuredRules = (rules: readonly AlertRuleConfig[]): readonly AlertRuleConfig[] =>
  rules.length > 0 ? rules : defaultRules.map((rule) => alertRule.parse(rule));

/** The rules with all defaults applied. If no brand is configured, they evaluate all posts. */
export const resolveRules = (rules: readonly AlertRuleConfig[], brands: readonly BrandConfig[]): Rule[] =>
  configuredRules(rules).map((rule) => resolveRule(rule, brands));

/** The threshold of a sensitivity. */
export const thresholdOf = (metric: AlertRuleConfig['metric'], sensitivity: AlertRuleConfig['sensitivity']): number =>
  typeof sensitivity === 'number' ? sensitivity : thresholdsOf(metric)[sensitivity];

const thresholdsOf = (metric: AlertRuleConfig['metric']) => sensitivities[metric === 'netSentiment' ? metric : 'volume'];

function resolveRule(rule: AlertRuleConfig, brands: readonly BrandConfig[]): Rule {
  const { metric, sensitivity } = rule;
  const windowMs = toMilliseconds(rule.window);
  const scaledWindow = (factor: number): number => Math.max(minuteMs, Math.round((factor * windowMs) / minuteMs) * minuteMs);
  return {
    ...rule,
    brands: resolveBrands(rule.brands, brands),
    direction: rule.direction ?? defaultDirections[metric],
    windowMs,
    windowsMs: [scaledWindow(1 / 3), scaledWindow(2 / 3), windowMs, 4 * windowMs],
    threshold: thresholdOf(metric, sensitivity),
    balancedThreshold: thresholdsOf(metric).balanced,
    minChange: rule.minChange ?? defaultChanges[metric],
    forMs: toMilliseconds(rule.for),
    keepFiringForMs: toMilliseconds(rule.keepFiringFor),
    cooldownMs: toMilliseconds(rule.cooldown),
  };
}

function resolveBrands(names: readonly string[], brands: readonly BrandConfig[]): Brand[] {
  const known = brands.map(({ name, timeZone, country }) => ({ name, timeZone, ...(country && { country }) }));
  if (names.length > 0) return names.map((name) => known.find((brand) => brand.name === name) ?? { name, timeZone: 'UTC' });
  return known.length > 0 ? known : [{ name: '*', timeZone: 'UTC' }];
}
