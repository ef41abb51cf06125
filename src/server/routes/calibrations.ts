import { z } from 'zod';
import type { Calibrations, ScoringModel } from '../../analytics/calibration/calibrations.ts';
import { fitStoredLabels, fitTable, readProgress } from '../../analytics/calibration/stored-labels.ts';
import type { CalibrationProgress } from '../../domain/calibration.ts';
import { labels } from '../../domain/post.ts';
import { monotonicNow } from '../../lib/clock.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { runOutsideRequest } from '../../lib/request-scope.ts';
import { countPopulation, drawSample, putCalibration, putLabels, readCalibrations } from '../../sink/queries/calibrations.ts';
import { findFirstSeen, postKey, readPosts } from '../../sink/queries/posts.ts';
import type { App } from '../http/create-app.ts';
import type { ApiDeps } from './dependencies.ts';
import { time, toTimeRange } from './query-schemas.ts';
import { brand, calibration, count, timestamp } from './response-schemas.ts';

const path = '/api/v1/calibrations';
const editor = { role: 'editor' } as const;

const brandName = z.string().min(1).max(100).default('*').describe('A configured brand; `*` is all posts');
const modelVersion = z.string().min(1).max(200).optional().describe('One of the models that score posts, name@version; default: the first');
/** The range of a sample: recent posts, and enough of them. */
const window = { from: time.default('now-28d'), to: time.default('now') };

const sampleQuery = z.strictObject({
  brand: brandName,
  model: modelVersion,
  ...window,
  limit: z.coerce.number().int().min(1).max(1_000).default(20),
  seed: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1)
    .describe('The same seed draws the same posts'),
  unlabeled: z.stringbool().default(false).describe('Leave out posts that already have a label'),
});

const points = z.number().nullable();
const progress = z
  .strictObject({
    labels: count.describe('Labeled posts in the range'),
    posts: count.describe('Posts in the range that the model scored'),
    counted: points.describe('Counted net sentiment of these posts'),
    level: points.describe('Their estimated net sentiment; null with too few labels'),
    margin: points.describe('Half of its 95% interval'),
    usualMargin: points.describe('The margin without labels; null if the error of the model is unknown'),
    labelsNeeded: count.nullable().describe('How many more labels bring the margin to 3 points'),
  })
  .describe('What the labels have brought so far') satisfies z.ZodType<CalibrationProgress>;

const post = { platform: z.string(), id: z.string() };
/** Without the label of the model, which would influence people. */
const samplePost = z.strictObject({
  ...post,
  text: z.string(),
  createdAt: timestamp,
  lang: z.string(),
  author: z.string().nullable().describe('Handle'),
  url: z.string().nullable(),
});
const sampleResponse = z
  .strictObject({ brand, from: timestamp, to: timestamp, posts: z.array(samplePost), progress })
  .describe('Posts in random order');

const key = z.string().min(1).max(256);
const labelsBody = z.strictObject({
  brand: brandName,
  model: modelVersion,
  from: time.optional().describe('Start of the range that was sampled; default: the first of these posts'),
  to: time.optional(),
  labels: z
    .array(z.strictObject({ platform: key, id: key, label: z.enum(labels).nullable().describe('null takes a label back') }))
    .min(1)
    .max(10_000),
});
const labelsResponse = z
  .strictObject({
    saved: count,
    unknown: count.describe('Posts that are not stored'),
    from: timestamp,
    to: timestamp,
    progress,
  })
  .describe('What was saved');

const byLabel = z.strictObject({ negative: count, neutral: count, positive: count });
const fitBody = z
  .strictObject({
    brand: brandName,
    model: modelVersion,
    ...window,
    table: z
      .strictObject({ negative: byLabel, neutral: byLabel, positive: byLabel })
      .optional()
      .describe('Counts of posts that are not stored: table[true label][label of the model]; the range is then ignored'),
  })
  .describe('Fits the stored labels of a range, or a table');
const fitResponse = z.strictObject({ brand, calibration, progress }).describe('The calibration, which is in force from now on');

const listResponse = z
  .strictObject({
    modelVersion: z.string().nullable().describe('The model that scores posts; the first of several'),
    calibrations: z.array(z.strictObject({ brand, ...calibration.shape })),
  })
  .describe('The calibrations of all models that score posts');

/** Random samples, their labels, and the calibrations fitted to them. */
export function registerCalibrationRoutes(app: App, deps: ApiDeps): void {
  registerSampleRoutes(app, deps);
  registerFitRoutes(app, deps);
}

/** @throws USAGE if the manifest of the configured model could not be read, or `version` is no model that scores posts */
function requireModel({ models }: Calibrations, version?: string): ScoringModel {
  const model = version === undefined ? models[0] : models.find(({ id }) => id === version);
  if (!model && models.length > 0)
    throw new FeedpulseError('USAGE', `model: ${version} does not score posts; ${models.map(({ id }) => id).join(', ')} do.`);
  if (!model) throw new FeedpulseError('USAGE', 'The model that scores posts is not known, because its manifest cannot be read.');
  return model;
}

