import { cp, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { ClickHouseClient } from '@clickhouse/client';
import type { Database } from '../../../src/sink/client/connection.ts';
import { migrate } from '../../../src/sink/migrations/migrate.ts';
import { quiet } from '../../support/test-database.ts';

/**
 * A database as version 0.1 left it: `tables.jsonl.gz` holds the rows that its own writer stored (authors as the
 * hexadecimal aggregate state), `answers.json.gz` what its queries returned. The posts are synthetic and date from
 * 2095, so that no table's retention removes them.
 */
const fixture = new URL('./fixture-0.1/', import.meta.url);
const migrations = new URL('../../../src/sink/migrations/', import.meta.url);
const lastOf01 = '0010';

const unpack = async (name: string): Promise<string> => gunzipSync(await readFile(new URL(name, fixture))).toString();

type Statistics = 'brands' | 'summaries' | 'recent' | 'comparison' | 'timelines' | 'minutes' | 'breakdown' | 'drivers' | 'settled';
type Posts = 'posts' | 'negative' | 'found' | 'models' | 'modelComparison' | 'storedMinutes';
type Stored = 'alerts' | 'alertFigures' | 'rows' | 'pendingMinutes';
type Answers = { readonly start: number; readonly now: number } & Readonly<Record<Statistics | Posts | Stored, unknown>>;

/** What version 0.1 answered, by query; `start` and `now` are the range of the posts in ms since 1970. */
export async function readAnswers(): Promise<Answers> {
  return JSON.parse(await unpack('answers.json.gz'));
}

/** A folder with the migrations up to one of them. */
export async function migrationsUntil(last: string): Promise<URL> {
  const folder = await mkdtemp(join(tmpdir(), 'feedpulse-migrations-'));
  for (const name of await readdir(migrations))
    if (name.endsWith('.sql') && name.slice(0, 4) <= last) await cp(new URL(name, migrations), join(folder, name));
  return pathToFileURL(`${folder}/`);
}

/** Creates the tables of version 0.1 and fills them. */
export async function restoreVersion01(db: Database): Promise<void> {
  await migrate(db, quiet, { dir: await migrationsUntil(lastOf01) });
  for (const section of (await unpack('tables.jsonl.gz')).split(/^-- /m).slice(1)) {
    const [table = '', ...lines] = section.trim().split('\n');
    if (lines.length > 0 && table !== 'schema_migrations') await insert(db.writer, table, lines);
  }
}

async function insert(client: ClickHouseClient, table: string, lines: readonly string[]): Promise<void> {
  const columns = Object.keys(JSON.parse(lines[0] ?? '{}')).join(', ');
  const state = "CAST(unhex(authors), 'AggregateFunction(uniqCombined64(14), String)')";
  if (!columns.includes('authors')) {
    await client.command({ query: `INSERT INTO ${table} (${columns}) FORMAT JSONEachRow\n${lines.join('\n')}` });
    return;
  }
  // The rows are part of the statement here, whose length is limited.
  for (let at = 0; at < lines.length; at += 200) {
    const rows = `format(JSONEachRow, $rows$${lines.slice(at, at + 200).join('\n')}$rows$)`;
    await client.command({ query: `INSERT INTO ${table} (${columns}) SELECT ${columns.replace('authors', state)} FROM ${rows}` });
  }
}
