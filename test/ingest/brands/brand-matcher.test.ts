import { describe, expect, it } from 'vitest';
import type { BrandConfig } from '../../../src/config/schema.ts';
import { createBrandMatcher } from '../../../src/ingest/brands/brand-matcher.ts';

function rule(name: string, more: Partial<BrandConfig> = {}): BrandConfig {
  return { name, aliases: [], exclude: [], timeZone: 'UTC', ...more };
}

function mentions(rules: readonly BrandConfig[], text: string): readonly string[] {
  return createBrandMatcher(rules).match(text);
}

describe('term', () => {
  it.each([
    'acme',
    'ACME!',
    'Ácmé',
    'I love #Acme',
    'hey @acme, why',
    "Acme's new shoe",
    '(acme)',
    'x-acme-y',
    'ＡＣＭＥ',
    '我喜欢acme手机',
    'acme는 좋다',
    'Ac\u00adme',
  ])('is found in %s', (text) => {
    expect(mentions([rule('Acme')], text)).toEqual(['Acme']);
  });

  it.each(['AcmeCorp', 'pacme', 'acme2', '2acme', 'acme_fan', '#AcmeCorp', 'асме', 'a c m e', ''])('is not found in %s', (text) => {
    expect(mentions([rule('Acme')], text)).toEqual([]);
  });

  it('a hashtag matches only the hashtag', () => {
    const brand = [rule('#acme')];
    expect(mentions(brand, 'so #ACME it is')).toEqual(['#acme']);
    expect(mentions(brand, 'acme @acme x#acme #acmecorp')).toEqual([]);
  });

  it('a handle does not match an e-mail address', () => {
    expect(mentions([rule('Acme', { aliases: ['@acmehelp'] })], 'ann@acmehelp.example')).toEqual([]);
    expect(mentions([rule('Acme', { aliases: ['@acmehelp'] })], '.@AcmeHelp please')).toEqual(['Acme']);
  });

  it('of several words matches any white space between them', () => {
    expect(mentions([rule('Blue Finch')], 'the blue \n\t finch')).toEqual(['Blue Finch']);
    expect(mentions([rule('Blue  Finch')], 'bluefinch blue-finch')).toEqual([]);
  });

  it.each([
    ['アクメ', '昨日アクメストアで買った'],
    ['小鹿', '我的小鹿手机'],
    ['ใจดี', 'กาแฟใจดีมาก'],
    ['한빛', '한빛은 최고'],
    ['أكمي', 'اشتريت من اكْمِيـــ أمس'],
    ['اكمي', 'أكمي، شكرا'],
    ['Groß', 'GROSS gefunden'],
    ['Işık', 'ISIK'],
    ['ΟΔΟΣ', 'στην οδός'],
    ['C++', 'I like C++, really'],
    ['🦊', 'what a🦊fox'],
  ])('%s is found in %s', (name, text) => {
    expect(mentions([rule(name)], text)).toEqual([name]);
  });

  it('does not match inside a syllable', () => {
    expect(mentions([rule('가')], '각')).toEqual([]);
    expect(mentions([rule('か')], 'が')).toEqual([]);
  });
});

describe('brand rules', () => {
  it('match aliases and respect excluded terms', () => {
    const rules = [rule('Orchard', { aliases: ['orchard inc', '#pomona'], exclude: ['apple pie', 'cherry orchard'] })];
    expect(mentions(rules, '#Pomona is out')).toEqual(['Orchard']);
    expect(mentions(rules, 'Orchard and an Apple  Pie')).toEqual([]);
    expect(mentions(rules, 'Orchard and an apple pies')).toEqual(['Orchard']);
  });

  it('return each brand once, in the order of the config, also with shared terms', () => {
    const rules = [rule('Zeta'), rule('Alpha', { aliases: ['zeta'] }), rule('Mid')];
    expect(mentions(rules, 'mid zeta alpha zeta')).toEqual(['Zeta', 'Alpha', 'Mid']);
  });

  it('may be empty', () => {
    expect(mentions([], 'anything')).toEqual([]);
  });
});

describe('hash of the brand rules', () => {
  it('does not depend on order, case, repetition or time zone', () => {
    const one = createBrandMatcher([rule('A', { aliases: ['x', 'Y'] }), rule('B')]).hash;
    const two = createBrandMatcher([rule('B', { timeZone: 'Europe/Berlin' }), rule('A', { aliases: ['y', 'x ', 'X'] })]).hash;
    expect(one).toMatch(/^[0-9a-f]{16}$/);
    expect(two).toBe(one);
  });

  it('changes with a term', () => {
    expect(createBrandMatcher([rule('A')]).hash).not.toBe(createBrandMatcher([rule('A', { exclude: ['x'] })]).hash);
  });
});

/** The same rules by brute force, for plain ASCII: slow, and simple enough to be right. */
function bruteForce(rules: readonly BrandConfig[], text: string): string[] {
  const holds = (term: string): boolean => {
    const words = term.split(/\s+/).map((word) => word.replace(/[^a-z0-9_]/gi, '\\$&'));
    const before = /^\w|^[#@]/.test(term) ? '(?<!\\w)' : '';
    const after = /\w$/.test(term) ? '(?!\\w)' : '';
    return new RegExp(before + words.join('\\s+') + after, 'i').test(text);
  };
  return rules.filter(({ name, aliases, exclude }) => [name, ...aliases].some(holds) && !exclude.some(holds)).map(({ name }) => name);
}

describe('any brand rules on any text', () => {
  /** Mulberry32: small, and the same everywhere. */
  const random = (seed: number) => () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };

  it('match like brute force', () => {
    const next = random(7);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T;
    const piece = () => pick(['a', 'b', 'ab', 'ba', 'A', '#', '@', ' ', '  ', '\t', '-', '_', '1', '.', 'aB', 'b a']);
    const term = () => {
      const made = Array.from({ length: 1 + Math.floor(next() * 4) }, piece)
        .join('')
        .trim();
      return made === '' ? 'ab' : made;
    };
    const several = () => Array.from({ length: Math.floor(next() * 3) }, term);
    let matched = 0;
    for (let round = 0; round < 1_500; round += 1) {
      const rules = Array.from({ length: 1 + Math.floor(next() * 5) }, (_, index) =>
        rule(`${term()}${index}`, { aliases: several(), exclude: several() }),
      );
      const text = Array.from({ length: Math.floor(next() * 14) }, piece).join('');
      const expected = bruteForce(rules, text);
      matched += expected.length;
      expect(mentions(rules, text), JSON.stringify({ rules, text })).toEqual(expected);
    }
    expect(matched).toBeGreaterThan(300);
  });
});
