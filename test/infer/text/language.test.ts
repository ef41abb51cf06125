import { describe, expect, test } from 'vitest';
import { createLanguageDetector, normalizeLanguage } from '../../../src/infer/text/language.ts';

const detect = createLanguageDetector(['en']);

const english = 'The parcel came two days early and nobody had to call anyone';

describe('declared language', () => {
  test.each([
    ['de', 'de'],
    ['pt-br', 'pt'],
    ['EN_GB', 'en'],
    ['fil', 'fil'],
    ['tl', 'fil'],
    ['eng', 'en'],
    ['deu', 'de'],
    ['ger', 'de'],
    ['zh-Hant-TW', 'zh'],
    ['in', 'id'],
    ['iw', 'he'],
    ['ji', 'yi'],
  ])('%s is %s', (declared, lang) => {
    expect(normalizeLanguage(declared)).toBe(lang);
    expect(detect('ok', declared)).toBe(lang);
  });

  test.each([
    ...['und', 'zxx', 'mul', 'mis', 'art', 'unk', 'xx', 'qme', 'qht', 'qam', 'qaa', 'qtz'],
    ...['', 'x', 'english', '12', '../../etc', 'en--US', 'i-default', '\ud800'],
  ])('%j says nothing', (declared) => {
    expect(normalizeLanguage(declared)).toBeUndefined();
    expect(detect('Llevo tres días esperando mi pedido y nadie contesta', declared)).toBe('es');
    expect(detect('😍😍😍 great', declared)).toBe('en');
  });

  test.each(['qu', 'que', 'quc'])('%s is a language although codes with q can be private', (declared) => {
    expect(normalizeLanguage(declared)).toMatch(/^qu/);
  });

  test('any code of two or three letters can be declared for a text in any script', () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyz'];
    const codes = letters.flatMap((first) => letters.flatMap((second) => ['', ...letters].map((third) => first + second + third)));
    for (const code of codes.filter((_, index) => index % 7 === 0)) expect(detect('ᏣᎳᎩ', code)).toMatch(/^[a-z]{2,3}$/);
  });
});

