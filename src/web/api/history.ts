import type { BrandCounts, Breakdown, Bucket, Comparison, Freshness, Grain, Summary } from '../../domain/brand-metrics.ts';
import type { Engagement, Label, ScoredPost, StoredLabel } from '../../domain/post.ts';
import type { Brands, PostFilter, TimeRange } from '../state/view-state.ts';
import { get, post, type Query } from './client.ts';

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
  /** Posts that contain the term. */
  readonly posts: number;
  /** Fraction of the posts with this label, 0 to 1. */
  readonly share: number;
  readonly netSentiment: number | null;
  readonly examples: readonly { readonly text: string }[];
}

export interface Drivers extends TimeRange {
  /** Scored posts in the range. */
  readonly posts: number;
  readonly negative: readonly Driver[];
  readonly positive: readonly Driver[];
}

/** The fields of a post that the UI shows, live or stored. */
export interface PostResponse
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
    | 'rating'
  > {
  readonly engagement?: Engagement;
  /** Set if an editor has corrected the model's label. */
  /** Set if it is by one of the brands' own accounts. */
  readonly official?: true;
  /** Other posts of the page with nearly the same text, and the first of them. */
  readonly similar?: { readonly count: number; readonly posts: readonly PostResponse[] };
  readonly correction?: { readonly modelLabel: StoredLabel; readonly by: string; readonly at: string; readonly reason: string };
}

export interface PostsPage {
  readonly posts: readonly PostResponse[];
  readonly next: string | null;
}

export const fetchBrands = (range: TimeRange, signal: AbortSignal) => get<Brand[]>('brands', { ...range }, signal);
export const fetchSummary = (brand: string, range: TimeRange, signal: AbortSignal) =>
  get<Summary & Freshness>('summary', { brand, ...range }, signal);
/** All configured brands if the list is empty. */
export const fetchComparison = (brands: readonly string[], range: TimeRange, signal: AbortSignal) =>
  get<Comparison>('share-of-voice', { brands, ...range }, signal);
export const fetchTrends = (brand: string, range: TimeRange, timeZone: string, signal: AbortSignal, grain?: Grain) =>
  get<Trends & Freshness>('trends', { brand, ...range, timeZone, grain }, signal);
export const fetchBreakdown = (brand: string, range: TimeRange, signal: AbortSignal) =>
  get<Breakdown>('breakdown', { brand, ...range }, signal);
export const fetchDrivers = (brand: string, range: TimeRange, signal: AbortSignal, limit = 6) =>
  get<Drivers>('drivers', { brand, ...range, limit: String(limit) }, signal);

/** One page of posts; `before` is the `next` of the previous page. */
export const fetchPosts = (
  brand: Brands,
  range: TimeRange | undefined,
  filter: PostFilter,
  { limit, before }: { limit: number; before?: string | undefined },
  signal: AbortSignal,
) => get<PostsPage>('posts', { brand, ...range, ...toQuery(filter), fold: String(isFolded(filter)), limit: String(limit), before }, signal);

export interface PostCounts {
  readonly total: number;
  readonly bucketMs: number;
  readonly buckets: readonly (Readonly<Record<StoredLabel, number>> & { readonly start: string })[];
}

/** How many posts match a filter, and when they were created; over at most 92 days. */
export const fetchPostCounts = (brand: Brands, range: TimeRange, { sort: _, fold: __, ...filter }: PostFilter, signal: AbortSignal) =>
  get<PostCounts>('posts/counts', { brand, ...range, ...toQuery(filter) }, signal);

/** Whether near-duplicates are folded. */
export const isFolded = ({ sort = 'time', fold }: PostFilter): boolean => (fold === undefined ? sort !== 'time' : fold === 'true');

function toQuery({ lowConfidence, ...filter }: PostFilter): Query {
  return { ...filter, ...(lowConfidence && { maxConfidence: '0.5', ...(filter.label === undefined && { minConfidence: '0.01' }) }) };
}

/** Ids are unique only within a platform. */
export const postKey = ({ platform, id }: Pick<PostResponse, 'platform' | 'id'>): string => JSON.stringify([platform, id]);

/** Corrects the label of a post; null restores the model's label. */
export const sendCorrection = ({ platform, id }: Pick<PostResponse, 'platform' | 'id'>, label: Label | null) =>
  post<{ readonly posts: number }>('corrections', { post: { platform, id }, label });
