import { z } from 'zod';
import { isStandardInput } from '../lib/standard-input.ts';
import { demo, kafka, ndjson } from './ingest.ts';
import { bluesky, mastodon } from './live-sources.ts';
import { type MappingInput, mapping } from './mapping.ts';

/** The sources of posts: `sources`, and `source`, its short form for a single one. */

export const sourceTypes = ['bluesky', 'demo', 'kafka', 'mastodon', 'ndjson'] as const;
export type SourceType = (typeof sourceTypes)[number];

export const source = z
  .enum(sourceTypes)
  .optional()
  .describe(
    'The only source of posts; use `sources` for several. `run` requires one of the two. bluesky: public posts on Bluesky; demo: synthetic posts; kafka: a topic; mastodon: public timelines of Mastodon servers; ndjson: a file or standard input',
  );

const common = {
  name: z
    .string()
    .max(64)
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'expected lower-case letters, digits and dashes, starting with a letter or a digit')
    .optional()
    .describe('Unique name, for the UI, metrics and commands; the type if absent'),
  mapping: mapping
    .optional()
    .describe('Mapping of this source, instead of the top-level one. For bluesky and mastodon it overrides fields of their preset'),
};
const section = (name: SourceType): string => `Settings of this source. Missing ones are taken from the top-level section \`${name}\``;

const entry = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('bluesky'), ...common, bluesky: bluesky.prefault({}).describe(section('bluesky')) }),
  z.strictObject({ type: z.literal('demo'), ...common, demo: demo.prefault({}).describe(section('demo')) }),
  z.strictObject({ type: z.literal('kafka'), ...common, kafka: kafka.prefault({}).describe(section('kafka')) }),
  z.strictObject({ type: z.literal('mastodon'), ...common, mastodon: mastodon.prefault({}).describe(section('mastodon')) }),
  z.strictObject({ type: z.literal('ndjson'), ...common, ndjson: ndjson.prefault({}).describe(section('ndjson')) }),
]);

export const sources = z
  .array(entry)
  .max(100)
  .default([])
  .describe('Several sources in one process, each with its own mapping, dead letters and health. Not together with `source`');

type SourceEntry = z.infer<typeof entry>;

type Named<E> = E extends unknown ? Omit<E, 'name' | 'mapping'> & { readonly name: string; readonly mapping: MappingInput } : never;

/** A source to read: its name, its type with the section of that type, and its mapping. */
export type SourceConfig = Named<SourceEntry>;

/** The part of a config that says where posts come from. */
export interface SourceSettings {
  readonly source?: SourceType | undefined;
  readonly sources: readonly SourceEntry[];
  readonly mapping: MappingInput;
  readonly bluesky: z.infer<typeof bluesky>;
  readonly demo: z.infer<typeof demo>;
  readonly kafka: z.infer<typeof kafka>;
  readonly mastodon: z.infer<typeof mastodon>;
  readonly ndjson: z.infer<typeof ndjson>;
}

/** The sources to read: `sources`, or the one that `source` names; none if neither is set. */
export function configuredSources(config: SourceSettings): readonly SourceConfig[] {
  const { source, sources, mapping } = config;
  if (source !== undefined) return [{ ...toEntry(source, config), name: source, mapping: completeMapping(source, mapping) }];
  return sources.map((entry) => ({
    ...entry,
    name: entry.name ?? entry.type,
    mapping: completeMapping(entry.type, entry.mapping ?? (hasOwnFormat(entry.type) ? {} : mapping)),
  }));
}

/** Mappings of the sources whose messages have a format of their own. A configured mapping overrides single fields. */
const ownMappings: Partial<Record<SourceType, MappingInput>> = {
  bluesky: { preset: 'bluesky-jetstream' },
  mastodon: {
    preset: 'mastodon',
    // IDs are local to a server. The payload of a deletion is the ID.
    id: ['{server}/{payload.id}', '{server}/{payload}'],
    inReplyTo: '{server}/{payload.in_reply_to_id}',
    authorId: '{server}/{payload.account.id}',
  },
};

/** Whether messages of this type have a format of their own, so that the top-level mapping is meant for other sources. */
const hasOwnFormat = (type: SourceType): boolean => ownMappings[type] !== undefined;

const completeMapping = (type: SourceType, mapping: MappingInput): MappingInput =>
  mapping.preset === undefined ? { ...ownMappings[type], ...mapping } : mapping;

function toEntry(type: SourceType, { bluesky, demo, kafka, mastodon, ndjson }: SourceSettings): SourceEntry {
  switch (type) {
    case 'bluesky':
      return { type, bluesky };
    case 'demo':
      return { type, demo };
    case 'kafka':
      return { type, kafka };
    case 'mastodon':
      return { type, mastodon };
    case 'ndjson':
      return { type, ndjson };
  }
}

type Tree = { [key: string]: unknown };

/** Selects one source, from the file, the environment or the command line. */
interface Selection {
  /** Name of an entry, or a type. */
  readonly name: string | undefined;
  /** Whether the config file itself names it, so that the top-level mapping is meant for it. */
  readonly isFromFile: boolean;
  /** A file to read instead of the source, with its name and mapping. */
  readonly input: string | undefined;
}

