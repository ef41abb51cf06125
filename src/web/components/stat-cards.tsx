import {
  type BrandMetrics,
  type Change,
  type Comparison,
  type Interval,
  type Metric,
  metricNames,
  type Summary,
} from '../../domain/brand-metrics.ts';
import { rangeFileName, saveCsv } from '../export-file.ts';
import { formatCount, formatDecimal, formatDelay, formatGrowth, formatNet, formatShare, formatShareFine, noValue } from '../format.ts';
import { status } from '../state/stream.ts';
import { sentimentTone } from './label.tsx';
import { SaveButtons } from './save-buttons.tsx';

interface StatCardProps {
  readonly title: string;
  readonly value: string;
  readonly tone?: string;
  /** The change from the previous period. */
  readonly change?: string | undefined;
  readonly significant?: boolean | undefined;
  /** The 95% confidence interval, or another note below the value. */
  readonly fact?: string | undefined;
  /** The tooltip. */
  readonly meaning?: string;
}

function StatCard({ title, value, tone = '', change, significant, fact, meaning }: StatCardProps) {
  return (
    <div class={`stat-card ${tone}`} title={meaning}>
      <h3>{title}</h3>
      <p class="value">{value}</p>
      <p class={`change ${significant ? 'significant' : ''}`}>{change ?? ' '}</p>
      <p class="fact">{fact ?? ' '}</p>
    </div>
  );
}

export const netFormula = 'Net sentiment = 100 · (P − N) / (P + N + U), over counts of positive, negative and neutral posts';

/** The metrics of a range, each with its interval and its change from the previous period of equal length. */
export function StatCards({
  summary,
  brand,
  comparison,
}: {
  readonly summary: Summary;
  readonly brand: string;
  readonly comparison: Comparison | undefined;
}) {
  const { current, previous, changes } = summary;
  const { intervals } = current;
  const points = changes?.netSentiment;
  return (
    <section class="stat-cards" aria-label="Key metrics">
      <StatCard
        title="Net sentiment"
        value={formatNet(current.netSentiment)}
        tone={sentimentTone(current.netSentiment)}
        change={points ? formatPoints(points.difference) : undefined}
        significant={points?.significant}
        fact={formatNetInterval(intervals.netSentiment)}
        meaning={`${netFormula}. Below: 95% confidence interval.`}
      />
      <StatCard
        title="Posts"
        value={formatCount(current.volume)}
        change={previous ? formatGrowth(current.volume, previous.volume) : undefined}
        significant={changes?.volume?.significant}
        fact={current.unscored > 0 ? `${formatCount(current.unscored)} unscored` : undefined}
        meaning="All posts in the range; unscored posts are in a language that the model does not support"
      />
      <ShareCard label="positive" title="▲ Positive" current={current} change={changes?.positiveShare} />
      <ShareCard label="neutral" title="● Neutral" current={current} change={changes?.neutralShare} />
      <ShareCard label="negative" title="▼ Negative" current={current} change={changes?.negativeShare} />
      {brand === '*' ? <AuthorsCard summary={summary} /> : <ShareOfVoiceCard brand={brand} comparison={comparison} />}
      <LagCard />
    </section>
  );
}

function ShareCard(props: {
  readonly label: 'positive' | 'neutral' | 'negative';
  readonly title: string;
  readonly current: BrandMetrics;
  readonly change: Change | null | undefined;
}) {
  const metric = `${props.label}Share` as const satisfies Metric;
  const value = props.current[metric];
  return (
    <StatCard
      title={props.title}
      value={formatShare(value)}
      tone={value === null ? '' : props.label}
      change={props.change ? formatPoints(100 * props.change.difference) : undefined}
      significant={props.change?.significant}
      fact={formatShareInterval(props.current.intervals[metric])}
      meaning="Share of the scored posts"
    />
  );
}

/** Saves each metric with its interval and its value in the previous period. */
export function SaveMetrics({ summary: { current, previous, changes } }: { readonly summary: Summary }) {
  const save = (): void => {
    const header = ['metric', 'value', 'low', 'high', 'previous', 'change', 'significant'];
    const rows = metricNames.map((metric) => {
      const { low, high } = current.intervals[metric] ?? {};
      const { difference, significant } = changes?.[metric] ?? {};
      return [metric, current[metric], low, high, previous?.[metric], difference, significant === undefined ? '' : String(significant)];
    });
    saveCsv(rangeFileName('metrics'), header, rows);
  };
  return <SaveButtons what="the metrics" csv={save} />;
}

/** Authors are not counted for longer ranges: the query would take too long. */
function AuthorsCard({ summary: { current, previous } }: { readonly summary: Summary }) {
  const { authors } = current;
  const before = previous?.authors;
  return (
    <StatCard
      title="Authors"
      value={authors === null ? noValue : formatCount(authors)}
      change={authors !== null && before ? formatGrowth(authors, before) : undefined}
      fact={authors === null ? 'only up to 8 days' : undefined}
      meaning="Unique authors (±1%)"
    />
  );
}

function ShareOfVoiceCard({ brand, comparison }: { readonly brand: string; readonly comparison: Comparison | undefined }) {
  const summary = comparison?.brands.find((candidate) => candidate.brand === brand);
  const change = summary?.changes?.shareOfVoice;
  return (
    <StatCard
      title="Share of voice"
      value={formatShare(summary?.current.shareOfVoice)}
      change={change ? formatPoints(100 * change.difference) : undefined}
      significant={change?.significant}
      fact={comparison ? `of ${formatCount(comparison.mentions)} mentions` : undefined}
      meaning="Mentions of the brand / mentions of all brands; a post that mentions two brands counts for each"
    />
  );
}

/** The backlog of the source, or the processing delay for a source without one. */
function LagCard() {
  const now = status.value;
  const hasLag = now?.lag !== null && now?.lag !== undefined;
  return (
    <StatCard
      title={hasLag ? 'Lag' : 'Processing delay'}
      value={hasLag ? formatCount(now.lag ?? 0) : formatDelay(now?.latencySeconds)}
      fact={hasLag ? `p95 delay ${formatDelay(now.latencySeconds)}` : 'p95, last minute'}
      meaning="Posts not yet read from the source, and the 95th percentile of the delay from reading to storing a post"
    />
  );
}

function formatPoints(difference: number): string {
  const rounded = Math.abs(difference) < 1 ? `${difference < 0 ? '−' : '+'}${formatDecimal(Math.abs(difference))}` : formatNet(difference);
  return `${rounded} points`;
}

function formatNetInterval(interval: Interval | null): string | undefined {
  return interval ? `95% CI ${formatNet(interval.low)} to ${formatNet(interval.high)}` : undefined;
}

/** Short enough for a card: 95% CI 27.5–29.1%. */
function formatShareInterval(interval: Interval | null): string | undefined {
  return interval ? `95% CI ${formatDecimal(100 * interval.low)}–${formatShareFine(interval.high)}` : undefined;
}
