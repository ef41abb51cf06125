import { readText } from '../repository.ts';

/** The grants of deploy/clickhouse/users.sql by user, without the TO clause. */
export function grantsInSql(): Record<string, string[]> {
  const grants = [...readText('deploy/clickhouse/users.sql').matchAll(/^(GRANT .*?) TO (\w+);$/gm)];
  return collect(grants.map(([, grant = '', user = '']) => [user, grant]));
}

/** The grants of deploy/clickhouse/feedpulse-users.xml by user. */
export function grantsInXml(): Record<string, string[]> {
  const users = [...readText('deploy/clickhouse/feedpulse-users.xml').matchAll(/^ {4}<(\w+)>\n(.*?)^ {4}<\/\1>/gms)];
  return collect(
    users.flatMap(([, user = '', body = '']) =>
      [...body.matchAll(/<query>(.*)<\/query>/g)].map(([, grant = '']): [string, string] => [user, grant]),
    ),
  );
}

/** The settings in the reader's profile of one of the files. */
export function readerProfile(file: 'users.sql' | 'feedpulse-users.xml'): Record<string, number> {
  const text = readText(`deploy/clickhouse/${file}`);
  const found = file === 'users.sql' ? text.matchAll(/^ {4}(\w+) = (\d+)[,;]$/gm) : text.matchAll(/^ {6}<(\w+)>(\d+)<\/\1>$/gm);
  return Object.fromEntries([...found].map(([, name = '', value]) => [name, Number(value)]));
}

function collect(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (const [user, grant] of pairs) all[user] = [...(all[user] ?? []), grant];
  return all;
}