function registerSampleRoutes(app: App, { heavyReader, clock, calibrations, maintenance: { db } }: ApiDeps): void {
  const readPopulation = cachePopulations(() => monotonicNow(clock));

  const sampleSchema = { summary: 'Draws a random sample of posts to label', querystring: sampleQuery, response: { 200: sampleResponse } };
  app.get(`${path}/sample`, { config: editor, schema: sampleSchema }, async ({ query: { from, to, model: version, ...query } }) => {
    const model = requireModel(calibrations, version);
    const range = toTimeRange({ from, to }, clock.now());
    const keys = await drawSample(heavyReader, { ...query, ...range, modelVersion: model.id });
    const posts = await readPosts(heavyReader, keys);
    return {
      ...{ brand: query.brand, ...toIso(range) },
      posts: posts.map(({ platform, id, text, createdAt, lang, author, url }) => ({
        ...{ platform, id, text, createdAt, lang, author: author?.handle || null, url: url ?? null },
      })),
      progress: await readProgress(heavyReader, model, { brand: query.brand, ...range }, readPopulation),
    };
  });

  const labelsSchema = {
    summary: 'Saves labels of sampled posts; they change no count',
    body: labelsBody,
    response: { 200: labelsResponse },
  };
  app.post(
    `${path}/labels`,
    { config: editor, schema: labelsSchema },
    async ({ body: { brand: name, model: version, from, to, labels: given }, caller }) => {
      const model = requireModel(calibrations, version);
      const firstSeen = await findFirstSeen(db.maintenance, given);
      const known = given.flatMap((label) => {
        const createdAt = firstSeen.get(postKey(label));
        return createdAt === undefined ? [] : [{ ...label, minute: Math.floor(createdAt / 60_000) * 60 }];
      });
      if (known.length === 0) throw new FeedpulseError('USAGE', 'labels: none of these posts is stored.');
      await putLabels(db.maintenance, known, { brand: name, by: caller?.name ?? '' });
      const minutes = known.map(({ minute }) => minute).sort((a, b) => a - b);
      const span = { from: minutes[0] ?? 0, to: (minutes.at(-1) ?? 0) + 60 };
      const range = from === undefined ? span : toTimeRange({ from, to: to ?? 'now' }, clock.now());
      return {
        ...{ saved: known.length, unknown: given.length - known.length, ...toIso(range) },
        progress: await readProgress(db.maintenance, model, { brand: name, ...range }, readPopulation),
      };
    },
  );
}

function registerFitRoutes(app: App, { reader, clock, calibrations, maintenance: { db } }: ApiDeps): void {
  const listSchema = { summary: 'Calibrations of net sentiment', querystring: z.strictObject({}), response: { 200: listResponse } };
  app.get(path, { config: { role: 'viewer', cacheable: true }, schema: listSchema }, async () => {
    const { model, models } = calibrations;
    const stored = await Promise.all(models.map(({ id }) => readCalibrations(reader, id)));
    return { modelVersion: model?.id ?? null, calibrations: stored.flat() };
  });

  const fitSchema = { summary: 'Calibrates net sentiment from labeled posts', body: fitBody, response: { 200: fitResponse } };
  app.post(path, { config: editor, schema: fitSchema }, async ({ body: { brand: name, model: version, table, ...range }, caller }) => {
    const model = requireModel(calibrations, version);
    const fitted = table
      ? fitTable(table, { brand: name, window: null, counts: null, model })
      : await fitStoredLabels(db.maintenance, model, { brand: name, ...toTimeRange(range, clock.now()) });
    await putCalibration(db.maintenance, fitted.line, { by: caller?.name ?? '' });
    calibrations.reset();
    const { brand: _, ...line } = fitted.line;
    return { brand: name, calibration: line, progress: fitted.progress };
  });

  const removeSchema = {
    summary: 'Removes the calibration of a brand; its labels stay',
    querystring: z.strictObject({ brand: brandName, model: modelVersion }),
    response: { 200: z.strictObject({ removed: z.boolean() }).describe('Whether there was one') },
  };
  app.delete(path, { config: editor, schema: removeSchema }, async ({ query, caller }) => {
    const stored = await readCalibrations(db.maintenance, requireModel(calibrations, query.model).id);
    const line = stored.find((one) => one.brand === query.brand && one.basis === 'labels');
    if (line) await putCalibration(db.maintenance, line, { by: caller?.name ?? '', removed: true });
    calibrations.reset();
    return { removed: line !== undefined };
  });
}

const toIso = ({ from, to }: { from: number; to: number }) => ({
  from: new Date(1_000 * from).toISOString(),
  to: new Date(1_000 * to).toISOString(),
});

const populationLifetimeMs = 600_000;
const maxPopulations = 50;

/** Counting the posts of a range takes longer than reading the labels, and it is asked for with every label. */
function cachePopulations(now: () => number): typeof countPopulation {
  const known = new Map<string, { readonly at: number; readonly counts: ReturnType<typeof countPopulation> }>();
  return (reader, population) => {
    const name = JSON.stringify(population);
    const cached = known.get(name);
    if (cached && now() - cached.at < populationLifetimeMs) return cached.counts;
    if (known.size >= maxPopulations) known.clear();
    const counts = runOutsideRequest(() => countPopulation(reader, population));
    known.set(name, { at: now(), counts });
    counts.catch(() => known.delete(name));
    return counts;
  };
}
