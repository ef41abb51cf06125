import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boards } from '../../dashboards/source/boards.ts';
import { calibrateNet } from '../../src/analytics/calibration/apply.ts';
import { netSentimentInterval } from '../../src/analytics/metrics/intervals.ts';
import type { AlertTransition } from '../../src/domain/alert.ts';
import type { Calibration } from '../../src/domain/calibration.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createMetrics } from '../../src/lib/metrics.ts';
import { putCalibration } from '../../src/sink/queries/calibrations.ts';
import { createRollups } from '../../src/sink/rollups/rollups.ts';
import { createAlertStore } from '../../src/sink/writer/alert-store.ts';
import { createWriter } from '../../src/sink/writer/writer.ts';
import { readText, repository } from '../support/repository.ts';
import { scoredPost } from '../support/scored-post.ts';
import { openTestDatabase, quiet } from '../support/test-database.ts';

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly description?: string;
  readonly targets?: readonly { readonly rawSql?: string; readonly expr?: string }[];
}
interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: string | object;
}
interface Board {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations?: { readonly list: readonly { readonly target?: { readonly rawSql?: string } }[] };
}

/** A name that breaks out of an SQL string literal if it is not encoded. */
const hostile = `x\\' OR 1=1 -- "{brand}" 🙂`;
const noon = Date.UTC(2026, 10, 1, 12);
const minute = 60_000;
let opened: Awaited<ReturnType<typeof openTestDatabase>>;

beforeAll(async () => {
  opened = await openTestDatabase();
  const { db } = opened;
  const deps = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  const labels = ['positive', 'positive', 'neutral', 'negative', 'unscored'] as const;
  const at = (time: number) => new Date(time).toISOString();
  const early = labels.map((label, index) => scoredPost({ id: `${index}`, label, createdAt: at(noon), author: { id: `${index % 2}` } }));
  const late = labels.map((label, index) =>
    scoredPost({
      ...{ id: `late ${index}`, label, createdAt: at(noon + 3 * 3_600_000), brands: ['Kestrel', hostile], platform: hostile },
      url: index === 3 ? 'javascript:alert(1)' : 'https://chirper.example/1',
    }),
  );
  await createWriter(deps).write([...early, ...late]);
  await createRollups(deps).catchUp();
  const store = createAlertStore(db);
  await store.addTransitions([createTransition('alert', noon + 5 * minute), createTransition('resolved', noon + 65 * minute)]);
  await store.addAttempt({ transition: id, channel: 'ops', attempts: 1, outcome: 'waiting', nextAt: noon }, noon + 6 * minute);
  await store.addNote({ alert: id, kind: 'feedback', value: 'noise', by: 'somebody' }, noon + 10 * minute);
});
afterAll(() => opened.remove());

const id = '00000000-0000-4000-8000-000000000001';
function createTransition(kind: AlertTransition['kind'], time: number): AlertTransition {
  const evaluation = { metric: 'volume', direction: 'up', observed: 90, expected: 30, low: 18, high: 44, z: 7.2, posts: 90 } as const;
  return {
    ...{
      id: kind === 'alert' ? id : id.replace(/1$/, '2'),
      alert: id,
      kind,
      rule: hostile,
      brand: 'Kestrel',
      severity: 'warning',
      at: time,
      channels: [],
    },
    evaluation: { ...evaluation, from: noon, to: time, baseline: null },
    state: { status: 'ok', since: time },
  };
}

const sqlString = (values: readonly string[]): string => values.map((value) => `'${value.replaceAll("'", "''")}'`).join(',');
const hex = (text: string): string => Buffer.from(text).toString('hex').toUpperCase();

/** The query with macros and variables expanded, as by the ClickHouse data source and Grafana. */
function interpolate(sql: string, variables: Readonly<Record<string, readonly string[]>> = {}): string {
  const [from, to] = [noon / 1_000 - 3_600, noon / 1_000 + 5 * 3_600].map((time) => `toDateTime(${time})`);
  const values = { brand: ['*', 'Kestrel', hostile], platform: ['chirper', hostile], lang: ['en'], rule: [hostile], ...variables };
  const macros = sql
    .replace(/\$__timeFilter\(([\w.]+)\)/g, `$1 >= ${from} AND $1 <= ${to}`)
    .replace(/\$__timeInterval\(([\w.]+)\)/g, 'toStartOfInterval(toDateTime($1), INTERVAL 900 second)')
    .replaceAll('$__interval_s', '900')
    .replaceAll('$__fromTime', from ?? '')
    .replaceAll('$__toTime', to ?? '');
  return Object.entries(values).reduce((text, [name, list]) => text.replaceAll(`\${${name}:sqlstring}`, sqlString(list.map(hex))), macros);
}

