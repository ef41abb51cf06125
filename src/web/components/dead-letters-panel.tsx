import { useState } from 'preact/hooks';
import { finished } from '../api/alerts.ts';
import { type DeadLetters, fetchDeadLetters, type Replayed, startReplay } from '../api/upkeep.ts';
import { messageOf } from '../error-message.ts';
import { fileName, saveCsv } from '../export-file.ts';
import { formatClock, formatFineShare, formatWhole, nothing } from '../format.ts';
import { timeZone } from '../state/brands.ts';
import { may } from '../state/session.ts';
import { useLoaded } from '../state/use-query.ts';
import { Panel, Shown } from './panel.tsx';
import { SaveButtons } from './save-buttons.tsx';
import { TableFrame } from './table-frame.tsx';

const everyMs = 60_000;

/** Messages that could not become a post, why, and putting them back. */
export function DeadLettersPanel() {
  const loaded = useLoaded('dead letters', fetchDeadLetters, everyMs);
  const [outcome, setOutcome] = useState('');
  const replay = async (dryRun: boolean): Promise<void> => {
    setOutcome('Looking…');
    try {
      const job = await startReplay(dryRun);
      setOutcome(
        saidOf(await finished(job, (share) => setOutcome(`${formatFineShare(share)} looked at…`), AbortSignal.timeout(600_000)), dryRun),
      );
      loaded.reload();
    } catch (thrown) {
      setOutcome(messageOf(thrown));
    }
  };
  const total = Object.values(loaded.data?.counts ?? {}).reduce((sum, count) => sum + count, 0);
  const actions = total > 0 && (
    <>
      <SaveButtons what="the latest dead letters" csv={() => saveLetters(loaded.data?.letters ?? [])} />
      {may('admin') && <ReplayButtons replay={replay} />}
    </>
  );
  return (
    <Panel
      title="Dead letters"
      hint={loaded.data ? `${formatWhole(total)}, of which ${formatWhole(loaded.data.replayed)} were put back` : undefined}
      actions={actions}
    >
      {outcome && (
        <p role="status" class="notice plain">
          {outcome}
        </p>
      )}
      <Shown loaded={loaded}>
        {(found) => (total === 0 ? <p class="empty">Every message so far has become a post.</p> : <Letters found={found} />)}
      </Shown>
    </Panel>
  );
}

function ReplayButtons({ replay }: { readonly replay: (dryRun: boolean) => Promise<void> }) {
  return (
    <>
      <button type="button" class="quiet-button" onClick={() => void replay(true)}>
        What would go back?
      </button>
      <button type="button" class="quiet-button" onClick={() => void replay(false)}>
        Put back
      </button>
    </>
  );
}

function saveLetters(letters: DeadLetters['letters']): void {
  const header = ['refused', 'reason', 'meaning', 'bytes', 'put back', 'position'];
  const rows = letters.map(({ at, reason, meaning, bytes, replayedAt, position }) => [at, reason, meaning, bytes, replayedAt, position]);
  saveCsv(fileName('feedpulse', 'dead-letters'), header, rows);
}

function Letters({ found: { counts, letters } }: { readonly found: DeadLetters }) {
  const zone = timeZone();
  const meanings = new Map(letters.map(({ reason, meaning }) => [reason, meaning]));
  return (
    <>
      <table>
        <tbody>
          {Object.entries(counts)
            .sort(([, a], [, b]) => b - a)
            .map(([reason, count]) => (
              <tr key={reason}>
                <th scope="row">{reason}</th>
                <td class="number">{formatWhole(count)}</td>
                <td class="quiet wide">{meanings.get(reason) ?? ''}</td>
              </tr>
            ))}
        </tbody>
      </table>
      <details class="letters">
        <summary>The latest {formatWhole(letters.length)}</summary>
        <TableFrame title="Latest dead letters">
          <table>
            <thead>
              <tr>
                <th scope="col">Refused</th>
                <th scope="col">Reason</th>
                <th scope="col" class="number">
                  Bytes
                </th>
                <th scope="col">State</th>
                <th scope="col">Position</th>
              </tr>
            </thead>
            <tbody>
              {letters.map(({ position, reason, at, bytes, replayedAt }) => (
                <tr key={position}>
                  <td>{at ? formatClock(at, zone) : nothing}</td>
                  <td>{reason}</td>
                  <td class="number">{formatWhole(bytes)}</td>
                  <td>{replayedAt ? 'put back' : 'waiting'}</td>
                  <td>
                    <bdi>{position}</bdi>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableFrame>
      </details>
    </>
  );
}

function saidOf({ putBack, already, left, to }: Replayed, dryRun: boolean): string {
  const staying = Object.entries(left).map(([why, count]) => `${formatWhole(count)} ${why}`);
  const went = dryRun ? `${formatWhole(putBack)} would go back.` : `${formatWhole(putBack)} went back${to ? ` into ${to}` : ''}.`;
  return [
    went,
    already > 0 ? `${formatWhole(already)} had gone back earlier.` : '',
    staying.length > 0 ? `Left alone: ${staying.join(', ')}.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}
