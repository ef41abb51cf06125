import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayMs, minuteMs } from '../../../src/lib/duration.ts';
import { createCopyDetector } from '../../../src/sink/writer/copy-detector.ts';
import { scoredPost } from '../../support/scored-post.ts';

const at = Date.parse('2026-11-01T12:00:00.000Z');
const author = (id: string) => ({ id, handle: id, name: id, followers: 1 });

/** Whether each text, posted by another author, is a copy of one before it. */
function findCopies(texts: readonly string[]): boolean[] {
  const { isCopy } = createCopyDetector();
  return texts.map((text, index) => isCopy(scoredPost({ id: `${index}`, text, author: author(`a${index}`) }), at + index));
}

const story = 'The Brixomel charger melted onto my desk last night and the support told me to keep using it';

describe('a copy of a text', () => {
  test.each([
    ['word for word', story],
    ['as a repost', `RT @ines: ${story}`],
    ['as a repost of a repost', `RT @tomas RT @ines: ${story}`],
    ['with handles and a link', `@kestrivo ${story} https://t.example/4Zq via @news`],
    ['with another number', `${story} 17 times`.replace('17 times', '4')],
    ['with emoji, in capitals, with other marks', `🔥🔥 ${story.toUpperCase().replaceAll(' ', '  ')}!!! 😡`],
    ['with a word more', `${story} wow`],
    ['with a word less', story.replace('last ', '')],
    ['with another word', story.replace('desk', 'table')],
    ['cut off by a limit on length', `RT @ines: ${story.slice(0, 76)}…`],
    [
      'in full-width letters',
      [...story].map((c) => (/[a-z]/i.test(c) ? String.fromCodePoint((c.codePointAt(0) ?? 0) + 0xfee0) : c)).join(''),
    ],
  ])('%s is a copy', (_, copy) => {
    expect(findCopies([story, copy])).toEqual([false, true]);
  });

  test.each([
    ['another story about the same thing', 'My Brixomel charger works well, and the support answered within a minute last night'],
    ['the same complaint in the writer’s own words', 'Support says keep using the charger although it melted, Brixomel is unbelievable'],
  ])('%s is not', (_, other) => {
    expect(findCopies([story, other])).toEqual([false, false]);
  });

  test('in a script without spaces is found', () => {
    const text = 'ブリクソメルの充電器が昨日の夜に机の上で溶けてしまいました';
    expect(findCopies([text, `@ines ${text}！！`, '今日はとても良い天気なので散歩に行きたいと思います'])).toEqual([false, true, false]);
  });
});

describe('few words', () => {
  test('that many people write are no copies', () => {
    expect(findCopies(['Brixomel is down', 'brixomel is DOWN!', '@brixomel thank you', 'Thank you @brixomel'])).toEqual(
      Array(4).fill(false),
    );
  });
  test('are copies as a repost', () => {
    expect(findCopies(['Brixomel is down', 'RT @ines: Brixomel is down', 'RT @tomas: Brixomel is up'])).toEqual([false, true, false]);
  });
  test('are copies by the same author', () => {
    const { isCopy } = createCopyDetector();
    const post = (id: string, by: string) => scoredPost({ id, text: 'Buy Brixomel now', author: author(by) });
    expect([post('1', 'shop'), post('2', 'shop'), post('3', 'ines')].map((each) => isCopy(each, at))).toEqual([false, true, false]);
  });
});

test('a post is no copy of itself: not when it is delivered again, nor when it is edited', () => {
  const { isCopy } = createCopyDetector();
  const first = scoredPost({ id: '1', text: story });
  expect(isCopy(first, at)).toBe(false);
  expect(isCopy(first, at)).toBe(false);
  expect(isCopy({ ...first, text: `${story} (edited)` }, at)).toBe(false);
  expect(isCopy({ ...first, id: '2' }, at)).toBe(true);
  expect(isCopy({ ...first, id: '2' }, at)).toBe(true);
  expect(isCopy({ ...first, text: '', deleted: true }, at)).toBe(false);
});

test('a text counts as new again after a day without it', () => {
  const { isCopy } = createCopyDetector();
  const post = (id: string) => scoredPost({ id, text: story });
  expect(isCopy(post('1'), at)).toBe(false);
  expect(isCopy(post('2'), at + dayMs - 1)).toBe(true);
  expect(isCopy(post('3'), at + 2 * dayMs - minuteMs)).toBe(true);
  expect(isCopy(post('4'), at + 4 * dayMs)).toBe(false);
});

test('memory is bounded: the oldest texts are forgotten, those that keep arriving are not', () => {
  const { isCopy } = createCopyDetector({ maxTexts: 1_000 });
  const post = (id: number, text: string) => scoredPost({ id: `${id}`, text });
  const unique = (index: number) => `word${index} letter${index * 7} number${index * 13} other${index * 17} thing${index} end`;
  isCopy(post(0, story), at);
  isCopy(post(1, unique(0)), at);
  for (let index = 1; index < 1_500; index += 1) {
    isCopy(post(index + 1, unique(index)), at);
    if (index % 300 === 0) expect(isCopy(post(100_000 + index, story), at)).toBe(true);
  }
  expect(isCopy(post(200_000, story), at)).toBe(true);
  expect(isCopy(post(200_001, unique(0)), at)).toBe(false);
});

test('any text is examined without an error, and its exact repetition by the same author is a copy if it has a word', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
      const { isCopy } = createCopyDetector();
      const post = (id: string) => scoredPost({ id, text, author: author('ines') });
      expect(isCopy(post('1'), at)).toBe(false);
      const repeated = isCopy(post('2'), at);
      expect([true, isCopy(post('3'), at)]).toContain(repeated);
    }),
  );
});

test('two hundred near-copies among other posts: almost all are found, and no other post is', () => {
  const words = story.split(' ');
  const copies = Array.from({ length: 200 }, (_, index) => {
    const edited = words.flatMap((word, place) =>
      place === index % words.length ? (index % 3 === 0 ? [] : index % 3 === 1 ? [word, 'so'] : ['very']) : [word],
    );
    return `${index % 2 === 0 ? `RT @user${index}: ` : ''}${edited.join(' ')}${index % 5 === 0 ? ` https://t.example/${index}` : ''}`;
  });
  const subjects = ['app', 'price', 'screen', 'shop', 'manual', 'camera', 'strap'];
  const verbs = ['disappoints me', 'is fine', 'arrived today', 'broke at once', 'looks good'];
  const others = Array.from(
    { length: 35 },
    (_, index) =>
      `My new Brixomel ${subjects[index % 7]} ${verbs[Math.floor(index / 7)]} and I wonder what the neighbors on floor ${index} think`,
  );
  const found = findCopies([story, ...copies, ...others]);
  expect(found.slice(1, 201).filter(Boolean).length).toBeGreaterThan(190);
});
