import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { feedpulse, runCommand } from '../../../support/feedpulse.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-backtest-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileOf(text: string): Promise<string> {
  const file = join(folder, `${Math.random()}.csv`);
  await writeFile(file, text);
  return file;
}

/** Two days of every five minutes, with a surge in the end. */
const series = Array.from({ length: 576 }, (_, index) => {
  const time = new Date(Date.UTC(2026, 4, 1) + index * 300_000).toISOString().slice(0, 19).replace('T', ' ');
  return `${time},${index === 570 ? 900 : 20 + (index % 7)}`;
});
const text = `timestamp,value\n${series.join('\n')}\n`;

test('every row is printed with its expected value, its score, and 1 where an alert starts', async () => {
  const { stdout, stderr } = await feedpulse('alerts', 'backtest', '--csv', await fileOf(text));
  const [head, ...rows] = stdout.trim().split('\r\n');
  expect(head).toBe('timestamp,value,expected,score,alert');
  expect(rows.map((row) => row.split(',').slice(0, 2).join(','))).toEqual(series);
  expect(rows[570]).toMatch(/^2026-05-02 23:30:00,900,23,0\.\d+,1$/);
  expect(rows.filter((row) => row.endsWith(',1'))).toHaveLength(1);
  expect(stderr).toBe('1 alerts in 576 rows.\n');
});

test('JSON is one array; the table shows the rows on which an alert starts', async () => {
  const file = await fileOf(text);
  const json = await feedpulse('alerts', 'backtest', '--csv', file, '--format', 'json');
  const rows: unknown = JSON.parse(json.stdout);
  expect(rows).toHaveLength(576);
  expect(rows).toContainEqual({ timestamp: '2026-05-02 23:30:00', value: 900, expected: 23, score: expect.any(Number), alert: 1 });
  const table = await feedpulse('alerts', 'backtest', '--csv', file, '--format', 'table');
  expect(table.stdout).toMatch(/^TIME +VALUE +EXPECTED +SCORE +ALERT\n2026-05-02 23:30:00 +900 +23 +0\.\d\d +1\n$/);
});

test.each([
  ['no such columns', 'when,count\n2026-01-01,1\n', /line 2: expected the columns timestamp and value/],
  ['no time', 'timestamp,value\nsoon\u001b[2J,1\n', /line 2: invalid timestamp soon\\u\{1b\}\[2J/],
  ['a step back', 'timestamp,value\n2026-01-02,1\n2026-01-01,1\n', /line 3: timestamp 2026-01-01 is not later than the previous one/],
  ['no number', 'timestamp,value\n2026-01-01,=1+1\n', /line 2: value =1\+1 is not a number/],
  ['an infinite number', 'timestamp,value\n2026-01-01,1e999\n', /line 2: value 1e999 is not a number/],
  ['no CSV', 'timestamp,value\n"2026-01-01,1\n', /invalid CSV \(CSV_QUOTE_NOT_CLOSED\)/],
])('a file with %s is rejected with the line number', async (_, content, message) => {
  const { code, output } = await runCommand(['alerts', 'backtest', '--csv', await fileOf(content)]);
  expect(code).toBe(3);
  expect(output).toMatch(/^FILE_INACCESSIBLE: .*\n$/);
  expect(output).toMatch(message);
});

test('a missing file is an error', async () => {
  expect(await runCommand(['alerts', 'backtest', '--csv', join(folder, 'none.csv')])).toMatchObject({ code: 3 });
});

test('a reader that leaves early, such as `head`, ends the command without an error', async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `${new Date(index * 300_000).toISOString()},${index % 7}`);
  const file = await fileOf(`timestamp,value\n${lines.join('\n')}\n`);
  const child = spawn(process.execPath, ['bin/feedpulse.cjs', 'alerts', 'backtest', '--csv', file]);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (stderr += part));
  child.stdout.once('data', () => child.stdout.destroy());
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  // The summary may be printed before or after the reader has left.
  expect(stderr).toMatch(/^(\d+ alerts in \d+ rows\.\n)?$/);
});
