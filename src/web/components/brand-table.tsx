import type { Change, Comparison } from '../../domain/brand-metrics.ts';
import { type Brand, fetchTrends } from '../api/history.ts';
import { Sparkline } from '../charts/sparkline.tsx';
import { rangeFileName, saveCsv } from '../export-file.ts';
import { formatCount, formatNet, formatShare, formatWhole, nothing } from '../format.ts';
import { timeZone } from '../state/brands.ts';
import { go, view } from '../state/router.ts';
import { useLoaded } from '../state/use-query.ts';
import type { Span } from '../state/view-state.ts';
import { toneOf } from './label.tsx';
import { Panel } from './panel.tsx';
import { SaveButtons } from './save-buttons.tsx';
import { ShareBar } from './share-bar.tsx';
import { TableFrame } from './table-frame.tsx';

/** Lines are one question each. */
const mostLines = 12;
const linesEveryMs = 30_000;

interface Props {
  readonly brands: readonly Brand[];
  readonly comparison: Comparison | undefined;
  readonly span: Span;
}

/** Brands beside each other, those of which most is said first; a name leads to the brand. */
export function BrandTable({ brands, comparison, span }: Props) {
  const sorted = [...brands].sort((a, b) => b.volume - a.volume);
  const changes = new Map(comparison?.brands.map((one) => [one.brand, one]));
  return (
    <Panel title="Brands" actions={<SaveButtons what="the brands" csv={() => saveBrands(sorted)} />}>
      <TableFrame title="Brands">
        <table class="brand-table">
          <thead>
            <tr>
              <th scope="col">Brand</th>
              <th scope="col" class="number">
                Posts
              </th>
              <th scope="col" class="number wide">
                Voice
              </th>
              <th scope="col" class="number">
                Net
              </th>
              <th scope="col" class="number">
                Change
              </th>
              <th scope="col" class="wide">
                Net over time
              </th>
              <th scope="col" class="wide">
                Shares
              </th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((brand, index) => (
              <BrandRow
                key={brand.brand}
                brand={brand}
                voice={changes.get(brand.brand)?.current.shareOfVoice ?? null}
                change={changes.get(brand.brand)?.changes?.netSentiment ?? null}
                span={index < mostLines ? span : undefined}
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
  readonly span: Span | undefined;
}) {
  const { brand, voice, change, span } = props;
  const { volume, netSentiment, positive, neutral, negative } = brand;
  const isChosen = view.value.brands.includes(brand.brand);
  return (
    <tr class={isChosen ? 'chosen' : ''}>
      <th scope="row">
        <button type="button" class="link" onClick={() => go({ view: 'overview', brands: [brand.brand] })}>
          <bdi>{brand.brand}</bdi>
        </button>
      </th>
      <td class="number">{formatCount(volume)}</td>
      <td class="number wide">{formatShare(voice)}</td>
      <td class={`number net ${toneOf(netSentiment)}`}>{formatNet(netSentiment)}</td>
      <td
        class={`number net ${change?.significant ? toneOf(Math.sign(change.difference) * 100) : 'quiet'}`}
        title={change ? saidOf(change) : ''}
      >
        {change ? `${change.significant ? (change.difference > 0 ? '▲ ' : '▼ ') : ''}${formatNet(change.difference)}` : nothing}
      </td>
      <td class="wide">{span && <NetLine brand={brand.brand} span={span} />}</td>
      <td class="wide">
        {positive + neutral + negative > 0 && (
          <ShareBar
            shares={brand}
            name={`${formatWhole(positive)} positive, ${formatWhole(neutral)} neutral, ${formatWhole(negative)} negative`}
          />
        )}
      </td>
    </tr>
  );
}

const saidOf = ({ low, high, significant }: Change): string =>
  `Against the period before; 95 %: ${formatNet(low)} to ${formatNet(high)}${significant ? '' : ', which may be chance'}`;

function NetLine({ brand, span }: { readonly brand: string; readonly span: Span }) {
  const zone = timeZone();
  const { data } = useLoaded(
    `line ${JSON.stringify([brand, span, zone])}`,
    (signal) => fetchTrends(brand, span, zone, signal),
    linesEveryMs,
  );
  return <Sparkline zero values={data?.buckets.map(({ netSentiment }) => netSentiment) ?? []} />;
}

function saveBrands(brands: readonly Brand[]): void {
  const header = ['brand', 'posts', 'positive', 'neutral', 'negative', 'unscored', 'net sentiment'];
  const rows = brands.map(({ brand, volume, positive, neutral, negative, unscored, netSentiment }) => [
    brand,
    volume,
    positive,
    neutral,
    negative,
    unscored,
    netSentiment,
  ]);
  saveCsv(rangeFileName('brands'), header, rows);
}
