import type { StoredLabel } from '../../domain/post.ts';
import { minuteMs } from '../../lib/duration.ts';
import { normalizeHandle } from '../../lib/handle.ts';
import { inRange, labelForBrand } from './sql.ts';

/** Conditions on the posts `p` that searches, counts and samples share. */

/** Filter of a search. */
export interface PostFilter {
  readonly label?: StoredLabel | undefined;
  readonly platform?: string | undefined;
  readonly lang?: string | undefined;
  readonly author?: string | undefined;
  readonly minConfidence?: number | undefined;
  readonly maxConfidence?: number | undefined;
  /** Normalized handles: only posts by other accounts. */
  readonly excludedHandles?: readonly string[] | undefined;
  /** Normalized handles: only posts by these accounts. */
  readonly onlyHandles?: readonly string[] | undefined;
}

/** `*` is all posts; with several brands, posts that name any of them. */
export type BrandSelection = string | readonly string[];

/** The handle as `normalizeHandle` normalizes it. */
const handle = "lowerUTF8(trim(LEADING '@' FROM p.author_handle))";

type Conditions = Readonly<Partial<Record<keyof PostFilter, string>>>;

export const rollupConditions: Conditions = { platform: 'r.platform = {platform:String}', lang: 'r.lang = {lang:String}' };

export const postConditions: Conditions = {
  label: `${labelForBrand('{brand:String}')} = {label:String}`,
  platform: 'p.platform = {platform:String}',
  lang: 'p.lang = {lang:String}',
  author: `(p.author_id = {author:String} OR ${handle} = {handle:String})`,
  minConfidence: 'p.confidence >= {minConfidence:Float32}',
  maxConfidence: 'p.confidence <= {maxConfidence:Float32}',
  excludedHandles: `NOT has({excludedHandles:Array(String)}, ${handle})`,
  onlyHandles: `has({onlyHandles:Array(String)}, ${handle})`,
};
const conditionsForBrands: Conditions = {
  ...postConditions,
  label: `arrayExists(brand -> has(p.brands, brand) AND ${labelForBrand('brand')} = {label:String}, {brands:Array(String)})`,
};

/** SQL conditions for the fields set in the filter. */
export function toConditions(filter: PostFilter, conditions: Conditions): string {
  return Object.entries(conditions)
    .filter(([name]) => filter[name as keyof PostFilter] !== undefined) // the names are those of PostFilter
    .map(([, condition]) => ` AND ${condition}`)
    .join('');
}

export const hasBrand = "({brand:String} = '*' OR has(p.brands, {brand:String}))";
export const inMilliseconds =
  'toUnixTimestamp64Milli(p.created_at) >= {fromMs:Int64} AND toUnixTimestamp64Milli(p.created_at) < {toMs:Int64}';
export const engagement = 'p.likes + p.reposts + p.replies';
export const brandParams = (brand: BrandSelection): object => (typeof brand === 'string' ? { brand } : { brands: brand });

/** The text as `foldText` folds it; a test compares the two. */
export const foldedText = `if(isValidASCII(p.text),
  replaceRegexpAll(lower(p.text), '[\t-\r ]+', ' '),
  replaceRegexpAll(normalizeUTF8NFC(replaceAll(replaceAll(lowerUTF8(upperUTF8(
    replaceRegexpAll(
      replaceRegexpAll(normalizeUTF8NFKD(p.text), '[\u0300-\u036f\u0640\u064b-\u065f\u0670\u00ad\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff]+', ''),
      '[\u2018\u2019\u02bc]', '\\'')
  )), 'ς', 'σ'), '\u0671', '\u0627')), '[\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+', ' '))`;

/** What the text of a post must match: RE2 patterns on the folded text. */
export type TextSearch =
  | { readonly kind: 'pattern'; readonly pattern: string }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly TextSearch[] }
  | { readonly kind: 'not'; readonly part: TextSearch };

/** The condition of a search, with the parameters of its patterns. */
function textCondition(search: TextSearch): { readonly sql: string; readonly params: Readonly<Record<string, string>> } {
  const params: Record<string, string> = {};
  const compile = (part: TextSearch): string => {
    if (part.kind === 'not') return `NOT ${compile(part.part)}`;
    if (part.kind !== 'pattern') return `(${part.parts.map(compile).join(part.kind === 'and' ? ' AND ' : ' OR ')})`;
    const name = `pattern${Object.keys(params).length}`;
    params[name] = part.pattern;
    return `match(${foldedText}, {${name}:String})`;
  };
  return { sql: ` AND ${compile(search)}`, params };
}

/** Which posts: those of a brand or brands in a range (ms since 1970, `toMs` is exclusive) that match a filter and a text. */
export interface PostSelection extends PostFilter {
  readonly brand: BrandSelection;
  readonly fromMs: number;
  readonly toMs: number;
  readonly text?: TextSearch | undefined;
}

/** The condition of a selection of the posts `p`, with its parameters. */
export function selectPosts({ brand, fromMs, toMs, text, ...filter }: PostSelection): { readonly sql: string; readonly params: object } {
  const isOneBrand = typeof brand === 'string';
  const found = text && textCondition(text);
  const { author = '' } = filter;
  return {
    sql: `NOT p.deleted AND ${inRange('p.minute')} AND ${inMilliseconds}
    AND ${isOneBrand ? hasBrand : 'hasAny(p.brands, {brands:Array(String)})'}${toConditions(filter, isOneBrand ? postConditions : conditionsForBrands)}${found?.sql ?? ''}`,
    params: {
      ...brandParams(brand),
      ...Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)),
      handle: normalizeHandle(author),
      from: Math.floor(fromMs / minuteMs) * 60,
      to: Math.min(2 ** 32 - 1, Math.ceil(toMs / 1_000)),
      ...{ fromMs, toMs },
      ...found?.params,
    },
  };
}
