import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createAlertContext } from '../../../src/alerts/notify/alert-context.ts';
import { createMessage } from '../../../src/alerts/notify/message.ts';
import { configSchema } from '../../../src/config/schema.ts';
import type { AlertEvent, AlertTransition, Evaluation } from '../../../src/domain/alert.ts';
import type { ScoredPost } from '../../../src/domain/post.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import type { Database } from '../../../src/sink/client/connection.ts';
import { createRollups } from '../../../src/sink/rollups/rollups.ts';
import { createWriter, type Writer } from '../../../src/sink/writer/writer.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, quiet } from '../../support/test-database.ts';

const to = Math.floor(Date.now() / 3_600_000) * 3_600_000;
const from = to - 900_000;
const story = 'The Brixomel charger melted onto my desk last night and the support told me to keep using it';
const { brands } = configSchema.parse({ brands: [{ name: 'Brixomel', timeZone: 'Europe/Berlin', official: ['@Brixomel'] }] });
let events: AlertEvent[] = [];

let db: Database;
let remove: () => Promise<void>;
let writer: Writer;

beforeAll(async () => {
  ({ db, remove } = await openTestDatabase());
});
afterAll(() => remove());
beforeEach(async () => {
  for (const table of ['posts', 'post_first_seen', 'rollup_dirty_minutes', 'rollup_minute', 'rollup_15m'])
    await db.writer.command({ query: `TRUNCATE TABLE ${table}` });
  writer = createWriter({ db, clock: systemClock, log: quiet, metrics: createMetrics() });
});

/** A negative post of the window. */
function post(index: number, { handle, likes = 0, ...given }: Partial<ScoredPost> & { handle: string; likes?: number }): ScoredPost {
  const createdAt = new Date(from + ((index * 997) % 900_000)).toISOString();
  const author = { id: handle, handle, name: handle, followers: 1 };
  const engagement = { likes, reposts: 0, replies: 0 };
  return scoredPost({
    id: `${index}`,
    brands: ['Brixomel'],
    label: 'negative',
    createdAt,
    updatedAt: createdAt,
    author,
    engagement,
    ...given,
  });
}
/** Twelve invented words that no other index has. */
const sentence = (index: number): string =>
  Array.from({ length: 12 }, (_, place) => `word${index * 31 + place}`.replace(/\d/g, (digit) => 'aeiouyhjvz'[Number(digit)] ?? '')).join(
    ' ',
  );
const others = Array.from({ length: 60 }, (_, index) =>
  post(index, { handle: `user${index % 40}`, likes: index, text: `Brixomel ${sentence(index)} never came` }),
);

async function explain(posts: readonly ScoredPost[], given: Partial<Evaluation> = {}) {
  await writer.write(posts);
  await createRollups({ db, clock: systemClock, log: quiet, metrics: createMetrics() }).catchUp();
  const evaluation: Evaluation = {
    ...{ metric: 'volume', direction: 'up', observed: posts.length, expected: 25, low: 15, high: 38, z: 9, posts: posts.length },
    ...{ from, to, baseline: null, ...given },
  };
  const transition: AlertTransition = {
    ...{ id: 'a', alert: 'a', kind: 'alert', rule: 'r', brand: 'Brixomel', severity: 'warning', at: to, channels: [] },
    ...{ evaluation, state: { status: 'alert', since: to } },
  };
  const context = await createAlertContext({ reader: db.reader, brands: () => brands, readEvents: async () => events })(transition);
  return { context, message: createMessage(transition, context, 'https://feedpulse.example') };
}

test('copies are said to be copies; the examples are three texts by three authors', async () => {
  const copies = Array.from({ length: 200 }, (_, index) =>
    post(1_000 + index, {
      handle: `bot${index}`,
      likes: 1,
      text: `${index % 2 ? 'RT @ines: ' : ''}${story}${index % 3 ? '!' : ` https://t.example/${index}`}`,
    }),
  );
  const { context, message } = await explain([...others, ...copies]);
  expect(context.composition).toEqual({ posts: 260, sameText: 200, official: 0 });
  expect(message.why).toMatch(/^Volume is 10 times the usual .*: 260 posts in 15 minutes against 15 to 38, 200 of them one text\.$/);
  expect(context.examples.map(({ posts }) => posts)).toEqual([200, 1, 1]);
  expect(new Set(context.examples.map(({ author }) => author)).size).toBe(3);
});

test("the brand's own posts are not quoted, unless they are the story", async () => {
  const statement = 'We are looking into reports about our chargers and will post an update here at noon today';
  const own = post(2_000, { handle: 'brixomel', likes: 10_000, text: statement });
  const quoted = await explain([...others, own]);
  expect(quoted.context.examples).toHaveLength(3);
  expect(quoted.context.examples.filter(({ isOfficial }) => isOfficial)).toEqual([]);

  const reposts = Array.from({ length: 90 }, (_, index) =>
    post(3_000 + index, { handle: `fan${index}`, text: `RT @brixomel: ${statement}` }),
  );
  const { context, message } = await explain([...others, own, ...reposts]);
  expect(context.examples[0]).toMatchObject({ author: 'brixomel', isOfficial: true, posts: 91 });
  expect(message.why).toContain('91 of them one text');
});

test('planned events of the brand are named', async () => {
  const event = { id: '1', brands: ['Brixomel'], from: to - 1, to: to + 1, createdBy: '' };
  events = [
    { ...event, name: 'Launch of the lamp', factor: 10 },
    { ...event, name: 'Of another brand', brands: ['Kestrivo'] },
    { ...event, name: 'Later', from: to },
  ];
  const { message } = await explain(others);
  expect(message.why).toMatch(/: 60 posts in 15 minutes against 15 to 38\. Planned then: Launch of the lamp\.$/);
  events = [];
});

test('net sentiment is explained by scored posts, negative volume by negative ones', async () => {
  const happy = Array.from({ length: 30 }, (_, index) =>
    post(4_000 + index, {
      handle: `happy${index}`,
      likes: 500,
      label: 'positive',
      text: `So bright, Brixomel: ${sentence(500 + index)}`,
    }),
  );
  const unscored = Array.from({ length: 10 }, (_, index) =>
    post(5_000 + index, { handle: `x${index}`, label: 'unscored', text: `テスト${index}` }),
  );
  const mood = await explain([...others, ...happy, ...unscored], { metric: 'netSentiment', direction: 'down', posts: 90 });
  expect(mood.context.composition?.posts).toBe(90);
  for (const { text } of mood.context.examples) expect(text).toContain('never came');
  const complaints = await explain([], { metric: 'negativeVolume', posts: 60 });
  expect(complaints.context.composition?.posts).toBe(60);
});
