import type { Role } from '../../domain/roles.ts';
import { get, type Job, post, put, remove } from './client.ts';
import type { PostResponse } from './history.ts';

/** What defines a brand. */
export interface BrandRules {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly exclude: readonly string[];
  readonly timeZone: string;
  readonly country?: string;
  /** Handles of the brand's own accounts. */
  readonly official?: readonly string[];
}

export interface BrandSetting extends Omit<Required<BrandRules>, 'country'> {
  readonly country: string | null;
  /** Whether it can only be changed in the config. */
  readonly isConfigured: boolean;
  readonly changedBy: string | null;
  readonly changedAt: string | null;
}

interface BrandList {
  readonly brands: readonly BrandSetting[];
}

export interface BrandPreview {
  readonly posts: number;
  /** Those that count for a brand of this name already. */
  readonly known: number;
  readonly isEstimate: boolean;
  readonly days: readonly { readonly day: string; readonly posts: number }[];
  readonly examples: readonly PostResponse[];
}

export interface SettingChange {
  readonly kind: 'brand' | 'token';
  readonly name: string;
  readonly action: 'added' | 'changed' | 'removed';
  /** Empty without authentication. */
  readonly by: string;
  readonly at: string;
  readonly value: Readonly<Record<string, unknown>> | null;
  readonly previous: Readonly<Record<string, unknown>> | null;
}

/** Durations such as 30d; null: kept forever. */
export type Retention = Readonly<Record<'posts' | 'scores' | 'rollupMinute' | 'rollup15m', string | null>>;

export const fetchSettings = (signal: AbortSignal) => get<{ readonly retention: Retention }>('settings', {}, signal);
export const fetchChanges = (signal: AbortSignal) => get<{ readonly changes: readonly SettingChange[] }>('settings/changes', {}, signal);
export const fetchBrandSettings = (signal: AbortSignal) => get<BrandList>('settings/brands', {}, signal);
export const previewBrand = (rules: BrandRules) => post<BrandPreview>('settings/brands/preview', rules);
export const saveBrand = (rules: BrandRules) => put<BrandList>('settings/brands', rules);
export const removeBrand = (name: string) => remove('settings/brands', { name });
/** Applies the brands to all stored posts. */
export const reapplyBrands = () => post<Job<never>>('brands/reapply', {});

interface TokenList {
  readonly tokens: readonly { readonly name: string; readonly role: Role; readonly createdAt: string }[];
  /** False while nobody has to sign in. */
  readonly isRequired: boolean;
}

export const fetchTokens = (signal: AbortSignal) => get<TokenList>('settings/tokens', {}, signal);
/** The token itself is returned only here. */
export const addToken = (name: string, role: Role) => post<{ readonly token: string }>('settings/tokens', { name, role });
export const removeToken = (name: string) => remove('settings/tokens', { name });
