import type { SourceStatus } from '../../domain/status.ts';
import { formatAge, formatCount, formatDecimal, formatInteger, noValue } from '../format.ts';
import { Panel, TableFrame } from './panel.tsx';

/** The sources with their state, rate, delay and losses. */
export function SourcesPanel({ sources }: { readonly sources: readonly SourceStatus[] }) {
  const unhealthy = sources.filter(({ issue }) => issue !== null).length;
  return (
    <Panel
      title="Sources"
      hint={unhealthy > 0 ? `${formatInteger(unhealthy)} of ${formatInteger(sources.length)} not healthy` : undefined}
      class="sources"
    >
      <TableFrame title="Sources">
        <table>
          <thead>
            <tr>
              <th scope="col">Source</th>
              <th scope="col">State</th>
              <NumberHead name="Posts/s" />
              <NumberHead name="Behind" />
              <NumberHead name="Dead letters" />
              <NumberHead name="Skipped" />
              <NumberHead name="Gaps" />
            </tr>
          </thead>
          <tbody>
            {sources.map((source) => (
              <SourceRows key={source.name} source={source} />
            ))}
          </tbody>
        </table>
      </TableFrame>
    </Panel>
  );
}

function NumberHead({ name }: { readonly name: string }) {
  return (
    <th scope="col" class="number">
      {name}
    </th>
  );
}

/** The row of a source, and its health issue below it, which is a sentence. */
function SourceRows({ source }: { readonly source: SourceStatus }) {
  const { name, type, issue, postsPerSecond, deadLetters, skipped, gaps, endpoint } = source;
  const details = [name === type ? [] : type, endpoint ?? []].flat().join(', ');
  return (
    <>
      <tr>
        <th scope="row">
          {name} {details && <span class="quiet">{details}</span>}
        </th>
        <td class={issue === null ? (source.state === 'running' ? 'good' : '') : 'bad'}>
          <i class="dot" /> {describeState(source)}
        </td>
        <td class="number">{formatDecimal(postsPerSecond)}</td>
        <td class="number">{describeDelay(source)}</td>
        <td class="number">{formatCount(deadLetters)}</td>
        <td class="number">{formatCount(skipped)}</td>
        <td class="number">{formatCount(gaps)}</td>
      </tr>
      {issue !== null && (
        <tr class="source-issue">
          <td colSpan={7}>{issue}</td>
        </tr>
      )}
    </>
  );
}

function describeState({ state, issue }: SourceStatus): string {
  if (state === 'running') return issue === null ? 'Running' : 'Not healthy';
  return state === 'failed' ? 'Failed' : 'Ended';
}

/** Messages after the committed offset, or the age of the newest message. */
function describeDelay({ lag, behindSeconds }: SourceStatus): string {
  if (lag !== null) return `${formatCount(lag)} ${lag === 1 ? 'message' : 'messages'}`;
  if (behindSeconds === null) return noValue;
  const now = Date.now();
  return formatAge(new Date(now - 1_000 * behindSeconds).toISOString(), now);
}
