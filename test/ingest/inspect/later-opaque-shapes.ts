import { type Shape, sample } from './shape.ts';

/** Written after the rules for values, to see what they make of other shapes. */
export const laterOpaqueShapes: readonly Shape[] = [
  {
    name: 'tickets of a help desk in columns, with the agent’s answer',
    messages: sample(({ index, text, person, at }) => ({
      col1: 'brx',
      col2: 7_201_118 + index * 9,
      col3: new Date(at).toISOString(),
      col4: index % 3 === 0 ? null : new Date(at + 3_600_000 * (index + 2)).toISOString(),
      col5: index % 2 ? 'open' : 'closed',
      col6: person,
      col7: text,
      col8:
        index % 3 === 0
          ? null
          : 'Thank you for writing to us. We have passed your message on to the workshop and will come back to you within two days.',
      col9: ['North', 'South'][index % 2],
      col10: index,
    })),
    expected: { id: 'col2', text: 'col7', createdAt: 'col3' },
    optional: { authorName: 'col6' },
  },
  {
    name: 'pages with lists of posts, two-letter keys',
    messages: [0, 1, 2].map((page) => ({
      pg: page,
      nx: `c3Vyd2F5${page}`,
      rs: sample(({ index, text, handle, count, at }) => ({
        pi: `${page}f${index}9c2e7ab1`,
        wr: Math.floor(at / 1_000) + page * 3_600,
        tx: text,
        nl: count,
        au: { ac: handle, av: `https://img.example/${handle}.png` },
        ln: `https://short.example/s/${page}f${index}9c2e7ab1`,
      })),
    })),
    expected: { forEach: 'rs.*', id: 'pi', text: 'tx', createdAt: 'wr', url: 'ln' },
    optional: { authorHandle: 'au.ac' },
  },
  {
    name: 'reviews of products, Spanish keys with prefixes',
    messages: sample(({ index, text, person, handle, count, at }) => ({
      prod_codigo: `KST-${20 + (index % 2)}`,
      prod_nombre: 'Cafetera Kestrivo 20',
      prod_resumen: 'Cafetera automática con molinillo de acero y depósito de dos litros.',
      res_codigo: `R${660_120 + index * 11}`,
      res_fecha: new Date(at - index * 7_200_000).toISOString().slice(0, 19),
      res_titulo: ['Canta', 'Tarde', 'Pregunta', 'Rota', 'La mejor', 'Amables', 'Va bien', 'Tapa'][index],
      res_texto: text,
      res_estrellas: String((index % 5) + 1),
      res_utiles: count,
      cli_alias: handle,
      cli_nombre: person,
      cli_alta: `201${index}-05-0${1 + index}`,
      extraido: '2026-11-22T03:00:00',
    })),
    expected: {
      id: 'res_codigo',
      text: ['res_texto', ['{res_titulo}\\n\\n{res_texto}', 'res_texto', 'res_titulo']],
      createdAt: 'res_fecha',
    },
    optional: { rating: 'res_estrellas', authorHandle: 'cli_alias', authorName: 'cli_nombre' },
  },
  {
    name: 'events of a game’s feedback form, hashed names',
    messages: sample(({ index, text, count, at }) => ({
      f8a1: {
        b0: `${(index * 7_919 + 104_729).toString(36)}-${(index * 104_729 + 15_485_863).toString(36)}`,
        b1: 'form.sent',
        b2: at + 1_250,
      },
      c77e: {
        d1: at,
        d2: [`win`, `mac`][index % 2],
        d3: `${1 + (index % 3)}.${index}.0`,
        d4: 60_000 + count * 1_000,
        d5: { e1: text, e2: index % 5, e3: ['Map', 'Sound', 'Controls'][index % 3] },
        d6: `${4_096 + index}-${index}e7`,
      },
    })),
    expected: { id: ['f8a1.b0', 'c77e.d6'], text: 'c77e.d5.e1', createdAt: ['c77e.d1', 'f8a1.b2'] },
  },
  {
    name: 'posts with Russian keys',
    messages: sample(({ index, text, handle, person, count, at }) => ({
      источник: 'форум',
      загружено: new Date(at + 86_400_000 + index * 13).toISOString(),
      запись: {
        код: `ru-${9_450_021 + index * 4}`,
        заголовок: null,
        содержание: text,
        опубликовано: new Date(at).toISOString(),
        исправлено: index % 4 === 2 ? new Date(at + 240_000).toISOString() : null,
        ссылка: `https://forum.example/t/55/ru-${9_450_021 + index * 4}`,
        отметки: count,
        язык: 'ru',
      },
      пользователь: { код: 4_410 + ((index * 3) % 7), имя: handle, 'полное имя': person, 'с нами с': `20${12 + index}-01-10` },
    })),
    expected: { id: 'запись.код', text: 'запись.содержание', createdAt: 'запись.опубликовано', url: 'запись.ссылка', lang: 'запись.язык' },
    optional: {
      updatedAt: 'запись.исправлено',
      authorId: 'пользователь.код',
      authorHandle: 'пользователь.имя',
      authorName: 'пользователь.полное имя',
    },
  },
  {
    name: 'rows of a log of calls, all in one list',
    messages: sample(({ index, text, person, at }) => [
      `call-${70_114 + index}`,
      new Date(at).toISOString(),
      61 + index,
      person,
      null,
      `${text}. Thank you, goodbye.`,
      index % 2 === 0,
    ]),
    expected: { id: '0', text: '5', createdAt: '1' },
    optional: { authorName: '3' },
  },
];
