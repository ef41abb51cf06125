import type { Change, Comparison } from '../../domain/brand-metrics.ts';
import { describeBasis } from '../../domain/calibration.ts';
import { type Brand, fetchTrends, type Trends } from '../api/history.ts';
import { netSentiments, toBucketGrid, unfinishedBucket } from '../charts/grid.ts';
import { Sparkline } from '../charts/sparkline.tsx';
import { rangeFileName, saveCsv } from '../export-file.ts';
import { formatCount, formatInteger, formatNetSentiment, formatPercent, noValue } from '../format.ts';
import { view } from '../state/router.ts';
import { useQuery } from '../state/use-query.ts';
import type { TimeRange } from '../state/view-state.ts';
import { timeZone } from '../state/zone.ts';
import { ShareBar, sentimentTone } from './label.tsx';
import { Panel, TableFrame } from './panel.tsx';
import { SaveButtons } from './save-buttons.tsx';
import { ViewLink } from './view-link.tsx';

/** Each sparkline is a request. */
const maxSparklines = 12;
const sparklineRefreshMs = 30_000;

interface Props {
  readonly brands: readonly Brand[];
  readonly comparison: Comparison | undefined;
  readonly range: TimeRange;
}

/** All brands by volume; a name opens the brand. */
export function BrandTable({ brands, comparison, range }: Props) {
  const sorted = [...brands].sort((a, b) => b.volume - a.volume);
  const changes = new Map(comparison?.brands.map((summary) => [summary.brand, summary]));
  return (
    <Panel title="Brands" actions={<SaveButtons subject="the brands" csv={() => saveBrands(sorted)} />}>
      <TableFrame title="Brands">
        <table class="brand-table">
          <thead>
            <tr>
              <th scope="col">Brand</th>
              <th scope="col" class="number">
                Posts
              </th>
              <th scope="col" class="number wide">
                Share of voice
              </th>
              <th scope="col" class="number">
                Net sentiment
              </th>
              <th scope="col" class="number">
                Change
              </th>
              <th scope="col" class="wide">
                Trend
              </th>
              <th scope="col" class="wide">
                Sentiment
              </th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((brand, index) => (
              <BrandRow
                key={brand.brand}
                brand={brand}
                voice={changes.get(brand.brand)?.current.shareOfVoice ?? null}
                change={changes.get(brand.brand)?.changes?.calibratedNetSentiment ?? null}
                range={index < maxSparklines ? range : undefined}
              />
            ))}
          </tbody>
        </table>
      </TableFrame>
    </Panel>
  );
}

function BrandRow(props: {
  readonly brand: Brand;
  readonly voice: number | null;
  readonly change: Change | null;
  readonly range: TimeRange | undefined;
}) {
  const { brand, voice, change, range } = props;
  const { volume, calibratedNetSentiment: net, positive, neutral, negative } = brand;
  const isChosen = view.value.brands.includes(brand.brand);
  return (
    <tr class={isChosen ? 'chosen' : ''}>
      <th scope="row">
        <ViewLink class="link" to={{ page: 'overview', brands: [brand.brand] }}>
          <bdi>{brand.brand}</bdi>
        </ViewLink>
      </th>
      <td class="number">{formatCount(volume)}</td>
      <td class="number wide">{formatPercent(voice)}</td>
      <td class={`number net ${sentimentTone(net)}`} title={describeBasis(brand.calibration)}>
        {formatNetSentiment(net)}
      </td>
      <td
        class={`number net ${change?.significant ? sentimentTone(Math.sign(change.difference) * 100) : 'quiet'}`}
        title={change ? describeChange(change) : ''}
      >
        {change ? `${change.significant ? (change.difference > 0 ? '▲ ' : '▼ ') : ''}${formatNetSentiment(change.difference)}` : noValue}
      </td>
      <td class="wide">{range && <NetSparkline brand={brand.brand} range={range} />}</td>
      <td class="wide">
        {positive + neutral + negative > 0 && (
          <ShareBar
            shares={brand}
            name={`${formatInteger(positive)} positive, ${formatInteger(neutral)} neutral, ${formatInteger(negative)} negative`}
          />
        )}
      </td>
    </tr>
  );
}

const describeChange = ({ low, high, significant }: Change): string =>
  `Change vs previous period; 95% CI ${formatNetSentiment(low)} to ${formatNetSentiment(high)}${significant ? '' : ', not significant'}`;

function NetSparkline({ brand, range }: { readonly brand: string; readonly range: TimeRange }) {
  const zone = timeZone();
  const { data } = useQuery(
    `line ${JSON.stringify([brand, range, zone])}`,
    (signal) => fetchTrends(brand, range, zone, signal),
    sparklineRefreshMs,
  );
  return <Sparkline zero values={data ? finishedValues(data) : []} />;
}

/** Without the last bucket if it lacks posts: it would look like a fall or a spike. */
function finishedValues(trends: Trends): (number | null)[] {
  const grid = toBucketGrid(trends);
  return netSentiments(grid).slice(0, unfinishedBucket(grid, trends.to));
}

function saveBrands(brands: readonly Brand[]): void {
  const header = ['brand', 'posts', 'positive', 'neutral', 'negative', 'unscored', 'net sentiment', 'counted net sentiment'];
  const rows = brands.map(({ brand, volume, positive, neutral, negative, unscored, calibratedNetSentiment, netSentiment }) => [
    brand,
    volume,
    positive,
    neutral,
    negative,
    unscored,
    calibratedNetSentiment,
    netSentiment,
  ]);
  saveCsv(rangeFileName('brands'), header, rows);
}
