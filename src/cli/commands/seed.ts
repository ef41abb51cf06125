import type { Command } from 'commander';
import { openMigratedDatabase } from '../../app/open-database.ts';
import { syntheticBrands } from '../../app/synthetic-brands.ts';
import { durationSchema, toMilliseconds } from '../../config/schema.ts';
import { demoBrands } from '../../ingest/sources/demo/demo-brands.ts';
import { systemClock } from '../../lib/clock.ts';
import { dayMs } from '../../lib/duration.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { createLog } from '../../lib/log.ts';
import { readTime } from '../../server/routes/query-schemas.ts';
import { seedHistory } from '../../sink/seed/seed-history.ts';
import { loadCommandConfig, parseNumber, type SharedOptions, withSharedOptions } from '../options.ts';
import { formatPosts } from '../output/format.ts';
import { createProgress } from '../output/progress.ts';

interface Options extends SharedOptions {
  readonly history: string;
  readonly until: string;
  readonly posts: number;
  readonly brands: number;
  readonly seed: number;
  readonly yes?: boolean;
}

const examples = `
The database generates the posts itself, a million in a few seconds. Their labels are synthetic, not scored (their model
version is \`synthetic\`). \`feedpulse run --source demo\` adds live demo posts to them.

  $ feedpulse seed --history 1y
  $ feedpulse seed --history 90d --posts 500000 --data-dir /tmp/try
`;

export function defineSeedCommand(command: Command): void {
  withSharedOptions(command)
    .option('--history <duration>', 'length of the history: 90d, 1y', '1y')
    .option('--until <time>', 'end: ISO 8601, or relative such as now-1d', 'now-1d')
    .option('--posts <number>', 'number of posts', parseNumber, 2_000_000)
    .option('--brands <number>', 'number of synthetic brands, 2 to 500', parseNumber, demoBrands.length)
    .option('--seed <number>', 'seed of the random generator', parseNumber, 1)
    .option('--yes', 'seed even if the database contains posts from a real source')
    .addHelpText('after', examples)
    .action(runSeed);
}

async function runSeed(options: Options): Promise<void> {
  const { posts, seed, yes = false } = options;
  const config = loadCommandConfig(options);
  const log = createLog(config.log.level);
  const { from, to } = parseRange(options);
  const db = await openMigratedDatabase(config, log);
  try {
    const days = Math.ceil((to - from) / dayMs) + 1;
    const insertProgress = createProgress('Posts');
    const rollupProgress = createProgress('Rollups, days');
    const done = { posts: 0, days: 0 };
    const onPosts = (count: number): void => {
      done.posts += count;
      insertProgress.update(done.posts, posts);
    };
    const onDays = (count: number): void => {
      if (done.days === 0) insertProgress.stop();
      done.days += count;
      rollupProgress.update(done.days, days);
    };
    try {
      await seedHistory(db, { posts, from, to, brands: syntheticBrands(options.brands), seed }, { allowRealPosts: yes, onPosts, onDays });
    } finally {
      insertProgress.stop();
      rollupProgress.stop();
    }
    process.stdout.write(`${formatPosts(posts)} from ${new Date(from).toISOString()} to ${new Date(to).toISOString()}.\n`);
  } finally {
    await db.close();
  }
}

function parseRange({ history, until }: Options): { from: number; to: number } {
  const to = readTime(until, systemClock.now());
  const years = /^(\d{1,2})y$/.exec(history)?.[1];
  const span = years ? Number(years) * 365 * dayMs : durationSchema.safeParse(history).success ? toMilliseconds(history) : 0;
  if (to === undefined) throw new FeedpulseError('USAGE', `--until: ${until} is not a time.`);
  if (span < dayMs || span > 10 * 366 * dayMs) throw new FeedpulseError('USAGE', `--history: ${history} is not a duration from 1d to 10y.`);
  return { from: to - span, to };
}
