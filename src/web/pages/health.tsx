import type { PipelineReport, Quantiles } from '../../domain/status.ts';
import { fetchPipeline } from '../api/pipeline.ts';
import { Sparkline } from '../charts/sparkline.tsx';
import { DeadLettersPanel } from '../components/dead-letters-panel.tsx';
import { Panel, QueryContent } from '../components/panel.tsx';
import { SaveButtons } from '../components/save-buttons.tsx';
import { describeHealth, SourcesPanel } from '../components/sources-panel.tsx';
import type { Cell } from '../csv.ts';
import { fileName, saveCsv } from '../export-file.ts';
import {
  formatAge,
  formatBytes,
  formatCount,
  formatDecimal,
  formatDelay,
  formatFactor,
  formatInteger,
  formatPercentPrecise,
  noValue,
} from '../format.ts';
import { statusSamples } from '../state/stream.ts';
import { useQuery } from '../state/use-query.ts';

const refreshMs = 5_000;

/** The health of the pipeline: sources, throughput, delays, lag, dead letters, model, storage. */
export function Health() {
  const loaded = useQuery('pipeline', fetchPipeline, refreshMs);
  return (
    <div class="view">
      <QueryContent loaded={loaded} lines={8}>
        {(report) => (
          <>
            <div class="view-head">
              <ComponentStates report={report} />
              <SaveButtons subject="the health of the pipeline" csv={() => saveReport(report)} />
            </div>
            <SourcesPanel sources={report.sources} />
            <div class="grid-panels">
              <Throughput report={report} />
              <Stages report={report} />
              <Lag report={report} />
              <Models report={report} />
              <Storage report={report} />
            </div>
          </>
        )}
      </QueryContent>
      <DeadLettersPanel />
    </div>
  );
}

function ComponentStates({ report: { components, sources, version, startedAt, process } }: { readonly report: PipelineReport }) {
  // The panel of the sources has the state of each.
  const shared = Object.entries(components).filter(([component]) => sources.length === 1 || !component.startsWith('source '));
  const ofSources = sources.length === 1 ? [] : [['sources', describeHealth(sources) ?? 'ok'] as const];
  return (
    <ul class="component-states">
      {[...ofSources, ...shared].map(([component, state]) => (
        <li key={component} class={state === 'ok' ? 'good' : 'bad'}>
          <i class="dot" />
          <b>{component}</b> {state}
        </li>
      ))}
      <li class="quiet">
        feedpulse {version}, up {formatAge(startedAt, Date.now())}, memory {formatBytes(process.memoryBytes)}, event loop delay{' '}
        {formatDelay(process.eventLoopDelaySeconds)}
      </li>
    </ul>
  );
}

function Throughput({ report: { posts, pending, postsPerSecond, lowConfidenceShare, exitShare } }: { readonly report: PipelineReport }) {
  return (
    <Panel title="Throughput" hint={`${formatDecimal(postsPerSecond)} posts/s`}>
      <Sparkline values={statusSamples.value.map((moment) => moment.postsPerSecond)} />
      <DefinitionList
        rows={[
          ['Read', formatInteger(posts.read)],
          ['Scored', formatInteger(posts.scored)],
          ['Written', formatInteger(posts.written)],
          ['In flight', formatInteger(posts.inFlight)],
          ['Pending minutes', pending ? formatInteger(Math.max(pending.minute, pending['15m'])) : noValue],
          ['Cache hits', formatInteger(posts.cacheHits)],
          ['Truncated', formatInteger(posts.truncated)],
          ['Low confidence', formatPercentPrecise(lowConfidenceShare)],
          ['Early exits', formatPercentPrecise(exitShare)],
        ]}
      />
    </Panel>
  );
}

function Stages({ report: { recent } }: { readonly report: PipelineReport }) {
  const stages: readonly (readonly [string, Quantiles | null, (value: number) => string])[] = [
    ['Inference (per batch)', recent.inferenceSeconds, formatDelay],
    ['Database write', recent.writeSeconds, formatDelay],
    ['End to end', recent.ingestLatencySeconds, formatDelay],
    ['Batch size (posts)', recent.batchPosts, (value) => formatInteger(Math.round(value))],
  ];
  return (
    <Panel title="Stages" hint="last minute">
      <table>
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col" class="number">
              p50
            </th>
            <th scope="col" class="number">
              p95
            </th>
          </tr>
        </thead>
        <tbody>
          {stages.map(([name, quantiles, format]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="number">{quantiles ? format(quantiles.p50) : noValue}</td>
              <td class="number">{quantiles ? format(quantiles.p95) : noValue}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Lag({ report: { lag } }: { readonly report: PipelineReport }) {
  const maxMessages = Math.max(1, ...lag.map(({ messages }) => messages));
  return (
    <Panel title="Lag" hint={lag.length > 0 ? `${formatCount(lag.reduce((sum, { messages }) => sum + messages, 0))} messages` : undefined}>
      {lag.length === 0 ? (
        <p class="empty">Not applicable: no source has partitions.</p>
      ) : (
        <table>
          <tbody>
            {lag.map(({ topic, partition, messages }) => (
              <tr key={`${topic} ${partition}`}>
                <th scope="row">
                  <bdi>{topic}</bdi> {partition}
                </th>
                <td class="bar-cell">
                  <i class="bar" style={{ width: `${(100 * messages) / maxMessages}%` }} />
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

function Models({ report: { models } }: { readonly report: PipelineReport }) {
  return models.map((model) => <Model key={model.version} model={model} />);
}

function Model({ model }: { readonly model: PipelineReport['model'] }) {
  const { metrics } = model;
  return (
    <Panel title="Model">
      <DefinitionList
        rows={[
          ['Version', model.version],
          ['Languages', model.languages.join(', ')],
          ['Max tokens', formatInteger(model.maxTokens)],
          ['Size', formatBytes(model.bytes)],
          ['Temperature', formatFactor(model.temperature)],
          ['Macro recall', metrics ? formatPercentPrecise(metrics.macroRecall) : noValue],
          ['Accuracy', metrics ? formatPercentPrecise(metrics.accuracy) : noValue],
          ['Calibration error', metrics ? formatPercentPrecise(metrics.calibrationError) : noValue],
        ]}
      />
    </Panel>
  );
}

function Storage({ report: { storage } }: { readonly report: PipelineReport }) {
  if (storage === null)
    return (
      <Panel title="Storage">
        <p class="empty">
          The database user may not read <code>system.parts</code>, so sizes are unknown.
        </p>
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

function DefinitionList({ rows }: { readonly rows: readonly (readonly [string, string])[] }) {
  return (
    <dl class="definition-list">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Saves every value of the report with its path. */
function saveReport(report: PipelineReport): void {
  const toRows = (value: unknown, path: string): (readonly Cell[])[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, part]) => toRows(part, path ? `${path}.${name}` : name))
      : [[path, typeof value === 'number' || value === null ? value : String(value)]];
  saveCsv(fileName('feedpulse', 'health'), ['metric', 'value'], toRows(report, ''));
}