type Row = Readonly<Record<string, string | number | null>>;
/** Runs a query on the read-only connection. */
const runQuery = async (sql: string): Promise<Row[]> => (await opened.db.reader.query({ query: sql, format: 'JSONEachRow' })).json<Row>();

const builtBoards = boards() as Readonly<Record<string, Board>>; // as Grafana documents its model
const panelQuery = (file: string, title: string): string =>
  builtBoards[file]?.panels.find((panel) => panel.title === title)?.targets?.[0]?.rawSql ?? '';
const panelsWithoutRows = (board: Board): Panel[] => board.panels.filter(({ type }) => type !== 'row');

test('the provisioned boards match their source', () => {
  expect(readdirSync(`${repository}dashboards/boards`).sort()).toEqual(Object.keys(builtBoards).sort());
  for (const [file, board] of Object.entries(builtBoards))
    expect(JSON.parse(readText(`dashboards/boards/${file}`)), `${file}: run \`npm run dashboards\``).toEqual(board);
});

describe.each(Object.entries(builtBoards))('%s', (_, board) => {
  test('every panel has a description', () => {
    expect(panelsWithoutRows(board).filter(({ description }) => !description)).toEqual([]);
  });

  const sql = panelsWithoutRows(board).flatMap(({ title, type, targets = [] }) =>
    targets.flatMap(({ rawSql }) => (rawSql ? [{ title, type, rawSql }] : [])),
  );
  test.runIf(sql.length > 0).each(sql)('$title returns rows, with a time column if it is a time series', async ({ type, rawSql }) => {
    const found = await runQuery(interpolate(rawSql));
    expect(found.length).toBeGreaterThan(0);
    const columns = Object.keys(found[0] ?? {});
    if (type === 'timeseries') expect(columns[0]).toBe('time');
    expect(found.some((row) => columns.some((column) => column !== 'time' && row[column] !== null))).toBe(true);
  });

  const variables = board.templating.list.flatMap(({ name, query }) =>
    typeof query === 'string' && query.startsWith('SELECT') ? [{ name, query }] : [],
  );
  test.runIf(variables.length > 0).each(variables)('the options of $name are hex-encoded', async ({ query }) => {
    const options = await runQuery(query);
    expect(options.length).toBeGreaterThan(0);
    for (const { value, name } of options) expect(value).toBe(hex(String(name)));
  });

  test('alert annotations have a title and a text', async () => {
    for (const { target } of board.annotations?.list ?? [])
      if (target?.rawSql)
        expect(await runQuery(interpolate(target.rawSql))).toMatchObject([
          { title: `Kestrel: ${hostile}`, text: 'volume up to 90, 30 expected', tags: 'warning' },
        ]);
  });
});

test('net sentiment has the interval of docs/metrics.md, and buckets without posts are gaps', async () => {
  const rows = await runQuery(interpolate(panelQuery('brands.json', 'Net sentiment with 95% interval'), { brand: ['Kestrel'] }));
  expect(rows).toHaveLength(13);
  const interval = netSentimentInterval(2, 1, 1);
  for (const row of [rows[0], rows.at(-1)]) {
    // 2 positive, 1 neutral, 1 negative; the unscored post counts towards volume only.
    expect(row?.['net']).toBeCloseTo(25);
    expect(row?.['low']).toBeCloseTo(interval?.low ?? Number.NaN, 1);
    expect(row?.['high']).toBeCloseTo(interval?.high ?? Number.NaN, 1);
  }
  expect(rows.slice(1, -1).filter(({ net, low, high }) => net !== null || low !== null || high !== null)).toEqual([]);
});

test('a brand without posts has zeros, not gaps, in buckets in which others have posts', async () => {
  const rows = await runQuery(interpolate(panelQuery('brands.json', 'Posts by label'), { brand: [hostile] }));
  expect(
    [rows[0]?.['negative'], rows[1]?.['negative'], rows.at(-1)?.['positive']].map((count) => (count === null ? null : Number(count))),
  ).toEqual([0, null, 2]);
});

