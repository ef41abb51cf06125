import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import { DashboardBuilder, QueryVariableBuilder, RowBuilder, VariableRefresh } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { figure, lines } from './panels.ts';
import { otherBoards } from './variables.ts';

/** As provisioning/datasources names it. */
const prometheus: DataSourceRef = { type: 'prometheus', uid: 'feedpulse-prometheus' };
const of = (metric: string, more = '') => `${metric}{instance=~"$instance"${more}}`;
const perSecond = (metric: string) => `rate(${of(metric)}[$__rate_interval])`;
const ask = (expr: string, legend: string) =>
  new DataqueryBuilder().datasource(prometheus).expr(expr).legendFormat(legend).range().refId('A');
const now = (expr: string) => new DataqueryBuilder().datasource(prometheus).expr(expr).instant().refId('A');

/** The 95th percentile of a histogram of seconds. */
const p95 = (metric: string) => `histogram_quantile(0.95, sum by (le) (${perSecond(`${metric}_bucket`)}))`;

/** Whether the pipeline keeps up, and where it does not. */
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
    .description('feedpulse itself: whether it keeps up with its feed. docs/operations.md says what each metric means.')
    .tags(['feedpulse'])
    .time({ from: 'now-3h', to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .link(otherBoards())
    .withVariable(instance);
  return withTrouble(withTimes(withThroughput(withFigures(board))));
}

function withFigures(board: DashboardBuilder): DashboardBuilder {
  return board
    .withPanel(
      figure({
        title: 'Posts',
        description: 'Rows that ClickHouse acknowledged, a second.',
        target: now(`sum(${perSecond('feedpulse_rows_written_total')})`),
        unit: 'cps',
        width: 6,
      }),
    )
    .withPanel(
      figure({
        title: 'Lag',
        description: 'Messages between the committed offsets and the ends of the partitions.',
        target: now(`sum(${of('feedpulse_kafka_lag')})`),
        width: 6,
      }),
    )
    .withPanel(
      figure({
        title: 'From reading to row',
        description: '95 of 100 posts are faster.',
        target: now(p95('feedpulse_row_latency_seconds')),
        unit: 's',
        width: 6,
      }),
    )
    .withPanel(
      figure({
        title: 'Alerts that are on',
        description: 'Of brands, not of this board.',
        target: now(`sum(${of('feedpulse_alerts_active')})`),
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
        description: 'By feed, a second.',
        target: ask(`sum by (source) (${perSecond('feedpulse_posts_read_total')})`, '{{source}}'),
        unit: 'cps',
        width: 12,
      }),
    )
    .withPanel(
      lines({
        title: 'Posts scored',
        description: 'By label, a second; the score cache counts.',
        target: ask(`sum by (label) (${perSecond('feedpulse_posts_scored_total')})`, '{{label}}'),
        unit: 'cps',
        width: 12,
      }),
    )
    .withPanel(
      lines({
        title: 'Lag by partition',
        description: 'A partition that alone falls behind has a slow member, or one key too many.',
        target: ask(`sum by (topic, partition) (${of('feedpulse_kafka_lag')})`, '{{topic}} {{partition}}'),
        width: 12,
      }),
    )
    .withPanel(
      lines({
        title: 'Posts in flight',
        description: 'Read and not yet durable: bounded, whatever the database does.',
        target: ask(`sum by (instance) (${of('feedpulse_posts_in_flight')})`, '{{instance}}'),
        width: 12,
      }),
    );
}

function withTimes(board: DashboardBuilder): DashboardBuilder {
  const time = (title: string, description: string, metric: string) =>
    lines({ title, description, target: ask(p95(metric), '95 %'), unit: 's', width: 8, height: 7 });
  return board
    .withRow(new RowBuilder('Times'))
    .withPanel(time('Inference', 'One micro-batch in the model, waiting for a thread included.', 'feedpulse_inference_seconds'))
    .withPanel(time('Writes', 'One durable write, retries included.', 'feedpulse_write_seconds'))
    .withPanel(time('Judging alerts', 'One look at all rules and brands.', 'feedpulse_alert_evaluation_seconds'))
    .withPanel(
      lines({
        title: 'Event-loop delay',
        description: 'At the 99th percentile of ten seconds.',
        target: ask(of('feedpulse_event_loop_delay_seconds'), '{{instance}}'),
        unit: 's',
        width: 12,
        height: 7,
      }),
    )
    .withPanel(
      lines({
        title: 'Answers from the score cache',
        description: 'The share of posts whose text was scored before.',
        target: ask(`sum(${perSecond('feedpulse_score_cache_hits_total')}) / sum(${perSecond('feedpulse_posts_scored_total')})`, 'share'),
        unit: 'percentunit',
        width: 12,
        height: 7,
      })
        .min(0)
        .max(1),
    );
}

function withTrouble(board: DashboardBuilder): DashboardBuilder {
  return board
    .withRow(new RowBuilder('Trouble'))
    .withPanel(
      lines({
        title: 'Dead letters',
        description: 'By reason, an hour: docs/dead-letters.md has them all.',
        target: ask(`sum by (reason) (increase(${of('feedpulse_dead_letters_total')}[1h]))`, '{{reason}}'),
        width: 8,
      }),
    )
    .withPanel(
      lines({
        title: 'Writes tried again',
        description: 'A second: faults of the database that pass.',
        target: ask(`sum(${perSecond('feedpulse_write_retries_total')})`, 'retries'),
        unit: 'cps',
        width: 8,
      }),
    )
    .withPanel(
      lines({
        title: 'Alert messages',
        description: 'Attempts by outcome, an hour.',
        target: ask(`sum by (channel, outcome) (increase(${of('feedpulse_alert_messages_total')}[1h]))`, '{{channel}} {{outcome}}'),
        width: 8,
      }),
    )
    .withPanel(
      lines({
        title: 'Messages lost at the broker',
        description: 'Deleted before they were read, an hour: anything above zero is a loss.',
        target: ask(`sum by (topic, partition) (increase(${of('feedpulse_kafka_offset_gap_total')}[1h]))`, '{{topic}} {{partition}}'),
        width: 24,
        height: 6,
      }),
    );
}