describe('a declared language that the text contradicts', () => {
  test.each(['tr', 'de', 'es', 'pt-BR', 'fr', 'id', 'nl', 'ja', 'ko', 'ru', 'ar', 'sw'])('English declared %s is English', (declared) => {
    expect(detect(english, declared)).toBe('en');
  });

  test.each([
    ['ja', '昨日届いた掃除機が一日で壊れました'],
    ['und', '最悪'],
    ['ja', '新しいBrixomelを買ったよ、最高です'],
    ['ru', 'Опять не работает'],
    ['ar', 'الخدمة سيئة جدا ولن أعود'],
    ['ko', '배송이 너무 느리고 고객센터는 전화도 받지 않아요'],
    ['es', 'Llevo tres días esperando mi pedido y nadie contesta'],
    ['de', 'Schon wieder kaputt, so ein Mist, ich gebe das Ding zurück'],
  ])('%s declared en: %s', (lang, text) => {
    expect(detect(text, 'en')).toBe(lang);
  });

  test.each([
    ['es', 'gracias amigo'],
    ['de', 'Geht so'],
    ['it', 'ciao a tutti'],
    ['en', 'Concert with Santiago and Villa Aurora tonight'],
    ['en', 'Hola'],
    ['tr', 'Harika!'],
  ])('%s stays in a short or ambiguous text: %s', (lang, text) => {
    expect(detect(text, lang)).toBe(lang);
  });

  test.each([
    ['id', 'Pesanan saya belum datang juga, pelayanannya sangat mengecewakan sekali'],
    ['nb', 'Pakken kom to dager for sent og ingen svarer på telefonen'],
    ['zh', '客服态度很差'],
    ['sr', 'Опет не ради, сасвим сам разочаран'],
    ['sr', 'Opet ne radi, potpuno sam razočaran ovom uslugom'],
    ['gl', 'Levo tres días agardando polo meu pedido e ninguén contesta'],
    ['af', 'Die pakkie het twee dae laat aangekom en niemand antwoord nie'],
  ])('%s stays although the detector knows only a relative of it: %s', (lang, text) => {
    expect(detect(text, lang)).toBe(lang);
  });

  test('romanized Hindi stays Hindi', () => {
    expect(detect('yaar yeh phone bilkul bekaar hai, paise barbaad ho gaye mere', 'hi')).toBe('hi');
  });

  test('a model may name its language by a legacy code', () => {
    expect(createLanguageDetector(['iw'])('משלוח שלישי החודש שהגיע שבור', 'en')).toBe('he');
    expect(createLanguageDetector(['iw'])('ok')).toBe('he');
  });

  test('a model of another language believes texts in that language', () => {
    const german = createLanguageDetector(['de']);
    expect(german('Schon wieder kaputt, so ein Mist, ich gebe das Ding zurück', 'en')).toBe('de');
    expect(german(english, 'de')).toBe('en');
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

describe('English and foreign names', () => {
  const brands = ['Panadería Solano', 'Le Petit Fournil', 'Kaffeehaus Wendt', 'Osteria del Ponte', 'Zapatería Ruizola', 'Oskarsson'];

  test.each(brands)('short posts about %s stay English', (brand) => {
    const posts = ['I hate X', 'love X', 'X was late', 'wow X just wow', 'never again X', 'lunch at X', 'my X order', 'why X why'];
    for (const post of posts) expect(detect(post.replace('X', brand))).toBe('en');
  });

  test.each(brands)('configured brands say nothing, in lower case too: %s', (brand) => {
    const detectWithBrands = createLanguageDetector(['en'], brands);
    for (const post of ['i hate X', 'X sucks', 'X', 'ok X']) expect(detectWithBrands(post.replace('X', brand.toLowerCase()))).toBe('en');
    expect(detectWithBrands(`${brand} no funciona otra vez, qué asco`)).not.toBe('en');
  });
});

describe('languages that the detector does not know', () => {
  test.each([
    'mae’r trên yn hwyr eto bore ma',
    'isitimela sibambezelekile futhi namuhla ekuseni',
    'treni imechelewa tena asubuhi ya leo',
    'tha an trèana anmoch a-rithist an-diugh',
    'tāpēc vilciens atkal kavējas šorīt',
  ])('%s is not English', (text) => {
    expect(detect(text)).not.toBe('en');
    expect(detect(text, 'en')).not.toBe('en');
  });
});

test('decomposed letters are composed first', () => {
  const text = 'Опять не работает, уже третий день жду ответа';
  expect(detect('já não aguento mais esperar pela encomenda'.normalize('NFD'))).toBe('pt');
  expect(detect(text.normalize('NFD'))).toBe('ru');
});

test.each([
  ['the app crashed again', 'tr'],
  ['so sad', 'de'],
  ['love it', 'es'],
  ['never buying this again', 'fr'],
])('short English declared otherwise is English: %s', (text, declared) => {
  expect(detect(text, declared)).toBe('en');
});

describe('without enough evidence', () => {
  test.each(['lol', 'ok', 'gracias', '😂😂😂', '12:30', '#happy @user'])('%s gets the default language', (text) => {
    expect(detect(text)).toBe('en');
  });

  test('an unknown script is `und` unless the default language is not written in Latin script', () => {
    expect(detect('ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ')).toBe('und');
    expect(createLanguageDetector(['ja'])('ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ')).toBe('ja');
  });
});

describe('with several scored languages', () => {
  const detectAll = createLanguageDetector(['en', 'ar', 'de', 'es', 'fr', 'hi', 'it', 'pt']);

  test.each([
    ['en', english],
    ['en', 'so good'],
    ['de', 'Schon wieder kaputt, so ein Mist, ich gebe das Ding zurück'],
    ['pt', 'Amo a nova loja, que atendimento maravilhoso'],
    ['ar', 'الخدمة سيئة جدا ولن أعود'],
    ['hi', 'यह बहुत अच्छा है'],
    ['sv', 'Tåget är försenat igen och ingen svarar i telefonen'],
    ['ru', 'Опять не работает, сил больше нет'],
  ])('%s: %s', (lang, text) => {
    expect(detectAll(text)).toBe(lang);
  });

  test.each(['Gracias', 'Bonjour', 'Danke'])('a single word needs no benefit of the doubt: %s', (text) => {
    expect(detect(text)).toBe('en');
    expect(detectAll(text)).not.toBe('en');
  });

  test('English is the default for Latin letters where the first language has another script', () => {
    expect(createLanguageDetector(['ar', 'de', 'en'])('ok')).toBe('en');
    expect(createLanguageDetector(['ar', 'de'])('ok')).toBe('de');
  });
});