/**
 * Completes the sections of `sources` from the top-level ones, and applies a selection: it reduces `sources` to the entry
 * of that name, or replaces them with the short form. Works on raw settings, before defaults hide which are set.
 * Returns a problem if the selection is neither the name of an entry nor a type.
 */
export function resolveSources(tree: Tree, { name, isFromFile, input }: Selection): string | undefined {
  const entries = Array.isArray(tree['sources']) ? tree['sources'].filter(isTree) : [];
  for (const entry of entries) inheritSection(entry, tree);
  if (name === undefined)
    return input !== undefined && entries.length > 0 ? 'source: --in requires --source, because the config lists `sources`' : undefined;
  const selected = entries.find((entry) => (entry['name'] ?? entry['type']) === name);
  const type = sourceTypes.find((known) => known === name);
  if (!selected && !type) {
    if (entries.length === 0) return undefined; // the schema reports it
    delete tree['source'];
    const names = entries.map((entry) => entry['name'] ?? entry['type']);
    return `source: no source is named ${name}; the names are ${names.join(', ')}, and the types ${sourceTypes.join(', ')}`;
  }
  const isMappingShared = type === undefined || isFromFile || !hasOwnFormat(type);
  const entry: Tree = selected ?? { type, ...(isMappingShared && { mapping: tree['mapping'] }) };
  delete tree['sources'];
  if (!selected && input === undefined && isMappingShared) return undefined;
  inheritSection(entry, tree);
  tree['sources'] = [input === undefined ? entry : readFile(entry, name, input)];
  delete tree['source'];
  return undefined;
}

function inheritSection(entry: Tree, tree: Tree): void {
  const type = String(entry['type']);
  const [shared, own = {}] = [tree[type], entry[type]];
  if (isTree(shared) && isTree(own)) entry[type] = { ...shared, ...own };
}

/** An entry that reads a file in place of another one. */
function readFile({ type, mapping }: Tree, name: string, path: string): Tree {
  const known = sourceTypes.find((known) => known === type);
  const own = known && hasOwnFormat(known) && (mapping === undefined || isTree(mapping)) ? completeMapping(known, mapping ?? {}) : mapping;
  return { type: 'ndjson', name, ndjson: { path }, ...(own !== undefined && { mapping: own }) };
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Checks of the sources that need more than one setting. */
export function* sourceProblems(config: SourceSettings & { readonly alerts: { readonly topic: string } }): Generator<Problem> {
  const { sources, kafka, alerts } = config;
  yield* duplicateNames(sources);
  yield* missingServers(config);
  // Without entries, the top-level section is checked even if no source is set: another command may use it.
  const clusters = sources.flatMap((entry, index) =>
    entry.type === 'kafka' ? [{ path: ['sources', index, 'kafka'], kafka: entry.kafka }] : [],
  );
  const all = sources.length > 0 ? clusters : [{ path: ['kafka'], kafka }];
  for (const [index, { path, kafka }] of all.entries()) {
    if ((kafka.certFile === undefined) !== (kafka.keyFile === undefined))
      yield { path: [...path, 'certFile'], message: 'certFile and keyFile must be set together' };
    if (kafka.topic === kafka.deadLetterTopic) yield { path: [...path, 'deadLetterTopic'], message: 'must differ from kafka.topic' };
    if ([kafka.topic, kafka.deadLetterTopic].includes(alerts.topic))
      yield { path: ['alerts', 'topic'], message: 'must differ from kafka.topic and kafka.deadLetterTopic' };
    for (const other of all.slice(0, index)) {
      if (!kafka.brokers.some((broker) => other.kafka.brokers.includes(broker))) continue;
      const name = other.path.slice(0, 2).join('.');
      if (kafka.topic === other.kafka.topic) yield { path: [...path, 'topic'], message: `${name} reads this topic too` };
      if (kafka.groupId !== undefined && kafka.groupId === other.kafka.groupId)
        yield { path: [...path, 'groupId'], message: `${name} uses this group too; without the setting, each topic has its own` };
      if (kafka.deadLetterTopic === other.kafka.topic)
        yield { path: [...path, 'deadLetterTopic'], message: `must differ from the topic of ${name}` };
      if (kafka.topic === other.kafka.deadLetterTopic)
        yield { path: [...path, 'topic'], message: `must differ from the dead-letter topic of ${name}` };
    }
  }
}

function* duplicateNames(sources: readonly SourceEntry[]): Generator<Problem> {
  const seen = new Set<string>();
  let readsStandardInput = false;
  for (const [index, entry] of sources.entries()) {
    const name = entry.name ?? entry.type;
    if (seen.has(name)) yield { path: ['sources', index, 'name'], message: `duplicate name ${name}; set another \`name\`` };
    seen.add(name);
    if (entry.type !== 'ndjson' || !isStandardInput(entry.ndjson.path)) continue;
    if (readsStandardInput) yield { path: ['sources', index, 'ndjson', 'path'], message: 'only one source can read standard input' };
    readsStandardInput = true;
  }
}

function* missingServers({ source, sources, mastodon }: SourceSettings): Generator<Problem> {
  const message = 'list at least one server';
  if (source === 'mastodon' && mastodon.servers.length === 0) yield { path: ['mastodon', 'servers'], message };
  for (const [index, entry] of sources.entries())
    if (entry.type === 'mastodon' && entry.mastodon.servers.length === 0)
      yield { path: ['sources', index, 'mastodon', 'servers'], message };
}
