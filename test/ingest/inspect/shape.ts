/** Messages in shapes that no preset covers, with the mapping that a person would write for them. All content is made up. */

export interface Shape {
  readonly name: string;
  readonly messages: readonly unknown[];
  /** Settings by name. Lists hold what is equally right. */
  readonly expected: Readonly<Record<string, unknown>>;
  /** Settings that are right, and whose absence a person would not miss. */
  readonly optional?: Readonly<Record<string, unknown>>;
}

const texts = [
  'My Brixomel kettle sings in the morning, I love it',
  'The delivery took three weeks and nobody answered my mails',
  'Does the Kestrivo app work on old phones?',
  'Broken again. This is the second Brixomel in a year!',
  'Honestly the best coffee machine I have ever had',
  'Support was friendly, but could not help me',
  'ok, works',
  'Would buy it again, although the lid is a bit loose',
];
const people = ['ines_k', 'tomas.b', 'mira77', 'jonas-w', 'lea_m', 'ravi', 'nora_p', 'emil'];
const names = ['Ines K', 'Tomas Berg', 'Mira Koval', 'Jonas W', 'Lea M', 'Ravi Shah', 'Nora Prell', 'Emil Sand'];
const counts = [12, 0, 3, 140, 7, 0, 1, 25];

interface Sample {
  readonly index: number;
  readonly text: string;
  readonly handle: string;
  readonly person: string;
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly iso: string;
}

export function sample(make: (sample: Sample) => unknown): unknown[] {
  return texts.map((text, index) => {
    const at = Date.UTC(2026, 10, 20, 10, index * 7, index);
    const [handle = '', person = '', count = 0] = [people[index], names[index], counts[index]];
    return make({ index, text, handle, person, count, at, iso: new Date(at).toISOString() });
  });
}
