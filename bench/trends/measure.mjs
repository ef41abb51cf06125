import { withFeedpulse } from '../lib/with-feedpulse.mjs';

/** Response times of a running feedpulse by query, in milliseconds: p50, p95 and maximum. */
export const measureQueries = ({ folder }, queries, rounds) =>
  withFeedpulse(folder, async (address) => {
    const measured = [];
    for (const { name, limit, at } of queries) {
      if (process.stderr.isTTY) process.stderr.write(`… ${name}\n`);
      for (let round = 0; round < 10; round += 1) await timed(address + at(round));
      const times = [];
      for (let round = 0; round < rounds; round += 1) times.push(await timed(address + at(round)));
      times.sort((a, b) => a - b);
      const percentile = (share) => Math.round(times[Math.min(times.length - 1, Math.ceil(times.length * share) - 1)]);
      measured.push({ name, limit, p50: percentile(0.5), p95: percentile(0.95), max: percentile(1) });
    }
    return measured;
  });

async function timed(url) {
  const started = performance.now();
  const response = await fetch(url);
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`${response.status} for ${url}`);
  return performance.now() - started;
}
