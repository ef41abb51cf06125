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
import { bars, figure, lines, stackedBars, table } from './panels.ts';
import { choice, otherBoards, pageAddress } from './variables.ts';

const formula = 'Net sentiment = 100 · (positive − negative) / (positive + negative + neutral), over counts of posts.';
const unscored = 'Posts in languages that the model does not know count as volume, never as sentiment.';
const twice = 'A post that names two brands counts once for each.';
/** The same range on feedpulse's page, where the posts behind a figure are. */
const onPage = (brand = '') =>
  new DashboardLinkBuilder('Show in feedpulse').targetBlank(true).url(`\${page}/?${brand}from=\${__from:date:iso}&to=\${__to:date:iso}`);

const alerts = () =>
  new AnnotationQueryBuilder().name('Alerts').datasource(clickhouse).enable(true).iconColor('#c4553b').target(rows(annotations));

/** How people feel about the chosen brands: how much, how, where, and which posts say so. */
export function brandsBoard(): DashboardBuilder {
  const board = new DashboardBuilder('Brands at a glance')
    .uid('feedpulse-overview')
    .description('How people feel about brands, from the figures that feedpulse keeps.')
    .tags(['feedpulse'])
    .time({ from: 'now-24h', to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .link(otherBoards())
    .annotation(alerts())
    .withVariable(choice('brand', 'Brand', queries.brandNames, '*'))
    .withVariable(choice('platform', 'Platform', queries.platformNames))
    .withVariable(choice('lang', 'Language', queries.languageNames))
    .withVariable(pageAddress());
  return withPosts(withPlaces(withHistory(withFigures(board))));
}

function withFigures(board: DashboardBuilder): DashboardBuilder {
  return board
    .withPanel(figure({ title: 'Net sentiment', description: formula, target: rows(queries.netNow), unit: 'none' }).decimals(1))
    .withPanel(figure({ title: 'Posts', description: `${unscored} ${twice}`, target: rows(queries.postsNow) }))
    .withPanel(
      figure({
        title: 'Negative',
        description: 'Of the posts that could be scored.',
        target: rows(queries.negativeShareNow),
        unit: 'percentunit',
      }).decimals(1),
    )
    .withPanel(figure({ title: 'Not scored', description: unscored, target: rows(queries.notScoredNow), unit: 'percentunit' }).decimals(1))
    .withPanel(
      figure({
        title: 'Distinct authors',
        description: 'Approximate, to some 2 %; of ranges of up to eight days.',
        target: rows(queries.authorsNow),
        width: 4,
      }),
    );
}

function withHistory(board: DashboardBuilder): DashboardBuilder {
  const band = { title: 'Net sentiment, with its 95 % interval', target: series(queries.netOverTime), unit: 'none', width: 12 };
  const net = lines({ ...band, description: `${formula} Where nothing arrived at all there is a gap.` })
    .min(-100)
    .max(100)
    .decimals(0)
    .interval('15m')
    .dataLinks([onPage()])
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
    .withPanel(stackedBars(posts).interval('15m').dataLinks([onPage()]));
}

function withPlaces(board: DashboardBuilder): DashboardBuilder {
  const voice = {
    title: 'Share of voice',
    description: `Mentions of a brand in those of all chosen ones. ${twice}`,
    target: series(queries.shareOfVoice),
    width: 8,
  };
  return board
    .withRow(new RowBuilder('Who and where'))
    .withPanel(stackedBars(voice, StackingMode.Percent).interval('15m'))
    .withPanel(bars({ title: 'By platform', description: 'Posts by label.', target: rows(queries.byPlatform), width: 8 }))
    .withPanel(
      bars({
        title: 'By language',
        description: 'Posts by label; `und` is a language that could not be told.',
        target: rows(queries.byLanguage),
        width: 8,
      }),
    );
}

function withPosts(board: DashboardBuilder): DashboardBuilder {
  const brands = {
    title: 'Brands',
    description: `${formula} low and high are the bounds of its 95 % interval.`,
    target: rows(queries.brandTable),
    width: 10,
  };
  const worst = {
    title: 'Negative posts that moved most',
    description: 'By likes, reposts and replies; labels that people corrected count as corrected.',
    target: rows(queries.worstPosts),
    width: 14,
  };
  return board
    .withRow(new RowBuilder('Brands and posts'))
    .withPanel(
      table(brands)
        .decimals(1)
        .overrideByName('posts', [{ id: 'decimals', value: 0 }])
        .overrideByName('negative share', [{ id: 'unit', value: 'percentunit' }])
        .overrideByName('brand', [{ id: 'links', value: [onPage('brand=${__value.raw:percentencode}&').build()] }]),
    )
    .withPanel(
      table(worst)
        .overrideByName('text', [{ id: 'custom.minWidth', value: 320 }])
        .overrideByName('url', [
          { id: 'links', value: [new DashboardLinkBuilder('Open the post').targetBlank(true).url('${__value.raw}').build()] },
        ]),
    );
}
