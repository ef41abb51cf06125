import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./writer-process.mjs', import.meta.url));

export interface WriteRequest {
  /** The data directory. */
  readonly dataDir: string;
  /** Scored posts as NDJSON. */
  readonly file: string;
  /** Posts to skip. */
  readonly from: number;
  /** Posts per write. */
  readonly batch: number;
  readonly pauseMs?: number;
  /** Whether to recompute all rollups before exiting. */
  readonly recompute?: boolean;
  /** Statement at which the process kills itself. */
  readonly killAt?: { readonly statement: string; readonly when: 'before' | 'after' };
}

export interface Written {
  /** Number of posts in the file whose rows and dirty minutes were acknowledged. */
  readonly upTo: number;
  readonly killed: boolean;
}

/** Runs the writer process; kills it `killAfterMs` after it is ready, if given. */
export async function writeInProcess(request: WriteRequest, killAfterMs?: number): Promise<Written> {
  const child = spawn(process.execPath, [script, JSON.stringify(request)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  let timer: NodeJS.Timeout | undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (killAfterMs !== undefined && !timer) timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]; // Node's own event
  clearTimeout(timer);
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the writer process exited with ${code ?? signal}`);
  const upTo = Number([...output.matchAll(/written (\d+)\n/g)].at(-1)?.[1] ?? request.from);
  return { upTo, killed: signal === 'SIGKILL' };
}
