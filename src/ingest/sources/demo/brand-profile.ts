import type { BrandRule } from '../../../config/schema.ts';
import type { Grammar } from './grammar.ts';

export type Mood = 'positive' | 'negative' | 'neutral' | 'mixed';

/** When people talk about a trade: coffee in the morning, films in the evening. */
export type Habit = 'morning' | 'day' | 'evening';

/** Something of a brand that people have opinions on. Every `thing` is a singular noun that fits after "the". */
export interface Topic extends Grammar {
  readonly thing: readonly string[];
  /** What the speaker did with it, in the past tense: "ordered the {=thing}". */
  readonly did: readonly string[];
  /** Predicates of the thing: "tastes like a holiday". */
  readonly good: readonly string[];
  readonly bad: readonly string[];
  /** Parts of the thing, nouns that fit after "the". */
  readonly aspect: readonly string[];
  /** Whole questions without an opinion. */
  readonly ask: readonly string[];
}

/** A crisis or a success that takes a brand's posts over for some hours. */
export interface Story extends Grammar {
  /** Nouns that fit after "about": "the battery recall". */
  readonly event: readonly string[];
  /** Whole clauses of people it happened to: "my charger melted". */
  readonly happened: readonly string[];
  /** Clauses after "until" in a crisis ("they refund us"), after "hope" in a success ("they keep it"). */
  readonly wish: readonly string[];
  /** Sober sentences of news desks. */
  readonly headline: readonly string[];
  /** What the brand itself says of it, as whole sentences. */
  readonly statement: readonly string[];
  readonly tag: readonly string[];
}

/** Everything the posts about one demo brand are made of. */
export interface BrandVoice {
  readonly rule: BrandRule;
  readonly habit: Habit;
  /** Weight among the brands' posts. */
  readonly share: number;
  /** Weights of the moods on an ordinary day. */
  readonly moods: Readonly<Record<Mood, number>>;
  /**
   * `praise` `blame` `fact`: predicates of the brand. `upside` `downside`: whole clauses. `helper`: who serves people
   * there. `matter`: what one writes to support about, after "my". `handle`, `tag`. `notice`: what its own account posts.
   * `trap`: sentences in which the name means something else.
   */
  readonly words: Grammar;
  readonly topics: readonly Topic[];
  readonly crises: readonly Story[];
  readonly successes: readonly Story[];
}
