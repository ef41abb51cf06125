import type { BrandCounts, Breakdown, Bucket, Comparison, Grain, Summary } from '../../domain/brand-metrics.ts';
import type { Engagement, ScoredPost, StoredLabel } from '../../domain/post.ts';
import type { Brands, PostFilter, Span } from '../state/view-state.ts';
import { get, type Query } from './client.ts';

export type Brand = BrandCounts & { readonly timeZone: string };

export interface Trends {
  readonly grain: Grain;
  readonly from: string;
  readonly to: string;
  readonly buckets: readonly Bucket[];
}

export interface Driver {
  readonly term: string;
  readonly kind: 'word' | 'bigram' | 'hashtag' | 'emoji';
  /** Posts with it. */
  readonly n: number;
  /** Of the posts of this label, from 0 to 1. */
  readonly share: number;
  readonly netSentiment: number | null;
  readonly examples: readonly { readonly text: string }[];
}

export interface Drivers extends Span {
  /** Scored posts of the range. */
  readonly posts: number;
  readonly negative: readonly Driver[];
  readonly positive: readonly Driver[];
}

/** What the page shows of a post, be it live or from the history. */
export interface ShownPost
  extends Pick<
    ScoredPost,
    | 'platform'
    | 'id'
    | 'text'
    | 'createdAt'
    | 'lang'
    | 'author'
    | 'url'
    | 'brands'
    | 'label'
    | 'negative'
    | 'neutral'
    | 'positive'
    | 'confidence'
    | 'brandSentiment'
    | 'modelVersion'
  > {
  readonly engagement?: Engagement;
  /** A person's word against the model's. */
  readonly correction?: { readonly modelLabel: StoredLabel; readonly by: string; readonly at: string; readonly reason: string };
}

export interface PostsPage {
  readonly posts: readonly ShownPost[];
  readonly next: string | null;
}

export const fetchBrands = (span: Span, signal: AbortSignal) => get<Brand[]>('brands', { ...span }, signal);
export const fetchSummary = (brand: string, span: Span, signal: AbortSignal) => get<Summary>('summary', { brand, ...span }, signal);
/** All brands of the config where none is named. */
export const fetchComparison = (brands: readonly string[], span: Span, signal: AbortSignal) =>
  get<Comparison>('share-of-voice', { brands, ...span }, signal);
export const fetchTrends = (brand: string, span: Span, timeZone: string, signal: AbortSignal, grain?: Grain) =>
  get<Trends>('trends', { brand, ...span, timeZone, grain }, signal);
export const fetchBreakdown = (brand: string, span: Span, signal: AbortSignal) => get<Breakdown>('breakdown', { brand, ...span }, signal);
export const fetchDrivers = (brand: string, span: Span, signal: AbortSignal, limit = 6) =>
  get<Drivers>('drivers', { brand, ...span, limit: String(limit) }, signal);

/** One page of posts; `before` is the `next` of the page before. */
export const fetchPosts = (
  brand: Brands,
  span: Span | undefined,
  filter: PostFilter,
  { limit, before }: { limit: number; before?: string | undefined },
  signal: AbortSignal,
) => get<PostsPage>('posts', { brand, ...span, ...toQuery(filter), limit: String(limit), before }, signal);

function toQuery({ doubtful, ...filter }: PostFilter): Query {
  return { ...filter, ...(doubtful && { maxConfidence: '0.5', ...(filter.label === undefined && { minConfidence: '0.01' }) }) };
}