test('variables filter the metrics, even with hostile values', async () => {
  const posts = async (variables: Record<string, string[]>) =>
    Number((await runQuery(interpolate(panelQuery('brands.json', 'Posts'), variables)))[0]?.['posts']);
  expect(await posts({ brand: ['*'] })).toBe(10);
  expect(await posts({ brand: [hostile] })).toBe(5);
  expect(await posts({ brand: ['*'], platform: [hostile] })).toBe(5);
  expect(await posts({ brand: ["x'"], platform: ['chirper'] })).toBe(0);
});

test('links of posts are http(s) URLs or empty', async () => {
  const rows = await runQuery(interpolate(panelQuery('brands.json', 'Negative posts with the most engagement')));
  expect(rows.map(({ url }) => url)).toEqual(expect.arrayContaining(['']));
  for (const { url } of rows) expect(url).toMatch(/^(https:\/\/.*)?$/);
});

test('authors are counted only for ranges up to eight days', async () => {
  const query = panelQuery('brands.json', 'Distinct authors');
  const long = query.replaceAll('$__fromTime', `toDateTime(${noon / 1_000 - 9 * 86_400})`);
  expect(Number((await runQuery(interpolate(query, { brand: ['*'] })))[0]?.['authors'])).toBe(2);
  expect((await runQuery(interpolate(long))).map(({ authors }) => Number(authors))).toEqual([0]);
});

describe('the pipeline board', () => {
  const { registry } = createMetrics();
  // prom-client has the label names at runtime, but not in its types.
  const metricLabels = (name: string) => (registry.getSingleMetric(name) as unknown as { labelNames: string[] } | undefined)?.labelNames;
  const queries = panelsWithoutRows(builtBoards['pipeline.json'] as Board).flatMap(({ title, targets = [] }) =>
    targets.map(({ expr = '' }) => ({ title, expr })),
  );

  test.each(queries)('$title uses an existing metric and its labels', ({ expr }) => {
    const names = [...expr.matchAll(/feedpulse_[a-z_]+/g)].map(([name]) => name);
    expect(names.length).toBeGreaterThan(0);
    const metrics = names.map((name) => (metricLabels(name) ? name : name.replace(/_(bucket|sum|count)$/, '')));
    expect(metrics.filter((name) => !metricLabels(name))).toEqual([]);
    const by = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', '));
    const known = ['instance', 'le', ...metrics.flatMap((name) => metricLabels(name) ?? [])];
    expect(by.filter((label) => !known.includes(label))).toEqual([]);
  });
});

test('net sentiment of a calibrated brand is that of the API', async () => {
  const line: Calibration & { readonly basis: 'labels' } = {
    ...{ basis: 'labels', modelVersion: 'model@1.0.0', labels: 300, window: null, level: -20, countedLevel: 10 },
    ...{ slope: 1.4, levelError: 3, slopeError: 0.1 },
  };
  const { maintenance } = opened.db;
  await putCalibration(maintenance, { ...line, brand: 'Kestrel' }, { by: '' });
  const query = interpolate(panelQuery('brands.json', 'Net sentiment with 95% interval'), { brand: ['Kestrel'] });
  const expectLine = async (calibration: Calibration): Promise<void> => {
    const { value, interval } = calibrateNet({ negative: 1, neutral: 1, positive: 2, unscored: 1 }, calibration);
    const [row] = await runQuery(query);
    for (const [name, expected] of Object.entries({ net: value, ...interval }))
      expect([name, row?.[name]]).toEqual([name, expect.closeTo(expected ?? 0, 1)]);
  };
  await expectLine(line);
  // Without labels of its own, those of all posts count, with the error of levels between feeds.
  await putCalibration(maintenance, { ...line, brand: 'Kestrel' }, { by: '', removed: true });
  await putCalibration(maintenance, { ...line, brand: '*', level: -5 }, { by: '' });
  await putCalibration(maintenance, { ...line, brand: 'Kestrel', basis: 'history', levelError: 11 }, { by: '' });
  await expectLine({ ...line, level: -5, levelError: Math.hypot(3, 11) });
  const table = await runQuery(interpolate(panelQuery('brands.json', 'Brands'), { brand: ['Kestrel'] }));
  expect(table).toMatchObject([{ brand: 'Kestrel', counted: expect.closeTo(25), basis: 'calibrated on 300 labeled posts of all brands' }]);
  for (const [brand, basis] of [
    ['*', 'labels'],
    ['Kestrel', 'history'],
  ] as const)
    await putCalibration(maintenance, { ...line, brand, basis }, { by: '', removed: true });
});
