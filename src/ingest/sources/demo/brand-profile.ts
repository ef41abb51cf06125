import type { BrandConfig } from '../../../config/schema.ts';
import type { Grammar } from './text-generator.ts';

export type Mood = 'positive' | 'negative' | 'neutral' | 'mixed';

/** When people talk about an industry most: coffee in the morning, films in the evening. */
export type PeakTime = 'morning' | 'day' | 'evening';

/** Everything that the posts about one demo brand are generated from. */
export interface BrandProfile {
  readonly rule: BrandConfig;
  readonly peakTime: PeakTime;
  /** Relative share of posts. */
  readonly share: number;
  /** Weights of the moods on an ordinary day. */
  readonly moods: Readonly<Record<Mood, number>>;
  /**
   * `praise`, `blame`, `fact`: predicates of the brand. `upside`, `downside`: whole clauses. `helper`: a member of staff.
   * `matter`: what customers write to support about, after "my". `handle`, `tag`. `notice`: posts of the brand's own
   * account. `ambiguous`: sentences in which the brand's name means something else.
   */
  readonly words: Grammar;
  /**
   * Products that people have opinions on. `thing`: singular nouns that fit after "the". `did`: what the author did with
   * it, in the past tense. `good`, `bad`: predicates of the thing. `aspect`: its parts. `ask`: questions without an opinion.
   */
  readonly topics: readonly Grammar[];
  readonly crises: readonly Scenario[];
  readonly successes: readonly Scenario[];
}

/**
 * A crisis or a success that dominates a brand's posts for some hours. `event`: nouns that fit after "about".
 * `happened`: clauses about what happened to the author. `wish`: clauses after "until" in a crisis, after "hope" in a
 * success. `headline`: sentences of news accounts. `statement`: sentences of the brand itself. `tag`.
 */
export type Scenario = Grammar;
