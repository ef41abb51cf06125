import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Files and sockets that this process may have open at the same time (`ulimit -n`); undefined if there is no limit, or where
 * /proc does not tell.
 * @param root where /proc is, for tests
 */
export function readOpenFileLimit(root = '/'): number | undefined {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync(join(root, 'proc/self/limits'), 'utf8'))?.[1];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined; // not Linux
  }
}

/** How an operator raises the limit; completes "raise the limit …". */
export const raiseOpenFileLimit = 'to 1,024 at least (`ulimit -n`, `LimitNOFILE=` of systemd, `ulimits` of Docker)';
