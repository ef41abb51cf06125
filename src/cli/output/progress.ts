import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  /** Sets the completed count; the first call shows the bar. Without `total`, only the count is shown. */
  update(done: number, total?: number): void;
  stop(): void;
}

/** A progress bar on standard error if it is a TTY, else a no-op. */
export function createProgress(title: string): Progress {
  if (!process.stderr.isTTY) return { update: () => {}, stop: () => {} };
  const startedAt = performance.now();
  let bar: SingleBar | undefined;
  return {
    update: (done, total = 0) => {
      bar ??= startBar(title, total);
      bar.update(done, { speed: Math.round(done / Math.max(0.001, (performance.now() - startedAt) / 1_000)) });
    },
    stop: () => bar?.stop(),
  };
}

function startBar(title: string, total: number): SingleBar {
  const counted = `${title} {value} · {speed}/s`;
  const format = total > 0 ? `${title} {bar} {percentage}% · {value}/{total} · {speed}/s · {eta_formatted} left` : counted;
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true, etaBuffer: 50 }, Presets.shades_classic);
  bar.start(total, 0, { speed: '–' });
  return bar;
}
