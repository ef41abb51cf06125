import { describe, expect, test } from 'vitest';
import { createLanguageDetector } from '../../../src/infer/text/language.ts';

const languageOf = createLanguageDetector('en');

describe('what the platform declares', () => {
  test.each([
    ['de', 'de'],
    ['pt-br', 'pt'],
    ['EN_GB', 'en'],
    ['fil', 'fil'],
  ])('%s is taken as %s', (declared, lang) => {
    expect(languageOf('This is plainly an English sentence.', declared)).toBe(lang);
  });

  test.each(['und', 'zxx', 'mul', 'qme', 'qht', '', 'x', 'english', '12', '../../etc'])('%j says nothing', (declared) => {
    expect(languageOf('Llevo tres días esperando mi pedido y nadie contesta', declared)).toBe('es');
  });
});

describe('what the text looks like', () => {
  test.each([
    ['en', 'Third delivery this month that arrived with a broken wheel'],
    ['es', 'Me encanta el nuevo café de la esquina'],
    ['fr', 'Franchement je suis déçu par cette mise à jour'],
    ['de', 'Schon wieder kaputt, so ein Mist'],
    ['pt', 'O aplicativo travou de novo, que raiva'],
    ['tr', 'Kargo hala gelmedi, çok kötü bir deneyim'],
    ['ru', 'Опять не работает'],
    ['ar', 'الخدمة سيئة جدا ولن أعود'],
    ['hi', 'यह ऐप बहुत अच्छा है'],
    ['ja', '最悪だった'],
    ['zh', '客服态度很差'],
  ])('%s: %s', (lang, text) => {
    expect(languageOf(text)).toBe(lang);
  });

  test('handles, links, hashtags and emoji do not count', () => {
    expect(languageOf('@user Schon wieder kaputt so ein Mist #bestserviceever #customerlove #happycustomers http 😍😍')).toBe('de');
  });

  test('a few English words stay English around foreign names', () => {
    expect(languageOf('Concert with Santiago and Villa Aurora tonight')).toBe('en');
  });
});

describe('where it cannot tell', () => {
  test.each(['lol', 'ok', 'gracias', '😂😂😂', '12:30', '#happy @user'])('%s is taken for the language of the model', (text) => {
    expect(languageOf(text)).toBe('en');
  });

  test('a script that no home in Latin letters uses is unknown, not home', () => {
    expect(languageOf('ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ')).toBe('und');
    expect(createLanguageDetector('ja')('ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ')).toBe('ja');
  });
});
