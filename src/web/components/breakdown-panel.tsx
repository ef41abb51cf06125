import type { Breakdown, Segment } from '../../domain/brand-metrics.ts';
import { rangeFileName, saveCsv } from '../export-file.ts';
import { formatCount, formatLanguage, formatNetSentiment, formatPercent } from '../format.ts';
import { navigate } from '../state/router.ts';
import type { QueryResult } from '../state/use-query.ts';
import { sentimentTone } from './label.tsx';
import { Panel, QueryContent } from './panel.tsx';
import { SaveButtons } from './save-buttons.tsx';

const maxRows = 6;

/** Metrics by platform and by language. */
export function BreakdownPanel({ loaded }: { readonly loaded: QueryResult<Breakdown> }) {
  return (
    <Panel
      title="Platforms and languages"
      actions={loaded.data && <SaveButtons subject="platforms and languages" csv={() => loaded.data && saveBreakdown(loaded.data)} />}
    >
      <QueryContent loaded={loaded}>
        {({ platforms, languages, models }) => (
          <div class="breakdown">
            <SegmentTable
              name="Platform"
              segments={platforms}
              title={(name) => name}
              open={(platform) => navigate({ page: 'posts', filter: { platform } })}
            />
            <SegmentTable
              name="Language"
              segments={languages}
              title={formatLanguage}
              open={(lang) => navigate({ page: 'posts', filter: { lang } })}
            />
            {models.length > 1 && (
              <p class="models">Scored by {models.map(({ name, share }) => `${name} (${formatPercent(share)})`).join(', ')}</p>
            )}
          </div>
        )}
      </QueryContent>
    </Panel>
  );
}

function SegmentTable(props: {
  readonly name: string;
  readonly segments: readonly Segment[];
  readonly title: (name: string) => string;
  readonly open: (name: string) => void;
}) {
  const { name, segments, title, open } = props;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{name}</th>
          <th scope="col" class="number">
            Posts
          </th>
          <th scope="col" class="number">
            Share
          </th>
          <th scope="col" class="number">
            Net
          </th>
        </tr>
      </thead>
      <tbody>
        {segments.slice(0, maxRows).map((segment) => (
          <tr key={segment.name}>
            <th scope="row">
              <button type="button" class="link" onClick={() => open(segment.name)}>
                <bdi>{title(segment.name)}</bdi>
              </button>
            </th>
            <td class="number">{formatCount(segment.volume)}</td>
            <td class="number">{formatPercent(segment.share)}</td>
            <td class={`number net ${sentimentTone(segment.calibratedNetSentiment)}`}>
              {formatNetSentiment(segment.calibratedNetSentiment)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function saveBreakdown({ platforms, languages, models }: Breakdown): void {
  const toRows = (by: string, segments: readonly Segment[]) =>
    segments.map(({ name, volume, share, calibratedNetSentiment, netSentiment }) => [
      by,
      name,
      volume,
      share,
      calibratedNetSentiment,
      netSentiment,
    ]);
  const rows = [...toRows('platform', platforms), ...toRows('language', languages), ...toRows('model', models)];
  saveCsv(rangeFileName('platforms-languages'), ['by', 'name', 'posts', 'share', 'net sentiment'], rows);
}
