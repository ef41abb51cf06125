import type { Post } from '../../domain/post.ts';
import type { DeadLetterReason } from '../dead-letters/dead-letter.ts';
import type { ParseMessage } from '../decode/message-parser.ts';
import type { CompiledMapping, MappedField } from '../mapping/compile-mapping.ts';
import { isUsable } from '../mapping/fields.ts';
import { InvalidMessage } from '../mapping/invalid-message.ts';
import { findScopes, type MessageContent, type ParsedMessage, type SkipReason } from '../mapping/parse-message.ts';
import type { Scope } from '../mapping/scope.ts';

/** A message of a sample, as its source would deliver it. */
export interface SampleMessage extends MessageContent {
  readonly bytes: Buffer;
  /** Where it is: `line 12`, or `partition 0, offset 533`. */
  readonly label: string;
}

/** What a message of the sample becomes. */
export interface SampleOutcome {
  readonly label: string;
  readonly posts: readonly Post[];
  readonly skipped?: SkipReason;
  readonly deadLetter?: DeadLetterReason;
}

/** What a mapping makes of a sample of messages. */
export interface SampleAnalysis {
  readonly messages: number;
  /** Messages that become at least one post. */
  readonly postMessages: number;
  /** Posts, deletions included. */
  readonly posts: number;
  readonly deletions: number;
  /** Messages by reason. */
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
  readonly deadLetters: Readonly<Partial<Record<DeadLetterReason, number>>>;
  /** Mapped fields for which no message has a value. */
  readonly neverFound: readonly MappedField[];
  /** By field, values that are there and cannot be used: a URL that is relative, a count that is no number. */
  readonly unusable: Readonly<Partial<Record<MappedField, number>>>;
  readonly outcomes: readonly SampleOutcome[];
}

export interface AnalyzeOptions {
  readonly mapping: CompiledMapping;
  /** The fields to report on. */
  readonly fields: readonly MappedField[];
  readonly parse: ParseMessage;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Parses a sample as a source with this mapping would. Values of fields are looked up only in messages that are JSON. */
export async function analyzeSample(messages: readonly SampleMessage[], options: AnalyzeOptions): Promise<SampleAnalysis> {
  const { parse, now } = options;
  const parsed = await Promise.all(messages.map((message) => parse(message, now)));
  const posts = parsed.flatMap((outcome) => outcome.posts);
  return {
    messages: messages.length,
    postMessages: parsed.filter((outcome) => outcome.posts.length > 0).length,
    posts: posts.length,
    deletions: posts.filter(({ deleted }) => deleted).length,
    skipped: countBy(parsed.flatMap(({ skipped }) => skipped ?? [])),
    deadLetters: countBy(parsed.flatMap(({ rejected }) => rejected ?? [])),
    ...inspectFields(
      messages.filter((_, index) => isPost(parsed[index])),
      options,
    ),
    outcomes: messages.map(({ label }, index) => toOutcome(label, parsed[index] as ParsedMessage)), // one per message
  };
}

/** Deletions have few fields by nature. */
const isPost = (parsed: ParsedMessage | undefined): boolean => parsed?.posts.some(({ deleted }) => !deleted) ?? false;

function toOutcome(label: string, { posts, rejected, skipped }: ParsedMessage): SampleOutcome {
  return {
    label,
    posts,
    ...(skipped === undefined ? {} : { skipped }),
    ...(rejected === undefined ? {} : { deadLetter: rejected }),
  };
}

/** Fields that most feeds lack: one that is never there is no news. */
const rarelyThere: ReadonlySet<MappedField> = new Set(['deleted', 'rating', 'inReplyTo', 'otherIds', 'updatedAt']);

function inspectFields(
  messages: readonly SampleMessage[],
  { mapping, fields, now }: AnalyzeOptions,
): Pick<SampleAnalysis, 'neverFound' | 'unusable'> {
  const scopes = messages.flatMap((message) => scopesOf(message, mapping, now));
  if (scopes.length === 0) return { neverFound: [], unusable: {} };
  const found = fields.map((field) => ({ field, values: scopes.map((scope) => inspectField(field, mapping, scope)) }));
  const unusable = found.map(({ field, values }) => [field, values.filter((value) => value === 'unusable').length] as const);
  const neverFound = found.filter(({ field, values }) => !rarelyThere.has(field) && values.every((value) => value === 'absent'));
  return { neverFound: neverFound.map(({ field }) => field), unusable: Object.fromEntries(unusable.filter(([, count]) => count > 0)) };
}

/** The elements of a message; none if it is not JSON. */
export function scopesOf(message: SampleMessage, mapping: CompiledMapping, now: number): readonly Scope[] {
  try {
    return findScopes(message, mapping, now);
  } catch (thrown) {
    if (thrown instanceof InvalidMessage) return [];
    throw thrown;
  }
}

function inspectField(field: MappedField, { fields }: CompiledMapping, scope: Scope): 'absent' | 'usable' | 'unusable' {
  const values = fields[field]
    .map(({ read }) => read(scope))
    .filter((value) => value !== undefined && value !== null && value !== '' && value !== false);
  if (values.length === 0) return 'absent';
  return values.some((value) => isUsable(field, value)) ? 'usable' : 'unusable';
}

function countBy<T extends string>(values: readonly T[]): Partial<Record<T, number>> {
  const counts: Partial<Record<T, number>> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
