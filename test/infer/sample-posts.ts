import type { Prediction } from '../../src/domain/post.ts';

const openings = ['Honestly,', 'Third time this week:', 'So', 'Not going to lie,', 'Update:', 'Ok but', 'Today I learned that', '@halden'];
const subjects = [
  'the new Halden bike',
  'Brightleaf coffee',
  'my Northway parcel',
  'this Orla headset',
  'their support line',
  'the 8:15 train',
];
const verbs = [
  'is the best thing I bought this year',
  'broke after two days',
  'arrived on time',
  'keeps dropping the connection',
  'was fine I guess',
];
const endings = [
  '',
  '!!!',
  ' and nobody answers my mails 😡',
  ' https://halden.example/x 😍',
  ' – would recommend to anyone who commutes every day in the rain',
  ' #fail',
];

/** Returns `count` distinct English posts, the same on every call. */
export function samplePosts(count: number): { text: string }[] {
  const pick = (from: readonly string[], at: number): string => from[at % from.length] ?? '';
  return Array.from({ length: count }, (_, index) => {
    const [opening, subject] = [pick(openings, index), pick(subjects, Math.floor(index / 3))];
    return { text: `${opening} ${subject} ${pick(verbs, index * 7 + Math.floor(index / 11))}${pick(endings, index * 5)} (${index})` };
  });
}

/** Asserts that every post has a prediction. */
export function requirePredictions(predictions: readonly (Prediction | undefined)[]): Prediction[] {
  return predictions.map((prediction, index) => {
    if (!prediction) throw new Error(`no prediction for post ${index}`);
    return prediction;
  });
}
