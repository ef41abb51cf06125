import { Command } from 'commander';
import { syntheticBrands } from '../../app/synthetic-brands.ts';
import { duration, milliseconds } from '../../config/schema.ts';
import { demoBrands } from '../../ingest/sources/demo/demo-brands.ts';
import { systemClock } from '../../lib/clock.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { createLog } from '../../lib/log.ts';
import { startProgress } from '../../lib/progress.ts';
import { readTime } from '../../server/routes/query-schemas.ts';
import { openDatabase } from '../../sink/client/connection.ts';
import { migrate } from '../../sink/migrations/migrate.ts';
import { fillHistory } from '../../sink/seed/fill-history.ts';
import { configFrom, parseNumber, type SharedOptions, withSharedOptions } from '../options.ts';

interface Options extends SharedOptions {
  readonly history: string;
  readonly until: string;
  readonly posts: number;
  readonly brands: number;
  readonly seed: number;
  readonly yes?: boolean;
}

const examples = `
The posts are made up by the database itself, a million in a few seconds; no model has read them, so their labels are
invented too (their model version is \`made-up\`). \`feedpulse run\` adds the live demo feed to them.

  $ feedpulse demo --history 1y
  $ feedpulse demo --history 90d --posts 500000 --data-dir /tmp/try
`;

export function demoCommand(): Command {
  return withSharedOptions(new Command('demo'))
    .description('fill a database with a made-up history, to try long ranges at once')
    .option('--history <duration>', 'how far back it goes: 90d, 1y', '1y')
    .option('--until <time>', 'where it ends: ISO 8601, or relative', 'now-1d')
    .option('--posts <number>', 'how many posts', parseNumber, 2_000_000)
    .option('--brands <number>', 'how many invented brands, from 2 to 500', parseNumber, demoBrands.length)
    .option('--seed <number>', 'another seed, another history', parseNumber, 1)
    .option('--yes', 'even where posts of a real feed are stored')
    .addHelpText('after', examples)
    .action(fill);
}

async function fill(options: Options): Promise<void> {
  const { posts, seed, yes = false } = options;
  const config = configFrom(options);
  const log = createLog(config.log.level);
  const { from, to } = rangeOf(options);
  const db = await openDatabase({ clickhouse: config.clickhouse, dataDir: config.dataDir, log });
  try {
    await migrate(db, log);
    const days = Math.ceil((to - from) / dayMs) + 1;
    const filling = startProgress('Posts', posts);
    let computing: ReturnType<typeof startProgress> | undefined;
    const reportDays = (count: number): void => {
      if (!computing) filling.stop();
      computing ??= startProgress('Figures, days', days);
      computing.advance(count);
    };
    try {
      await fillHistory(
        db,
        { posts, from, to, brands: syntheticBrands(options.brands), seed },
        { mixed: yes, reportPosts: filling.advance, reportDays },
      );
    } finally {
      (computing ?? filling).stop();
    }
    process.stdout.write(`${posts.toLocaleString('en')} posts from ${new Date(from).toISOString()} to ${new Date(to).toISOString()}.\n`);
  } finally {
    await db.close();
  }
}

const dayMs = 86_400_000;

function rangeOf({ history, until }: Options): { from: number; to: number } {
  const to = readTime(until, systemClock.now());
  const years = /^(\d{1,2})y$/.exec(history)?.[1];
  const span = years ? Number(years) * 365 * dayMs : duration.safeParse(history).success ? milliseconds(history) : 0;
  if (to === undefined) throw new FeedpulseError('USAGE', `--until: ${until} is no time`);
  if (span < dayMs || span > 10 * 366 * dayMs) throw new FeedpulseError('USAGE', `--history: ${history} is not a duration from 1d to 10y`);
  return { from: to - span, to };
}
