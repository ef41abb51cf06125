import { alertRule, type AlertRuleConfig as Given } from '../config/alerts.ts';
import { type BrandRule, milliseconds } from '../config/schema.ts';

/** A rule with every setting in force. Durations and spans in ms. */
export interface Rule extends Pick<Given, 'name' | 'metric' | 'minimumPosts' | 'quietHours' | 'severity' | 'channels'> {
  readonly brands: readonly Brand[];
  readonly direction: 'up' | 'down' | 'both';
  /** The stretches that are looked at, the shortest first. */
  readonly spans: readonly number[];
  /** Standard deviations from which on something is unusual. */
  readonly z: number;
  /** Of volumes a factor above 1, of net sentiment points. */
  readonly minimumChange: number;
  readonly confirmFor: number;
  readonly keepFiringFor: number;
  readonly cooldown: number;
}

export interface Brand {
  /** `*` is all posts. */
  readonly name: string;
  readonly timeZone: string;
}

const minute = 60_000;
const deviations = { low: 5, balanced: 4, high: 3.25 } as const;
const directions = { volume: 'both', netSentiment: 'down', negativeVolume: 'up' } as const;
const changes = { volume: 2, netSentiment: 10, negativeVolume: 2 } as const;

const usual = [
  { name: 'volume', metric: 'volume' },
  { name: 'sentiment', metric: 'netSentiment' },
] as const;

/** The rules of the config, or the usual ones where it has none. */
export const rulesGiven = (rules: readonly Given[]): readonly Given[] =>
  rules.length > 0 ? rules : usual.map((rule) => alertRule.parse(rule));

/** The rules that are in force. Without any brand they watch all posts. */
export const rulesOf = (rules: readonly Given[], brands: readonly BrandRule[]): Rule[] =>
  rulesGiven(rules).map((rule) => complete(rule, brands));

function complete(rule: Given, brands: readonly BrandRule[]): Rule {
  const { metric, sensitivity, window } = rule;
  const whole = milliseconds(window);
  const part = (share: number): number => Math.max(minute, Math.round((share * whole) / minute) * minute);
  return {
    ...rule,
    brands: brandsOf(rule.brands, brands),
    direction: rule.direction ?? directions[metric],
    spans: [part(1 / 3), part(2 / 3), whole, 4 * whole],
    z: typeof sensitivity === 'number' ? sensitivity : deviations[sensitivity],
    minimumChange: rule.minimumChange ?? changes[metric],
    confirmFor: milliseconds(rule.for),
    keepFiringFor: milliseconds(rule.keepFiringFor),
    cooldown: milliseconds(rule.cooldown),
  };
}

function brandsOf(names: readonly string[], brands: readonly BrandRule[]): Brand[] {
  const known = brands.map(({ name, timeZone }) => ({ name, timeZone }));
  if (names.length > 0) return names.map((name) => known.find((brand) => brand.name === name) ?? { name, timeZone: 'UTC' });
  return known.length > 0 ? known : [{ name: '*', timeZone: 'UTC' }];
}
