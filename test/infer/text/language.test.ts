import { describe, expect, test } from 'vitest';
import { createLanguageDetector } from '../../../src/infer/text/language.ts';

const detect = createLanguageDetector('en');

describe('declared language', () => {
  test.each([
    ['de', 'de'],
    ['pt-br', 'pt'],
    ['EN_GB', 'en'],
    ['fil', 'fil'],
  ])('%s becomes %s', (declared, lang) => {
    expect(detect('This is plainly an English sentence.', declared)).toBe(lang);
  });

  test.each(['und', 'zxx', 'mul', 'qme', 'qht', '', 'x', 'english', '12', '../../etc'])('%j is ignored', (declared) => {
    expect(detect('Llevo tres días esperando mi pedido y nadie contesta', declared)).toBe('es');
  });
});

describe('detected language', () => {
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
    expect(detect(text)).toBe(lang);
  });

  test('handles, links, hashtags and emoji are ignored', () => {
    expect(detect('@user Schon wieder kaputt so ein Mist #bestserviceever #customerlove #happycustomers http 😍😍')).toBe('de');
  });

  test('English with foreign names stays English', () => {
    expect(detect('Concert with Santiago and Villa Aurora tonight')).toBe('en');
  });
});

describe('without enough evidence', () => {
  test.each(['lol', 'ok', 'gracias', '😂😂😂', '12:30', '#happy @user'])('%s gets the default language', (text) => {
    expect(detect(text)).toBe('en');
  });

  test('an unknown script is `und` unless the default language is not written in Latin script', () => {
    expect(detect('ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ')).toBe('und');
    expect(createLanguageDetector('ja')('ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ')).toBe('ja');
  });
});
