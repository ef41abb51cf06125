import { z } from 'zod';
import { previewBrand } from '../../analytics/search/preview-brand.ts';
import { brand as brandBody } from '../../config/ingest.ts';
import { readSettingChanges, type SettingChange, settingKinds } from '../../sink/queries/setting-changes.ts';
import type { App } from '../http/create-app.ts';
import { notFound } from '../http/problem.ts';
import type { ApiDeps, BrandEntry } from './dependencies.ts';
import { plainPost } from './posts.ts';
import { count, timestamp } from './response-schemas.ts';

const path = '/api/v1/settings';
const maxChanges = 200;
const editor = { role: 'editor' } as const;

const duration = z.string().nullable().describe('Such as 30d; null: kept forever');
const settingsResponse = z.strictObject({
  retention: z.strictObject({ posts: duration, scores: duration, rollupMinute: duration, rollup15m: duration }),
});

const brandEntry = z.strictObject({
  name: z.string(),
  aliases: z.array(z.string()),
  exclude: z.array(z.string()),
  timeZone: z.string(),
  country: z.string().nullable(),
  official: z.array(z.string()),
  isConfigured: z.boolean().describe('Whether it is in the config, and can only be changed there'),
  changedBy: z.string().nullable().describe('Null if it is in the config; empty without authentication'),
  changedAt: timestamp.nullable(),
});
export const brandSettingsResponse = z.strictObject({ brands: z.array(brandEntry).describe('Those of the config first') });
export type BrandSetting = z.output<typeof brandEntry>;

export const brandPreviewResponse = z.strictObject({
  from: timestamp,
  to: timestamp,
  posts: count.describe('Matching posts of the last 30 days'),
  known: count.describe('Those that count for a brand of this name already'),
  isEstimate: z.boolean().describe('Whether the counts are estimated from a random part of the posts'),
  days: z
    .array(z.strictObject({ day: z.iso.date(), posts: count }))
    .readonly()
    .describe("Days in the brand's time zone"),
  examples: z.array(plainPost).readonly().describe('A random sample'),
});

const change = z.strictObject({
  kind: z.enum(settingKinds),
  name: z.string(),
  action: z.enum(['added', 'changed', 'removed']),
  by: z.string().describe('Empty without authentication'),
  at: timestamp,
  value: z.looseObject({}).nullable().describe('The new value; null if it was removed'),
  previous: z.looseObject({}).nullable().describe('The value before; null if there was none'),
});
export const settingChangesResponse = z.strictObject({ changes: z.array(change).describe('Newest first') });
export type SettingChangeResponse = z.output<typeof change>;

/** Settings that can be changed while feedpulse runs, and their audit log. */
export function registerSettingsRoutes(app: App, deps: ApiDeps): void {
  const { maintenance, reader } = deps;

  const schema = { summary: 'Settings that are not kept in the database', response: { 200: settingsResponse } };
  app.get(path, { config: editor, schema }, async () => {
    const { posts = null, scores = null, rollupMinute, rollup15m = null } = maintenance.retention;
    return { retention: { posts, scores, rollupMinute, rollup15m } };
  });

  const changesSchema = { summary: `The last ${maxChanges} changes of settings`, response: { 200: settingChangesResponse } };
  app.get(`${path}/changes`, { config: editor, schema: changesSchema }, async () => ({
    changes: (await readSettingChanges(reader, maxChanges)).map(toChange),
  }));
  registerBrandSettings(app, deps);
}

function registerBrandSettings(app: App, { brandSettings, heavyReader, clock }: ApiDeps): void {
  const response = { 200: brandSettingsResponse };
  const list = () => ({ brands: brandSettings.entries().map(toBrandEntry) });

  const listSchema = { summary: 'Brands with their settings', response };
  app.get(`${path}/brands`, { config: editor, schema: listSchema }, async () => list());

  const putSchema = { summary: 'Adds a brand, or replaces the one with this name', body: brandBody, response };
  app.put(`${path}/brands`, { config: editor, schema: putSchema }, async ({ body, caller }) => {
    await brandSettings.put(body, caller?.name ?? '');
    return list();
  });

  const removeQuery = z.strictObject({ name: z.string().min(1).max(100) });
  const removeSchema = {
    summary: 'Removes a brand; its posts keep it until brands are reapplied',
    querystring: removeQuery,
    response,
  };
  app.delete(`${path}/brands`, { config: editor, schema: removeSchema }, async ({ query, caller }) => {
    if (!(await brandSettings.remove(query.name, caller?.name ?? ''))) throw notFound(`No brand is called ${query.name}.`);
    return list();
  });

  const previewSchema = {
    summary: 'What a brand would match in the posts of the last 30 days; nothing is changed',
    body: brandBody,
    response: { 200: brandPreviewResponse },
  };
  app.post(`${path}/brands/preview`, { config: { ...editor, heavy: true }, schema: previewSchema }, async ({ body }) => {
    const { from, to, ...preview } = await previewBrand(heavyReader, body, clock.now());
    return { from: from.toISOString(), to: to.toISOString(), ...preview };
  });
}

const toBrandEntry = ({ brand, isConfigured, changedBy, changedAt }: BrandEntry): BrandSetting => ({
  ...brand,
  country: brand.country ?? null,
  official: brand.official ?? [],
  isConfigured,
  changedBy: changedBy ?? null,
  changedAt: changedAt === undefined ? null : new Date(changedAt).toISOString(),
});

function toChange({ kind, name, value, previous, changedBy, changedAt }: SettingChange): SettingChangeResponse {
  const parse = (json: string): Record<string, unknown> | null => (json === '' ? null : (JSON.parse(json) as Record<string, unknown>)); // as it was stored
  const action = value === '' ? 'removed' : previous === '' ? 'added' : 'changed';
  return { kind, name, action, by: changedBy, at: new Date(changedAt).toISOString(), value: parse(value), previous: parse(previous) };
}
