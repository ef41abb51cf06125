import { expect, it } from 'vitest';
import { createPreprocessor } from '../../src/infer/preprocess.ts';
import { createLanguageDetector } from '../../src/infer/text/language.ts';

const model = { cache: undefined, tokenize: () => ({ ids: [], truncated: false }) };
const english = { ...model, languages: ['en'], cleaning: 'english' } as const;
const preprocess = createPreprocessor({
  models: [english],
  detectLanguage: createLanguageDetector(['en']),
});

it.each([
  ['Kestrivo is sh1t', 'Kestrivo is shit'],
  ['h o r r i b l e Brixomel', 'horrible Brixomel'],
  ['tr@sh tr@sh tr@sh', 'trash trash trash'],
])('recognizes English in disguised words: %s', (text, cleaned) => {
  expect(preprocess({ text }).post).toMatchObject({ kind: 'uncached', lang: 'en', text: cleaned });
});

it.each(['Das Frühstück war leider kalt', 'el tren llegó tarde otra vez', 'm1 vid4 es as1'])('skips other languages: %s', (text) => {
  expect(preprocess({ text }).post).toMatchObject({ kind: 'skipped' });
});

it('skips a post without words', () => {
  expect(preprocess({ text: ' \u200b ' }).post).toEqual({ kind: 'skipped', lang: 'und' });
});
