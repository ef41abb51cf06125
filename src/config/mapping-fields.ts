import { z } from 'zod';
import { isTemplate, MappingSyntaxError, parsePath, parseTemplate } from './mapping-syntax.ts';

/** The settings of `mapping` except `preset`; presets consist of them. docs/mapping.md is their reference. */

/** Reports what `parse` throws as a problem of the setting. */
function checkSyntax(parse: (text: string) => unknown): (text: string, context: z.RefinementCtx<string>) => void {
  return (text, context) => {
    try {
      parse(text);
    } catch (thrown) {
      // RegExp throws a SyntaxError.
      if (!(thrown instanceof MappingSyntaxError || thrown instanceof SyntaxError)) throw thrown;
      context.addIssue({ code: 'custom', message: thrown.message });
    }
  };
}

const path = z.string().superRefine(checkSyntax(parsePath)).describe('Path such as author.id');
const pathOrTemplate = z
  .string()
  .superRefine(checkSyntax((text) => (isTemplate(text) ? parseTemplate(text) : parsePath(text))))
  .describe('Path such as author.id, or template such as {title}: {body}');
const elementPath = z.string().superRefine(checkSyntax((text) => parsePath(text, { wildcards: true })));

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const equals = z.strictObject({ path, equals: z.union([scalar, z.array(scalar)]).describe('Value, or list of values') });
const exists = z.strictObject({ path, exists: z.boolean().describe('Whether there is a value other than null') });
const matches = z.strictObject({
  path,
  matches: z
    .string()
    .superRefine(checkSyntax((text) => new RegExp(text, 'u')))
    .describe('Regular expression for the first 1,000 characters of the value'),
});

export type Condition =
  | DeepReadonly<z.infer<typeof equals>>
  | z.infer<typeof exists>
  | z.infer<typeof matches>
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] };

const condition: z.ZodType<Condition, Condition> = z
  .lazy(() =>
    z.union([
      equals,
      exists,
      matches,
      z.strictObject({ all: z.array(condition).min(1).describe('All of these conditions') }),
      z.strictObject({ any: z.array(condition).min(1).describe('At least one of these conditions') }),
    ]),
  )
  .meta({ id: 'condition' });

const oneOrMore = <T extends z.ZodType>(schema: T) => z.union([schema, z.array(schema).min(1)]);
const conditions = oneOrMore(condition).optional();

const when = oneOrMore(condition).describe('The source counts only under this condition');
const source = z
  .union([
    pathOrTemplate,
    z.strictObject({ value: z.union([z.string(), z.number(), z.boolean()]).describe('Constant'), when: when.optional() }),
    z.strictObject({ from: pathOrTemplate, when }),
  ])
  .meta({ id: 'fieldSource' });

export type FieldSource = DeepReadonly<z.infer<typeof source>>;

const field = (description: string) => oneOrMore(source).optional().describe(description);

export const mappingFields = z.strictObject({
  platform: field('Platform of the post'),
  id: field('ID of the post, unique within its platform'),
  text: field("Text of the post. A last { value: '' } allows posts without text"),
  createdAt: field('Date of the post'),
  updatedAt: field('Date of this version of the post'),
  deleted: field('Whether the post was deleted: a flag or the date of the deletion'),
  lang: field('Language as a BCP 47 tag'),
  url: field('Address of the post'),
  inReplyTo: field('ID of the post that it replies to'),
  otherIds: field('Other IDs of the post, such as those of its edits; a deletion may name any of them'),
  authorId: field('ID of the author'),
  authorHandle: field('Handle of the author'),
  authorName: field('Name of the author'),
  authorFollowers: field('Followers of the author'),
  likes: field('Number of likes'),
  reposts: field('Number of reposts'),
  replies: field('Number of replies'),
  rating: field('Stars of a review, 1 to 5'),
  platformName: z.string().min(1).optional().describe('Fixed platform name, for sources whose messages do not contain one'),
  html: z
    .boolean()
    .optional()
    .describe('Whether the text is HTML: tags are removed, and line breaks, mentions and addresses kept. Detected in each text if absent'),
  stripQuotes: z.boolean().optional().describe('Remove quoted lines (> …) and block quotes, unless nothing else is left'),
  forEach: oneOrMore(elementPath).optional().describe('Arrays of posts in a message, such as items.*; each element is mapped by itself'),
  forEachNested: oneOrMore(elementPath).optional().describe('Further elements inside each element, at any depth, such as replies.*'),
  onlyWhen: conditions.describe('Skip messages that do not meet the condition'),
  skipWhen: conditions.describe('Skip messages that meet the condition'),
  deletedWhen: conditions.describe('Messages that meet the condition delete their post'),
  deletesAuthorWhen: conditions.describe('Messages that meet the condition delete all posts of their author'),
});

export type MappingFields = DeepReadonly<z.infer<typeof mappingFields>>;

/** A config is frozen, and presets are constants. */
export type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
