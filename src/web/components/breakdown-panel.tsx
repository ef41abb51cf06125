import type { Breakdown, Segment } from '../../domain/brand-metrics.ts';
import { rangeFileName, saveCsv } from '../export-file.ts';
import { formatCount, formatLanguage, formatNet, formatShare } from '../format.ts';
import { go } from '../state/router.ts';
import type { Loaded } from '../state/use-query.ts';
import { toneOf } from './label.tsx';
import { Panel, Shown } from './panel.tsx';
import { SaveButtons } from './save-buttons.tsx';

const mostShown = 6;

/** Where the posts stand, and in which languages. */
export function BreakdownPanel({ loaded }: { readonly loaded: Loaded<Breakdown> }) {
  return (
    <Panel
      title="Platforms and languages"
      actions={loaded.data && <SaveButtons what="platforms and languages" csv={() => loaded.data && saveBreakdown(loaded.data)} />}
    >
      <Shown loaded={loaded}>
        {({ platforms, languages }) => (
          <div class="parts">
            <PartTable
              name="Platform"
              parts={platforms}
              title={(name) => name}
              open={(platform) => go({ view: 'posts', filter: { platform } })}
            />
            <PartTable name="Language" parts={languages} title={formatLanguage} open={(lang) => go({ view: 'posts', filter: { lang } })} />
          </div>
        )}
      </Shown>
    </Panel>
  );
}

function PartTable(props: {
  readonly name: string;
  readonly parts: readonly Segment[];
  readonly title: (name: string) => string;
  readonly open: (name: string) => void;
}) {
  const { name, parts, title, open } = props;
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
        {parts.slice(0, mostShown).map((part) => (
          <tr key={part.name}>
            <th scope="row">
              <button type="button" class="link" onClick={() => open(part.name)}>
                <bdi>{title(part.name)}</bdi>
              </button>
            </th>
            <td class="number">{formatCount(part.volume)}</td>
            <td class="number">{formatShare(part.share)}</td>
            <td class={`number net ${toneOf(part.netSentiment)}`}>{formatNet(part.netSentiment)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function saveBreakdown({ platforms, languages }: Breakdown): void {
  const rowsOf = (by: string, parts: readonly Segment[]) =>
    parts.map(({ name, volume, share, netSentiment }) => [by, name, volume, share, netSentiment]);
  const rows = [...rowsOf('platform', platforms), ...rowsOf('language', languages)];
  saveCsv(rangeFileName('platforms-languages'), ['by', 'name', 'posts', 'share', 'net sentiment'], rows);
}
