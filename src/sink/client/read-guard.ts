import type { ClickHouseClient } from '@clickhouse/client';
import { FeedpulseError } from '../../lib/errors.ts';

/**
 * Limits of one reading statement in seconds, bytes and rows, the same on a server and embedded. Rows of one key are in
 * one partition, so FINAL need not merge across partitions.
 */
export const readLimits = {
  max_execution_time: 20,
  max_memory_usage: 256 * 1024 * 1024,
  max_result_rows: 200_000,
  max_threads: 2,
  do_not_merge_across_partitions_select_final: 1,
  allow_ddl: 0,
  allow_introspection_functions: 0,
} as const;

/**
 * Words that are rejected because `readonly` does not prevent their use, especially on the embedded engine: `file()` reads
 * any file, INTO OUTFILE writes one, DESCRIBE fetches a URL, `merge()` and `system` expose other data, and some functions
 * open connections or waste time. A parameter of type Identifier hides a name. No statement of ours needs them.
 */
const forbidden = new RegExp(
  `^(?:${[
    'file\\w*',
    'into',
    'outfile',
    'infile',
    'describe',
    'explain',
    'show',
    'settings',
    'system',
    'information_schema',
    'merge\\w*',
    'loop',
    'eval',
    'executable',
    'dict\\w*',
    'remote\\w*',
    'cluster|clusterallreplicas',
    'sleep\\w*',
    'ai(?:classify|embed|extract|generate|translate)\\w*',
    'catboost\\w*',
    'naivebayes\\w*',
    'getserversetting',
    'getmacro',
    'identifier',
    'getclienthttpheader',
    'addressto\\w*',
    'zookeeper\\w*',
    // Table functions that read data outside the database.
    's3\\w*|gcs|oss|cosn|hdfs\\w*|azure\\w*|iceberg\\w*|deltalake\\w*|hudi\\w*|paimon\\w*|arrowstream',
    'mysql|postgresql|mongodb|redis|sqlite|jdbc|odbc|ytsaurus|prometheusquery\\w*',
    // Also a column name, so only rejected as a call.
    'url\\w*\\(',
  ].join('|')})\\(?$`,
  'i',
);

/** An SQL token: white space, comment, string, quoted name, word or number, braces of a parameter, operator. */
const token =
  /(?<blank>\s+|--[^\n]*|\/\*[\s\S]*?\*\/)|(?<text>'(?:[^'\\]|\\[\s\S]|'')*')|(?<quoted>`[^`\\]*`|"[^"\\]*")|(?<word>[A-Za-z_0-9]+)|(?<sign>[-+*/%=<>!,.:?|()[\]{}])/y;

/** Restricts the client's `query` to statements that only read our own tables. */
export function guardReads(client: ClickHouseClient): ClickHouseClient {
  const query = client.query.bind(client);
  client.query = async (params) => {
    assertReadOnly(params.query);
    return query(params);
  };
  return client;
}

/**
 * Values are bound parameters, so user input never becomes SQL; this is a second line of defense against a statement
 * that is built wrongly. Anything unknown is rejected: a second statement, an escape in a quoted name, an unknown sign.
 * @throws DATABASE_REJECTED, without the statement, which may contain personal data.
 */
export function assertReadOnly(sql: string): void {
  const statement = sql.trimEnd().replace(/;$/, '');
  /** Bare and quoted words, each with the parenthesis that makes it a call. */
  const words: string[] = [];
  let isName = false;
  let at = 0;
  while (at < statement.length) {
    token.lastIndex = at;
    const found = token.exec(statement);
    if (!found) throw rejected();
    at = token.lastIndex;
    const { blank, quoted, word, sign } = found.groups ?? {};
    if (blank !== undefined) continue;
    const name = quoted?.slice(1, -1).trim() ?? word;
    if (name !== undefined) words.push(name);
    else if (sign === '(' && isName) words.push(`${words.pop()}(`);
    isName = name !== undefined;
  }
  if (!/^(?:select|with)\(?$/i.test(words[0] ?? '') || words.some((word) => forbidden.test(word))) throw rejected();
}

function rejected(): FeedpulseError {
  return new FeedpulseError('DATABASE_REJECTED', 'Blocked a statement that is not a plain read of feedpulse tables.');
}
