import { z } from 'zod';
import { type DeepReadonly, type MappingFields, mappingFields } from './mapping-fields.ts';
import { presets } from './presets/index.ts';

export type PresetName = keyof typeof presets;

export const presetNames = Object.keys(presets) as PresetName[]; // its own keys

/** The section `mapping`. Its fields have no defaults here, since those of a preset would be overridden by them. */
export const mapping = mappingFields
  .extend({ preset: z.enum(presetNames).optional().describe('Mapping of a well-known format; the other settings override its settings') })
  .describe('Where the fields of a post are found in a message; see docs/mapping.md');

/** A mapping as it is written in the config. */
export type MappingInput = DeepReadonly<z.infer<typeof mapping>>;

/** Applies without a preset. */
export const defaultMapping = {
  platform: 'platform',
  id: 'id',
  text: 'text',
  createdAt: 'createdAt',
  updatedAt: 'updatedAt',
  deleted: 'deleted',
  lang: 'lang',
  url: 'url',
  inReplyTo: 'inReplyTo',
  otherIds: 'otherIds',
  authorId: 'author.id',
  authorHandle: 'author.handle',
  authorName: 'author.name',
  authorFollowers: 'author.followers',
  likes: 'engagement.likes',
  reposts: 'engagement.reposts',
  replies: 'engagement.replies',
  rating: 'rating',
} as const satisfies MappingFields;

/** A mapping with what it inherits from its preset, or from the default mapping. Resolving it again changes nothing. */
export function resolveMapping(input: MappingInput): MappingInput {
  const inherited: MappingFields = input.preset === undefined ? defaultMapping : presets[input.preset];
  return { ...inherited, ...input };
}
