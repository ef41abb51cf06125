import type { ClickHouseClient } from '@clickhouse/client';
import { FeedpulseError } from '../../lib/errors.ts';

/**
 * What a read-only connection lets through all the same, embedded above all: `file()` as a function reads any
 * file, INTO OUTFILE writes one, DESCRIBE fetches an address, `merge()` and `system` show what others do, and
 * some functions call out or only waste time. A parameter of type Identifier is a name that is not in the text.
 * No statement of ours needs any of it.
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
    // Table functions that leave the database.
    's3\\w*|gcs|oss|cosn|hdfs\\w*|azure\\w*|iceberg\\w*|deltalake\\w*|hudi\\w*|paimon\\w*|arrowstream',
    'mysql|postgresql|mongodb|redis|sqlite|jdbc|odbc|ytsaurus|prometheusquery\\w*',
    // A column, too, and forbidden as a call alone.
    'url\\w*\\(',
  ].join('|')})\\(?$`,
  'i',
);

/** A piece of SQL: blank, comment, string, quoted name, word or number, parameter's braces and signs. */
const token =
  /(?<blank>\s+|--[^\n]*|\/\*[\s\S]*?\*\/)|(?<text>'(?:[^'\\]|\\[\s\S]|'')*')|(?<quoted>`[^`\\]*`|"[^"\\]*")|(?<word>[A-Za-z_0-9]+)|(?<sign>[-+*/%=<>!,.:?|()[\]{}])/y;

/** The client, whose `query` passes statements on only where they do nothing but read our own tables. */
export function guardReads(client: ClickHouseClient): ClickHouseClient {
  const query = client.query.bind(client);
  client.query = async (params) => {
    checkReads(params.query);
    return query(params);
  };
  return client;
}

/**
 * Values are bound parameters, so what a user gives never becomes SQL; this is for the day on which one of our
 * statements is built wrongly. Whatever is not understood is refused: a second statement, an escape in a quoted
 * name, an unknown sign.
 * @throws DATABASE_REJECTED, without the statement, which may quote anything.
 */
export function checkReads(sql: string): void {
  const statement = sql.trimEnd().replace(/;$/, '');
  /** Bare and quoted words, each with the parenthesis that makes a call of it. */
  const words: string[] = [];
  let named = false;
  let at = 0;
  while (at < statement.length) {
    token.lastIndex = at;
    const found = token.exec(statement);
    if (!found) throw refused();
    at = token.lastIndex;
    const { blank, quoted, word, sign } = found.groups ?? {};
    if (blank !== undefined) continue;
    const name = quoted?.slice(1, -1).trim() ?? word;
    if (name !== undefined) words.push(name);
    else if (sign === '(' && named) words.push(`${words.pop()}(`);
    named = name !== undefined;
  }
  if (!/^(?:select|with)\(?$/i.test(words[0] ?? '') || words.some((word) => forbidden.test(word))) throw refused();
}

function refused(): FeedpulseError {
  return new FeedpulseError('DATABASE_REJECTED', 'A statement that should only read our tables would do more, and was not sent.');
}
