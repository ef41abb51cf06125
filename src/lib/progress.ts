import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  advance(by: number): void;
  stop(): void;
}

/** A bar on standard error while that is a terminal; silence otherwise. `total` 0: a count without an end. */
export function startProgress(what: string, total: number): Progress {
  if (!process.stderr.isTTY) return { advance: () => {}, stop: () => {} };
  const format =
    total > 0 ? `${what} {bar} {percentage} % · {value}/{total} · {speed}/s · {eta_formatted} left` : `${what} {value} · {speed}/s`;
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true, etaBuffer: 50 }, Presets.shades_classic);
  const startedAt = Date.now();
  let done = 0;
  bar.start(total, 0, { speed: '–' });
  return {
    advance: (by) => {
      done += by;
      bar.update(done, { speed: Math.round(done / Math.max(0.001, (Date.now() - startedAt) / 1_000)) });
    },
    stop: () => bar.stop(),
  };
}
