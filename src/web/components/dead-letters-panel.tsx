import { useState } from 'preact/hooks';
import { errorMessage, waitForJob } from '../api/client.ts';

import { type DeadLetters, fetchDeadLetters, type ReplayResult, startReplay } from '../api/pipeline.ts';
import { fileName, saveCsv } from '../export-file.ts';
import { formatDateTime, formatInteger, formatPercent, noValue } from '../format.ts';
import { hasRole } from '../state/session.ts';
import { useQuery } from '../state/use-query.ts';
import { timeZone } from '../state/zone.ts';
import { Panel, QueryContent, TableFrame } from './panel.tsx';
import { SaveButtons } from './save-buttons.tsx';

const refreshMs = 60_000;

/** Dead letters by reason, and their replay. */
export function DeadLettersPanel() {
  const loaded = useQuery('dead letters', fetchDeadLetters, refreshMs);
  const [message, setMessage] = useState('');
  const replay = async (dryRun: boolean): Promise<void> => {
    setMessage('Reading dead letters…');
    try {
      const job = await startReplay(dryRun);
      setMessage(
        describeReplay(
          await waitForJob(job, (progress) => setMessage(`Reading dead letters: ${formatPercent(progress)}`), AbortSignal.timeout(600_000)),
          dryRun,
        ),
      );
      loaded.reload();
    } catch (thrown) {
      setMessage(errorMessage(thrown));
    }
  };
  const total = Object.values(loaded.data?.counts ?? {}).reduce((sum, count) => sum + count, 0);
  const actions = total > 0 && (
    <>
      <SaveButtons subject="the latest dead letters" csv={() => saveDeadLetters(loaded.data?.deadLetters ?? [])} />
      {hasRole('admin') && <ReplayButtons replay={replay} />}
    </>
  );
  return (
    <Panel
      title="Dead letters"
      hint={loaded.data ? `${formatInteger(total)} (${formatInteger(loaded.data.replayed)} replayed)` : undefined}
      actions={actions}
    >
      {message && (
        <p role="status" class="notice plain">
          {message}
        </p>
      )}
      <QueryContent loaded={loaded}>
        {(found) => (
          <>
            {found.unavailable.map((problem) => (
              <p key={problem} class="notice plain">
                Some dead letters could not be read: {problem}
              </p>
            ))}
            {total === 0 ? <p class="empty">No dead letters.</p> : <DeadLetterTables found={found} />}
          </>
        )}
      </QueryContent>
    </Panel>
  );
}

function ReplayButtons({ replay }: { readonly replay: (dryRun: boolean) => Promise<void> }) {
  return (
    <>
      <button type="button" class="quiet-button" onClick={() => void replay(true)}>
        Dry run
      </button>
      <button type="button" class="quiet-button" onClick={() => void replay(false)}>
        Replay
      </button>
    </>
  );
}

function saveDeadLetters(deadLetters: DeadLetters['deadLetters']): void {
  const header = ['rejected at', 'source', 'reason', 'meaning', 'bytes', 'replayed at', 'position'];
  const rows = deadLetters.map(({ at, source, reason, meaning, bytes, replayedAt, position }) => [
    at,
    source,
    reason,
    meaning,
    bytes,
    replayedAt,
    position,
  ]);
  saveCsv(fileName('feedpulse', 'dead-letters'), header, rows);
}

function DeadLetterTables({ found: { counts, deadLetters } }: { readonly found: DeadLetters }) {
  const zone = timeZone();
  const meanings = new Map(deadLetters.map(({ reason, meaning }) => [reason, meaning]));
  return (
    <>
      <table>
        <tbody>
          {Object.entries(counts)
            .sort(([, a], [, b]) => b - a)
            .map(([reason, count]) => (
              <tr key={reason}>
                <th scope="row">{reason}</th>
                <td class="number">{formatInteger(count)}</td>
                <td class="quiet wide">{meanings.get(reason) ?? ''}</td>
              </tr>
            ))}
        </tbody>
      </table>
      <details class="dead-letters">
        <summary>Latest dead letters: {formatInteger(deadLetters.length)}</summary>
        <TableFrame title="Latest dead letters">
          <table>
            <thead>
              <tr>
                <th scope="col">Rejected at</th>
                <th scope="col">Source</th>
                <th scope="col">Reason</th>
                <th scope="col" class="number">
                  Bytes
                </th>
                <th scope="col">Replay</th>
                <th scope="col">Position</th>
              </tr>
            </thead>
            <tbody>
              {deadLetters.map(({ position, source, reason, at, bytes, replayedAt }) => (
                <tr key={position}>
                  <td>{at ? formatDateTime(at, zone) : noValue}</td>
                  <td>{source}</td>
                  <td>{reason}</td>
                  <td class="number">{formatInteger(bytes)}</td>
                  <td>{replayedAt ? 'replayed' : 'pending'}</td>
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

function describeReplay({ replayed, alreadyReplayed, skipped, destination }: ReplayResult, dryRun: boolean): string {
  const reasons = Object.entries(skipped).map(([reason, count]) => `${formatInteger(count)} ${reason}`);
  const done = dryRun
    ? `${formatInteger(replayed)} would be replayed.`
    : `${formatInteger(replayed)} replayed${destination ? ` to ${destination}` : ''}.`;
  return [
    done,
    alreadyReplayed > 0 ? `${formatInteger(alreadyReplayed)} already replayed.` : '',
    reasons.length > 0 ? `Skipped: ${reasons.join(', ')}.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}
