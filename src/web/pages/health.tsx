import type { PipelineReport, Quantiles } from '../../domain/status.ts';
import { fetchPipeline } from '../api/upkeep.ts';
import { Sparkline } from '../charts/sparkline.tsx';
import { DeadLettersPanel } from '../components/dead-letters-panel.tsx';
import { Panel, Shown } from '../components/panel.tsx';
import { SaveButtons } from '../components/save-buttons.tsx';
import type { Cell } from '../csv.ts';
import { fileName, saveCsv } from '../export-file.ts';
import {
  formatAge,
  formatBytes,
  formatCount,
  formatDecimal,
  formatDelay,
  formatFactor,
  formatFineShare,
  formatWhole,
  nothing,
} from '../format.ts';
import { moments } from '../state/stream.ts';
import { useLoaded } from '../state/use-query.ts';

const everyMs = 5_000;

/** How the pipeline does: pace, delays, lag, batches, dead letters, model, storage. */
export function Health() {
  const loaded = useLoaded('pipeline', fetchPipeline, everyMs);
  return (
    <div class="view">
      <Shown loaded={loaded} lines={8}>
        {(report) => (
          <>
            <div class="view-head">
              <PartStates report={report} />
              <SaveButtons what="the health of the pipeline" csv={() => saveReport(report)} />
            </div>
            <div class="grid-panels">
              <Pace report={report} />
              <Stages report={report} />
              <Lag report={report} />
              <Model report={report} />
              <Storage report={report} />
            </div>
          </>
        )}
      </Shown>
      <DeadLettersPanel />
    </div>
  );
}

function PartStates({ report: { components, version, startedAt, source, process } }: { readonly report: PipelineReport }) {
  return (
    <ul class="part-states">
      {Object.entries(components).map(([part, state]) => (
        <li key={part} class={state === 'ok' ? 'good' : 'bad'}>
          <i class="dot" />
          <b>{part}</b> {state}
        </li>
      ))}
      <li class="quiet">
        feedpulse {version}, {source} feed, up for {formatAge(startedAt, Date.now())}; {formatBytes(process.memoryBytes)} of memory, event
        loop {formatDelay(process.eventLoopDelaySeconds)}
      </li>
    </ul>
  );
}

function Pace({ report: { posts, postsPerSecond, lowConfidence } }: { readonly report: PipelineReport }) {
  return (
    <Panel title="Throughput" hint={`${formatDecimal(postsPerSecond)} posts/s`}>
      <Sparkline values={moments.value.map((moment) => moment.postsPerSecond)} />
      <Facts
        rows={[
          ['Read', formatWhole(posts.read)],
          ['Scored', formatWhole(posts.scored)],
          ['Written', formatWhole(posts.written)],
          ['On their way', formatWhole(posts.inFlight)],
          ['Answered from the cache', formatWhole(posts.cacheHits)],
          ['Longer than the model reads', formatWhole(posts.truncated)],
          ['Doubtful', formatFineShare(lowConfidence)],
        ]}
      />
    </Panel>
  );
}

function Stages({ report: { recent } }: { readonly report: PipelineReport }) {
  const stages: readonly (readonly [string, Quantiles | null, (value: number) => string])[] = [
    ['Model, a micro-batch', recent.inferenceSeconds, formatDelay],
    ['Database, a write', recent.writeSeconds, formatDelay],
    ['From reading to row', recent.rowSeconds, formatDelay],
    ['Posts of a micro-batch', recent.batchPosts, (value) => formatWhole(Math.round(value))],
  ];
  return (
    <Panel title="Stages" hint="the last minute">
      <table>
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col" class="number">
              half
            </th>
            <th scope="col" class="number">
              95 of 100
            </th>
          </tr>
        </thead>
        <tbody>
          {stages.map(([name, quantiles, format]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="number">{quantiles ? format(quantiles.p50) : nothing}</td>
              <td class="number">{quantiles ? format(quantiles.p95) : nothing}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Lag({ report: { lag, source } }: { readonly report: PipelineReport }) {
  const most = Math.max(1, ...lag.map(({ messages }) => messages));
  return (
    <Panel
      title="Lag"
      hint={lag.length > 0 ? `${formatCount(lag.reduce((sum, { messages }) => sum + messages, 0))} messages wait` : undefined}
    >
      {lag.length === 0 ? (
        <p class="empty">The {source} feed has no partitions in which posts could wait.</p>
      ) : (
        <table>
          <tbody>
            {lag.map(({ topic, partition, messages }) => (
              <tr key={`${topic} ${partition}`}>
                <th scope="row">
                  <bdi>{topic}</bdi> {partition}
                </th>
                <td class="bar-cell">
                  <i class="bar" style={{ width: `${(100 * messages) / most}%` }} />
                </td>
                <td class="number">{formatCount(messages)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function Model({ report: { model } }: { readonly report: PipelineReport }) {
  const { figures } = model;
  return (
    <Panel title="Model">
      <Facts
        rows={[
          ['Version', model.version],
          ['Languages', model.languages.join(', ')],
          ['Reads', `${formatWhole(model.maxTokens)} tokens of a post`],
          ['Size', formatBytes(model.bytes)],
          ['Temperature', formatFactor(model.temperature)],
          ['Macro recall', figures ? formatFineShare(figures.macroRecall) : nothing],
          ['Accuracy', figures ? formatFineShare(figures.accuracy) : nothing],
          ['Calibration error', figures ? formatFineShare(figures.calibrationError) : nothing],
        ]}
      />
    </Panel>
  );
}

function Storage({ report: { storage } }: { readonly report: PipelineReport }) {
  if (storage === null)
    return (
      <Panel title="Storage">
        <p class="empty">The database does not tell this user how much it holds.</p>
      </Panel>
    );
  const total = storage.reduce((sum, { bytes }) => sum + bytes, 0);
  return (
    <Panel title="Storage" hint={formatBytes(total)}>
      <table>
        <thead>
          <tr>
            <th scope="col">Table</th>
            <th scope="col" class="number">
              Rows
            </th>
            <th scope="col" class="number">
              Disk
            </th>
          </tr>
        </thead>
        <tbody>
          {storage.slice(0, 8).map(({ table, rows, bytes }) => (
            <tr key={table}>
              <th scope="row">{table}</th>
              <td class="number">{formatCount(rows)}</td>
              <td class="number">{formatBytes(bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Facts({ rows }: { readonly rows: readonly (readonly [string, string])[] }) {
  return (
    <dl class="facts-list">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Every figure with its place in the report. */
function saveReport(report: PipelineReport): void {
  const rowsOf = (value: unknown, place: string): (readonly Cell[])[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, part]) => rowsOf(part, place ? `${place}.${name}` : name))
      : [[place, typeof value === 'number' || value === null ? value : String(value)]];
  saveCsv(fileName('feedpulse', 'health'), ['figure', 'value'], rowsOf(report, ''));
}
