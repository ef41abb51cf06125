import { fetchChanges, type SettingChange } from '../api/settings.ts';
import { formatDateTime } from '../format.ts';
import { useQuery } from '../state/use-query.ts';
import { timeZone } from '../state/zone.ts';
import { Panel, QueryContent } from './panel.tsx';

const refreshMs = 30_000;

/** The audit log: who changed what, and when. */
export function SettingChanges() {
  const loaded = useQuery('setting changes', fetchChanges, refreshMs);
  return (
    <Panel title="Change history" hint="Changes made in the web UI or over the API">
      <QueryContent loaded={loaded}>
        {({ changes }) =>
          changes.length === 0 ? (
            <p class="empty">No settings have been changed yet.</p>
          ) : (
            <ol class="changes">
              {changes.map((change) => (
                <ChangeItem key={`${change.at} ${change.kind} ${change.name}`} change={change} />
              ))}
            </ol>
          )
        }
      </QueryContent>
    </Panel>
  );
}

function ChangeItem({ change }: { readonly change: SettingChange }) {
  const { kind, name, action, by, at, value, previous } = change;
  return (
    <li>
      <time class="quiet" dateTime={at}>
        {formatDateTime(at, timeZone())}
      </time>
      <span>
        <bdi>{by || 'Somebody (no sign-in)'}</bdi> {action} the {kind}{' '}
        <b>
          <bdi>{name}</bdi>
        </b>
        {action === 'changed' && value && previous && (
          <span class="quiet">
            {' '}
            <bdi>{describeChange(previous, value) || 'without any difference'}</bdi>
          </span>
        )}
      </span>
    </li>
  );
}

const fieldNames: Readonly<Record<string, string>> = {
  ...{
    role: 'role',
    aliases: 'also known as',
    exclude: 'ignore posts with',
    timeZone: 'time zone',
    country: 'country',
    official: 'own accounts',
  },
};

/** The fields that differ: of lists, what was added and removed; of others, the old and the new value. */
function describeChange(previous: SettingChange['previous'], value: SettingChange['value']): string {
  const fields = [...new Set([...Object.keys(previous ?? {}), ...Object.keys(value ?? {})])];
  return fields.flatMap((field) => describeField(fieldNames[field] ?? field, previous?.[field], value?.[field])).join('; ');
}

function describeField(name: string, before: unknown, after: unknown): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (Array.isArray(before ?? after) && Array.isArray(after ?? before)) {
    const [old, next] = [toTexts(before), toTexts(after)];
    const added = next.filter((item) => !old.includes(item)).map((item) => `+ ${item}`);
    const removed = old.filter((item) => !next.includes(item)).map((item) => `− ${item}`);
    return [`${name}: ${[...added, ...removed].join(', ') || 'other order'}`];
  }
  return [`${name}: ${toText(before)} → ${toText(after)}`];
}

const toText = (value: unknown): string =>
  value === undefined || value === null ? 'none' : typeof value === 'string' ? value : JSON.stringify(value);
const toTexts = (value: unknown): string[] => (Array.isArray(value) ? value.map(toText) : []);
