import type { SourceStatus } from '../../domain/status.ts';
import { formatAge, formatCount, formatDecimal, formatInteger, noValue } from '../format.ts';
import { Panel, TableFrame } from './panel.tsx';

/** The sources with their state, rate, delay and losses, and below them what is wrong. */
export function SourcesPanel({ sources }: { readonly sources: readonly SourceStatus[] }) {
  const unhealthy = sources.filter(({ issue }) => issue !== null);
  return (
    <Panel title="Sources" hint={describeHealth(sources)} class="sources">
      <TableFrame title="Sources">
        <table>
          <thead>
            <tr>
              <th scope="col">Source</th>
              <th scope="col">State</th>
              <NumberHead name="Posts/s" />
              <NumberHead name="Lag" />
              <NumberHead name="Dead letters" />
              <NumberHead name="Skipped" />
              <NumberHead name="Gaps" />
            </tr>
          </thead>
          <tbody>
            {sources.map((source) => (
              <SourceRow key={source.name} source={source} />
            ))}
          </tbody>
        </table>
      </TableFrame>
      {unhealthy.map(({ name, issue }) => (
        <p key={name} class="source-issue">
          <b>{name}</b>: {issue}
        </p>
      ))}
    </Panel>
  );
}

/** How many of several sources are unhealthy; undefined if all are. */
export function describeHealth(sources: readonly SourceStatus[]): string | undefined {
  const unhealthy = sources.filter(({ issue }) => issue !== null).length;
  return unhealthy > 0 ? `${formatInteger(unhealthy)} of ${formatInteger(sources.length)} unhealthy` : undefined;
}

function NumberHead({ name }: { readonly name: string }) {
  return (
    <th scope="col" class="number">
      {name}
    </th>
  );
}

function SourceRow({ source }: { readonly source: SourceStatus }) {
  const { name, type, state, issue, postsPerSecond, deadLetters, skipped, gaps, endpoint } = source;
  const details = [name === type ? [] : type, endpoint ?? []].flat().join(', ');
  return (
    <tr>
      <th scope="row">
        {name} {details && <span class="quiet">{details}</span>}
      </th>
      <td class={issue !== null ? 'bad' : state === 'running' ? 'good' : ''}>
        <i class="dot" /> {describeState(source)}
      </td>
      <td class="number">{formatDecimal(postsPerSecond)}</td>
      <td class="number">{describeDelay(source)}</td>
      <td class="number">{formatCount(deadLetters)}</td>
      <td class="number">{formatCount(skipped)}</td>
      <td class="number">{formatCount(gaps)}</td>
    </tr>
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
