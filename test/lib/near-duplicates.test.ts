import { expect, test } from 'vitest';
import { createTermExtractor } from '../../src/analytics/drivers/term-extractor.ts';
import { createNearDuplicateIndex } from '../../src/lib/near-duplicates.ts';

/** How many groups the texts make. */
function groupsOf(texts: readonly string[]): number {
  const reader = createTermExtractor([]);
  const copies = createNearDuplicateIndex();
  return new Set(texts.map((text) => copies.assignGroup(reader.extract(text, 'en').words))).size;
}

const viral = 'My charger melted onto the desk last night and support told me to keep using it, unbelievable';

test.each([
  ['the same again', viral],
  ['other case, marks and spacing', `  ${viral.toUpperCase()}!!!  `],
  ['a link at its end', `${viral} https://t.example/a8f3`],
  ['handles around it', `RT @somebody: ${viral} cc @press @acme`],
  ['emoji', `😡😡 ${viral} 🔥`],
  ['another word', viral.replace('desk', 'table')],
  ['a word left out', viral.replace('last night ', '')],
  ['a typing error', viral.replace('unbelievable', 'unbeleivable')],
  ['a few words more', `This. ${viral} so true`],
])('a copy with %s is a copy', (_, copy) => {
  expect(groupsOf([viral, copy])).toBe(1);
});

test.each([
  ['another story', 'The new camera is superb and support answered within a minute, unbelievable service tonight'],
  ['the same words in a short text', 'My charger melted'],
  ['some of its words', 'Support told me last night that my desk is unbelievable and to keep using it anyway, melted'],
])('%s is another post', (_, other) => {
  expect(groupsOf([viral, other])).toBe(2);
});

test('short posts are copies only when they say the same', () => {
  expect(groupsOf(['love my camera', 'Love my camera! 😍', 'love my battery', 'hate my camera'])).toBe(3);
});

test('five thousand copies, each edited at random, are one post among a thousand others', () => {
  const words = viral.split(' ');
  const copies = Array.from({ length: 5_000 }, (_, index) => {
    const edited = [...words];
    edited[(index * 7) % words.length] = `typo${index}`;
    return `${edited.join(' ')} https://t.example/${index}`;
  });
  const others = Array.from({ length: 1_000 }, (_, index) =>
    Array.from({ length: 12 }, (_, place) => `word${(index * 7919 + place * place * 104_729 + index * place) % 2_000}`).join(' '),
  );
  expect(groupsOf([viral, ...copies, ...others])).toBe(1_001);
});
