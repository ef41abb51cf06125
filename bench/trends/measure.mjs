import { runOn } from '../lib/run-on.mjs';

/** Milliseconds that the answers of a running feedpulse took, question by question: median, 95th percentile, most. */
export const measureQuestions = ({ folder }, questions, rounds) =>
  runOn(folder, async (address) => {
    const measured = [];
    for (const { name, limit, at } of questions) {
      if (process.stderr.isTTY) process.stderr.write(`… ${name}\n`);
      for (let round = 0; round < 10; round += 1) await timed(address + at(round));
      const took = [];
      for (let round = 0; round < rounds; round += 1) took.push(await timed(address + at(round)));
      took.sort((a, b) => a - b);
      const percentile = (share) => Math.round(took[Math.min(took.length - 1, Math.ceil(took.length * share) - 1)]);
      measured.push({ name, limit, p50: percentile(0.5), p95: percentile(0.95), most: percentile(1) });
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
