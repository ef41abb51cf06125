import { StackingMode } from '@grafana/grafana-foundation-sdk/common';
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { annotations } from './alert-queries.ts';
import * as queries from './brand-queries.ts';
import { clickhouse, rows, series } from './clickhouse.ts';
import { bars, lines, stackedBars, stat, table } from './panels.ts';
import { boardLinks, multiSelect, webUiUrl } from './variables.ts';

const formula =
  'Net sentiment = 100 · (positive − negative) / (positive + negative + neutral), corrected for errors of the model as far as a brand is calibrated (see the table of brands).';
const unscored = 'Posts in unsupported languages count towards volume, not sentiment.';
const twice = 'A post that names two brands counts once for each.';
/** A link to the same range in feedpulse's web UI. */
const inWebUi = (brand = '') =>
  new DashboardLinkBuilder('Open in feedpulse').targetBlank(true).url(`\${webUi}/?${brand}from=\${__from:date:iso}&to=\${__to:date:iso}`);

const alerts = () =>
  new AnnotationQueryBuilder().name('Alerts').datasource(clickhouse).enable(true).iconColor('#c4553b').target(rows(annotations));

/** Volume, sentiment, segments and top posts of the selected brands. */
export function brandsBoard(): DashboardBuilder {
  const board = new DashboardBuilder('Brands')
    .uid('feedpulse-brands')
    .description('Sentiment and volume of brands, from the rollups of feedpulse.')
    .tags(['feedpulse'])
    .time({ from: 'now-24h', to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .link(boardLinks())
    .annotation(alerts())
    .withVariable(multiSelect('brand', 'Brand', queries.brandNames, '*'))
    .withVariable(multiSelect('platform', 'Platform', queries.platformNames))
    .withVariable(multiSelect('lang', 'Language', queries.languageNames))
    .withVariable(webUiUrl());
  return withPosts(withSegments(withTimeSeries(withStats(board))));
}

function withStats(board: DashboardBuilder): DashboardBuilder {
  return board
    .withPanel(stat({ title: 'Net sentiment', description: formula, target: rows(queries.netNow), unit: 'none' }).decimals(1))
    .withPanel(stat({ title: 'Posts', description: `${unscored} ${twice}`, target: rows(queries.postsNow) }))
    .withPanel(
      stat({
        title: 'Negative share',
        description: 'Negative posts / scored posts.',
        target: rows(queries.negativeShareNow),
        unit: 'percentunit',
      }).decimals(1),
    )
    .withPanel(
      stat({ title: 'Unscored share', description: unscored, target: rows(queries.unscoredShareNow), unit: 'percentunit' }).decimals(1),
    )
    .withPanel(
      stat({
        title: 'Distinct authors',
        description: 'Approximate, within about 1%; not counted for ranges over eight days.',
        target: rows(queries.authorsNow),
        width: 4,
      }),
    );
}

function withTimeSeries(board: DashboardBuilder): DashboardBuilder {
  const band = { title: 'Net sentiment with 95% interval', target: series(queries.netOverTime), unit: 'none', width: 12 };
  const net = lines({ ...band, description: `${formula} Gaps are buckets without any post.` })
    .min(-100)
    .max(100)
    .decimals(0)
    .interval('15m')
    .dataLinks([inWebUi()])
    .overrideByName('low', [
      { id: 'custom.lineWidth', value: 0 },
      { id: 'custom.hideFrom', value: { legend: true, tooltip: false, viz: false } },
    ])
    .overrideByName('high', [
      { id: 'custom.lineWidth', value: 0 },
      { id: 'custom.fillBelowTo', value: 'low' },
      { id: 'custom.fillOpacity', value: 12 },
      { id: 'custom.hideFrom', value: { legend: true, tooltip: false, viz: false } },
    ]);
  const posts = { title: 'Posts by label', description: `${unscored} ${twice}`, target: series(queries.postsOverTime), width: 12 };
  return board
    .withRow(new RowBuilder('Over time'))
    .withPanel(net)
    .withPanel(stackedBars(posts).interval('15m').dataLinks([inWebUi()]));
}

function withSegments(board: DashboardBuilder): DashboardBuilder {
  const voice = {
    title: 'Share of voice',
    description: `Mentions of a brand / mentions of all selected brands. ${twice}`,
    target: series(queries.shareOfVoice),
    width: 8,
  };
  return board
    .withRow(new RowBuilder('Breakdowns'))
    .withPanel(stackedBars(voice, StackingMode.Percent).interval('15m'))
    .withPanel(bars({ title: 'By platform', description: 'Posts by label.', target: rows(queries.byPlatform), width: 8 }))
    .withPanel(
      bars({
        title: 'By language',
        description: 'Posts by label; `und` is an undetermined language.',
        target: rows(queries.byLanguage),
        width: 8,
      }),
    );
}

function withPosts(board: DashboardBuilder): DashboardBuilder {
  const brands = {
    title: 'Brands',
    description: `${formula} low and high: 95% interval. counted: from the counts of posts alone.`,
    target: rows(queries.brandTable),
    width: 10,
  };
  const topNegative = {
    title: 'Negative posts with the most engagement',
    description: 'Sorted by likes, reposts and replies. Corrected labels are applied.',
    target: rows(queries.topNegativePosts),
    width: 14,
  };
  return board
    .withRow(new RowBuilder('Brands and posts'))
    .withPanel(
      table(brands)
        .decimals(1)
        .overrideByName('posts', [{ id: 'decimals', value: 0 }])
        .overrideByName('negative share', [{ id: 'unit', value: 'percentunit' }])
        .overrideByName('brand', [{ id: 'links', value: [inWebUi('brand=${__value.raw:percentencode}&').build()] }]),
    )
    .withPanel(
      table(topNegative)
        .overrideByName('text', [{ id: 'custom.minWidth', value: 320 }])
        .overrideByName('url', [
          { id: 'links', value: [new DashboardLinkBuilder('Open the post').targetBlank(true).url('${__value.raw}').build()] },
        ]),
    );
}
