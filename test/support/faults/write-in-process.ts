import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./writing-process.mjs', import.meta.url));

export interface WritingOrder {
  /** The data folder. */
  readonly folder: string;
  /** Scored posts as NDJSON. */
  readonly file: string;
  /** Posts of the file that are written already. */
  readonly from: number;
  /** Posts a write. */
  readonly batch: number;
  readonly pauseMs?: number;
  /** Whether it computes every figure before it ends. */
  readonly settle?: boolean;
  /** Where it kills itself. */
  readonly die?: { readonly statement: string; readonly when: 'before' | 'after' };
}

export interface Written {
  /** Posts of the file whose rows and marks were acknowledged. */
  readonly upTo: number;
  readonly killed: boolean;
}

/** Runs the writing process to its end, which is SIGKILL `killAfterMs` after it is ready where that is given. */
export async function writeInProcess(order: WritingOrder, killAfterMs?: number): Promise<Written> {
  const child = spawn(process.execPath, [script, JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  let timer: NodeJS.Timeout | undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (killAfterMs !== undefined && !timer) timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]; // Node's own event
  clearTimeout(timer);
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the writing process ended with ${code ?? signal}`);
  const upTo = Number([...output.matchAll(/written (\d+)\n/g)].at(-1)?.[1] ?? order.from);
  return { upTo, killed: signal === 'SIGKILL' };
}
