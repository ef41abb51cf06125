import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import { DashboardBuilder, QueryVariableBuilder, RowBuilder, VariableRefresh } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { lines, stat } from './panels.ts';
import { boardLinks } from './variables.ts';

/** Its uid is set in provisioning/datasources. */
const prometheus: DataSourceRef = { type: 'prometheus', uid: 'feedpulse-prometheus' };
const select = (metric: string, more = '') => `${metric}{instance=~"$instance"${more}}`;
const perSecond = (metric: string) => `rate(${select(metric)}[$__rate_interval])`;
const range = (expr: string, legend: string) =>
  new DataqueryBuilder().datasource(prometheus).expr(expr).legendFormat(legend).range().refId('A');
const instant = (expr: string) => new DataqueryBuilder().datasource(prometheus).expr(expr).instant().refId('A');

/** The 95th percentile of a histogram of seconds. */
const p95 = (metric: string) => `histogram_quantile(0.95, sum by (le) (${perSecond(`${metric}_bucket`)}))`;

/** Throughput, lag, latency and errors of the pipeline. */
export function pipelineBoard(): DashboardBuilder {
  const instance = new QueryVariableBuilder('instance')
    .label('Process')
    .datasource(prometheus)
    .query({ qryType: 1, query: 'label_values(feedpulse_posts_in_flight, instance)', refId: 'A' })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: ['All'], value: ['$__all'] });
  const board = new DashboardBuilder('Pipeline')
    .uid('feedpulse-pipeline')
    .description('Throughput, lag, latency and errors of feedpulse. docs/operations.md describes each metric.')
    .tags(['feedpulse'])
    .time({ from: 'now-3h', to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .link(boardLinks())
    .withVariable(instance);
  return withErrors(withLatency(withThroughput(withStats(board))));
}

function withStats(board: DashboardBuilder): DashboardBuilder {
  return board
    .withPanel(
      stat({
        title: 'Posts stored',
        description: 'Rows acknowledged by ClickHouse per second.',
        target: instant(`sum(${perSecond('feedpulse_rows_written_total')})`),
        unit: 'cps',
        width: 6,
      }),
    )
    .withPanel(
      stat({
        title: 'Lag',
        description: 'Consumer lag: messages after the committed offsets.',
        target: instant(`sum(${select('feedpulse_kafka_lag')})`),
        width: 6,
      }),
    )
    .withPanel(
      stat({
        title: 'Latency (p95)',
        description: 'Time from reading a post to its acknowledged row.',
        target: instant(p95('feedpulse_row_latency_seconds')),
        unit: 's',
        width: 6,
      }),
    )
    .withPanel(
      stat({
        title: 'Firing alerts',
        description: 'Alerts that are firing.',
        target: instant(`sum(${select('feedpulse_alerts_active')})`),
        width: 6,
      }),
    );
}

function withThroughput(board: DashboardBuilder): DashboardBuilder {
  return board
    .withRow(new RowBuilder('Throughput'))
    .withPanel(
      lines({
        title: 'Posts read',
        description: 'Posts per second by source.',
        target: range(`sum by (source) (${perSecond('feedpulse_posts_read_total')})`, '{{source}}'),
        unit: 'cps',
        width: 12,
      }),
    )
    .withPanel(
      lines({
        title: 'Posts scored',
        description: 'Posts per second by label, including cache hits.',
        target: range(`sum by (label) (${perSecond('feedpulse_posts_scored_total')})`, '{{label}}'),
        unit: 'cps',
        width: 12,
      }),
    )
    .withPanel(
      lines({
        title: 'Lag by partition',
        description: 'If a single partition falls behind, its consumer is slow or its keys are skewed.',
        target: range(`sum by (topic, partition) (${select('feedpulse_kafka_lag')})`, '{{topic}} {{partition}}'),
        width: 12,
      }),
    )
    .withPanel(
      lines({
        title: 'Posts in flight',
        description: 'Posts read but not yet durable (bounded by backpressure).',
        target: range(`sum by (instance) (${select('feedpulse_posts_in_flight')})`, '{{instance}}'),
        width: 12,
      }),
    );
}

function withLatency(board: DashboardBuilder): DashboardBuilder {
  const time = (title: string, description: string, metric: string) =>
    lines({ title, description, target: range(p95(metric), 'p95'), unit: 's', width: 8, height: 7 });
  return board
    .withRow(new RowBuilder('Latency'))
    .withPanel(time('Inference', 'Inference time of a micro-batch, including queueing.', 'feedpulse_inference_seconds'))
    .withPanel(time('Writes', 'Time of a durable write, including retries.', 'feedpulse_write_seconds'))
    .withPanel(time('Alert evaluation', 'Time of an evaluation of all rules and brands.', 'feedpulse_alert_evaluation_seconds'))
    .withPanel(
      lines({
        title: 'Event-loop delay',
        description: '99th percentile over ten seconds.',
        target: range(select('feedpulse_event_loop_delay_seconds'), '{{instance}}'),
        unit: 's',
        width: 12,
        height: 7,
      }),
    )
    .withPanel(
      lines({
        title: 'Score cache hit ratio',
        description: 'Share of posts scored from the cache.',
        target: range(
          `sum(${perSecond('feedpulse_score_cache_hits_total')}) / sum(${perSecond('feedpulse_posts_scored_total')})`,
          'hit ratio',
        ),
        unit: 'percentunit',
        width: 12,
        height: 7,
      })
        .min(0)
        .max(1),
    );
}

function withErrors(board: DashboardBuilder): DashboardBuilder {
  return board
    .withRow(new RowBuilder('Errors'))
    .withPanel(
      lines({
        title: 'Dead letters',
        description: 'Dead letters per hour by reason; docs/dead-letters.md lists the reasons.',
        target: range(`sum by (reason) (increase(${select('feedpulse_dead_letters_total')}[1h]))`, '{{reason}}'),
        width: 8,
      }),
    )
    .withPanel(
      lines({
        title: 'Write retries',
        description: 'Retries of inserts per second, after transient database errors.',
        target: range(`sum(${perSecond('feedpulse_write_retries_total')})`, 'retries'),
        unit: 'cps',
        width: 8,
      }),
    )
    .withPanel(
      lines({
        title: 'Alert notifications',
        description: 'Delivery attempts per hour by channel and outcome.',
        target: range(`sum by (channel, outcome) (increase(${select('feedpulse_alert_messages_total')}[1h]))`, '{{channel}} {{outcome}}'),
        width: 8,
      }),
    )
    .withPanel(
      lines({
        title: 'Messages lost',
        description: 'Messages per hour that the broker deleted before they were read.',
        target: range(`sum by (topic, partition) (increase(${select('feedpulse_kafka_offset_gap_total')}[1h]))`, '{{topic}} {{partition}}'),
        width: 12,
        height: 6,
      }),
    )
    .withPanel(
      lines({
        title: 'Gaps of live sources',
        description: 'Seconds of events per hour that the servers of a source no longer had.',
        target: range(`sum by (source) (increase(${select('feedpulse_stream_gap_seconds_total')}[1h]))`, '{{source}}'),
        width: 12,
        height: 6,
      }),
    );
}
