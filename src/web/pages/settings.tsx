import { fetchBrandSettings, fetchSettings } from '../api/settings.ts';
import { BrandSettings } from '../components/brand-settings.tsx';
import { Panel, QueryContent } from '../components/panel.tsx';
import { SettingChanges } from '../components/setting-changes.tsx';
import { TokensPanel } from '../components/tokens-panel.tsx';
import { hasRole } from '../state/session.ts';
import { reloadAll, useQuery } from '../state/use-query.ts';

const refreshMs = 30_000;

/** Settings that can be changed without the config file, and who changed them. */
export function Settings() {
  if (!hasRole('editor')) return <p class="empty">Only editors and admins can see the settings.</p>;
  return <EditorSettings />;
}

function EditorSettings() {
  const brands = useQuery('brand settings', fetchBrandSettings, refreshMs);
  return (
    <div class="view settings">
      <Panel title="Brands" hint="What counts as a mention in a post">
        <QueryContent loaded={brands}>{({ brands: list }) => <BrandSettings brands={list} onChange={reloadAll} />}</QueryContent>
      </Panel>
      {hasRole('admin') && <TokensPanel />}
      <RetentionPanel />
      <SettingChanges />
    </div>
  );
}

const retentionLabels = {
  posts: 'Posts and corrections',
  scores: 'Scores of inactive models',
  rollupMinute: 'Counts by minute',
  rollup15m: 'Counts by 15 minutes',
} as const;

/** How long data is kept. */
function RetentionPanel() {
  const loaded = useQuery('settings', fetchSettings, refreshMs);
  return (
    <Panel title="Retention" hint="Set by retention in the config file">
      <QueryContent loaded={loaded}>
        {({ retention }) => (
          <dl class="retention">
            {(Object.keys(retentionLabels) as (keyof typeof retentionLabels)[]).map((name) => (
              <div key={name}>
                <dt>{retentionLabels[name]}</dt>
                <dd>{retention[name] === null ? 'kept forever' : describeDuration(retention[name])}</dd>
              </div>
            ))}
          </dl>
        )}
      </QueryContent>
    </Panel>
  );
}

const units: Readonly<Record<string, string>> = { s: 'seconds', m: 'minutes', h: 'hours', d: 'days' };

/** `30d` as “30 days”. */
function describeDuration(duration: string): string {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(duration) ?? [];
  return count === undefined ? duration : `${count} ${units[unit]}`;
}
