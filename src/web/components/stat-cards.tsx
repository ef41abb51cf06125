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
import { formatCount, formatDecimal, formatDelay, formatFineShare, formatGrowth, formatNet, formatShare, nothing } from '../format.ts';
import { status } from '../state/stream.ts';
import { toneOf } from './label.tsx';
import { SaveButtons } from './save-buttons.tsx';

interface TileProps {
  readonly title: string;
  readonly value: string;
  readonly tone?: string;
  /** The change against the period before, and whether it is more than chance. */
  readonly change?: string | undefined;
  readonly significant?: boolean | undefined;
  /** The 95 % interval, or another fact below. */
  readonly fact?: string | undefined;
  /** Shown when one points at it. */
  readonly meaning?: string;
}

function Tile({ title, value, tone = '', change, significant, fact, meaning }: TileProps) {
  return (
    <div class={`tile ${tone}`} title={meaning}>
      <h3>{title}</h3>
      <p class="value">{value}</p>
      <p class={`change ${significant ? 'significant' : ''}`}>{change ?? ' '}</p>
      <p class="fact">{fact ?? ' '}</p>
    </div>
  );
}

export const netFormula = 'Net sentiment = 100 · (P − N) / (P + N + U), over counts of positive, negative and neutral posts';

/** The figures of a range, each with its interval and its change against the period of equal length before. */
export function Tiles({
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
    <section class="tiles" aria-label="Figures of the range">
      <Tile
        title="Net sentiment"
        value={formatNet(current.netSentiment)}
        tone={toneOf(current.netSentiment)}
        change={points ? inPoints(points.difference) : undefined}
        significant={points?.significant}
        fact={intervalOf(intervals.netSentiment, formatNet)}
        meaning={`${netFormula}. Between its 95 % bounds it would lie in 95 of 100 samples like this one.`}
      />
      <Tile
        title="Posts"
        value={formatCount(current.volume)}
        change={previous ? formatGrowth(current.volume, previous.volume) : undefined}
        significant={changes?.volume?.significant}
        fact={current.unscored > 0 ? `${formatCount(current.unscored)} unscored` : undefined}
        meaning="Every post of the range; unscored ones are in a language that the model does not know"
      />
      <ShareTile label="positive" title="▲ Positive" current={current} change={changes?.positiveShare} />
      <ShareTile label="neutral" title="● Neutral" current={current} change={changes?.neutralShare} />
      <ShareTile label="negative" title="▼ Negative" current={current} change={changes?.negativeShare} />
      {brand === '*' ? <AuthorsTile summary={summary} /> : <VoiceTile brand={brand} comparison={comparison} />}
      <LagTile />
    </section>
  );
}

function ShareTile(props: {
  readonly label: 'positive' | 'neutral' | 'negative';
  readonly title: string;
  readonly current: BrandMetrics;
  readonly change: Change | null | undefined;
}) {
  const measure = `${props.label}Share` as const satisfies Metric;
  const value = props.current[measure];
  return (
    <Tile
      title={props.title}
      value={formatShare(value)}
      tone={value === null ? '' : props.label}
      change={props.change ? inPoints(100 * props.change.difference) : undefined}
      significant={props.change?.significant}
      fact={intervalOf(props.current.intervals[measure], (bound) => formatFineShare(bound))}
      meaning="Of the posts that could be scored"
    />
  );
}

/** Each figure of the range with its interval, and the same of the period before, as a file. */
export function SaveTiles({ summary: { current, previous, changes } }: { readonly summary: Summary }) {
  const save = (): void => {
    const header = ['figure', 'value', 'low', 'high', 'before', 'change', 'more than chance'];
    const rows = metricNames.map((measure) => {
      const { low, high } = current.intervals[measure] ?? {};
      const { difference, significant } = changes?.[measure] ?? {};
      return [measure, current[measure], low, high, previous?.[measure], difference, significant === undefined ? '' : String(significant)];
    });
    saveCsv(rangeFileName('figures'), header, rows);
  };
  return <SaveButtons what="the figures" csv={save} />;
}

/** Longer ranges have no authors: they would take too long to count. */
function AuthorsTile({ summary: { current, previous } }: { readonly summary: Summary }) {
  const { authors } = current;
  const before = previous?.authors;
  return (
    <Tile
      title="Authors"
      value={authors === null ? nothing : formatCount(authors)}
      change={authors !== null && before ? formatGrowth(authors, before) : undefined}
      fact={authors === null ? 'up to 8 days only' : undefined}
      meaning="Different people who wrote them, within about 1 %"
    />
  );
}

function VoiceTile({ brand, comparison }: { readonly brand: string; readonly comparison: Comparison | undefined }) {
  const own = comparison?.brands.find((one) => one.brand === brand);
  const change = own?.changes?.shareOfVoice;
  return (
    <Tile
      title="Share of voice"
      value={formatShare(own?.current.shareOfVoice)}
      change={change ? inPoints(100 * change.difference) : undefined}
      significant={change?.significant}
      fact={comparison ? `of ${formatCount(comparison.mentions)} mentions` : undefined}
      meaning="Mentions of the brand among those of all brands; a post that names two counts for each"
    />
  );
}

/** How far behind the feed what is shown may be. */
function LagTile() {
  const now = status.value;
  const isWaiting = now?.lag !== null && now?.lag !== undefined;
  return (
    <Tile
      title={isWaiting ? 'Lag' : 'Delay'}
      value={isWaiting ? formatCount(now.lag ?? 0) : formatDelay(now?.latencySeconds)}
      fact={isWaiting ? `posts wait · ${formatDelay(now.latencySeconds)}` : '95 of 100 posts'}
      meaning="Posts that wait in the feed, and how long 95 of 100 posts take from being read to being counted"
    />
  );
}

function inPoints(difference: number): string {
  const rounded = Math.abs(difference) < 1 ? `${difference < 0 ? '−' : '+'}${formatDecimal(Math.abs(difference))}` : formatNet(difference);
  return `${rounded} points`;
}

function intervalOf(interval: Interval | null, format: (bound: number) => string): string | undefined {
  return interval ? `95 %: ${format(interval.low)} to ${format(interval.high)}` : undefined;
}
