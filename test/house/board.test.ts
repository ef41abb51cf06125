import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createMetrics } from '../../src/metrics.ts';
import { createRollups } from '../../src/sink/rollups.ts';
import { createWriter } from '../../src/sink/writer.ts';
import { readText, repository } from '../support/repository.ts';
import { scoredPost } from '../support/scored-post.ts';
import { openTestDatabase, quiet, rowsOf } from '../support/test-database.ts';

interface Board {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly rawSql: string }[] }[];
  readonly templating: { readonly list: readonly { readonly query: string }[] };
}

let opened: Awaited<ReturnType<typeof openTestDatabase>>;

beforeAll(async () => {
  opened = await openTestDatabase();
  const parts = { db: opened.db, clock: systemClock, log: quiet, metrics: createMetrics() };
  const rows = ['positive', 'positive', 'neutral', 'negative', 'unscored'] as const;
  await createWriter(parts).write(rows.map((label, index) => scoredPost({ id: `${index}`, label })));
  await createRollups(parts).settle();
});
afterAll(async () => {
  await opened.remove();
});

/** The query with Grafana's macros and variables filled in, as its data source does. */
function filledIn(sql: string): string {
  return (
    sql
      .replace(
        /\$__timeFilter\((\w+)\)/g,
        "$1 >= toDateTime('2026-11-01 00:00:00', 'UTC') AND $1 <= toDateTime('2026-11-02 00:00:00', 'UTC')",
      )
      .replace(/\$__timeInterval\((\w+)\)/g, 'toStartOfInterval(toDateTime($1), INTERVAL 900 second)')
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is Grafana that fills it in
      .replaceAll('${brand:sqlstring}', "'*','Kestrel'")
  );
}

for (const file of readdirSync(`${repository}dashboards/boards`)) {
  // The board is our own file.
  const board = JSON.parse(readText(`dashboards/boards/${file}`)) as Board;
  describe(file, () => {
    test.each(board.panels)('$title', async ({ targets }) => {
      for (const { rawSql } of targets) expect((await rowsOf(opened.db, filledIn(rawSql))).length).toBeGreaterThan(0);
    });

    test('offers the brands that there are', async () => {
      expect(await rowsOf(opened.db, board.templating.list[0]?.query ?? '')).toEqual([{ brand: '*' }, { brand: 'Kestrel' }]);
    });
  });
}

test('net sentiment is that of the formula', async () => {
  const board = JSON.parse(readText('dashboards/boards/overview.json')) as Board;
  const panel = board.panels.find(({ title }) => title === 'Brands');
  // 2 positive, 1 neutral, 1 negative; the unscored post counts as volume alone.
  expect(await rowsOf(opened.db, filledIn(panel?.targets[0]?.rawSql ?? ''))).toMatchObject([{ brand: 'Kestrel', 'net sentiment': 25 }]);
});
