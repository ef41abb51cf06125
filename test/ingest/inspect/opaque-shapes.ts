import { type Shape, sample } from './shape.ts';

const seconds = (ms: number): number => Math.floor(ms / 1_000);

/** Shapes whose names say little: in other languages, abbreviated, numbered, or none at all. */
export const opaqueShapes: readonly Shape[] = [
  {
    name: 'opinions of a shop, French keys, date and time apart',
    messages: sample(({ index, text, person, iso }) => ({
      num_avis: 31_877 + index * 3,
      produit: 'Bouilloire Brixomel 3000',
      ref_produit: 'BRX-3000',
      description_produit: 'Bouilloire de 1,7 litre en acier avec filtre amovible et arrêt automatique.',
      date_depot: iso.slice(0, 10),
      heure_depot: iso.slice(11, 19),
      date_commande: `2026-11-0${1 + (index % 3)}`,
      auteur: person,
      ville: ['Lyon', 'Lille', 'Nantes'][index % 3],
      note: (index % 5) + 1,
      titre: index % 4 === 3 ? '' : ['Chante', 'En retard', 'Question', 'Cassée', 'Top', 'Aimable', 'Bien', 'Couvercle'][index],
      corps_avis: text,
      avis_verifie: index % 2,
    })),
    expected: {
      id: 'num_avis',
      text: ['corps_avis', ['{titre}\\n\\n{corps_avis}', 'corps_avis', 'titre']],
      createdAt: ['{date_depot} {heure_depot}', ['{date_depot} {heure_depot}', 'date_depot']],
      authorName: 'auteur',
    },
    optional: { rating: 'note', authorHandle: 'auteur', authorId: 'auteur' },
  },
  {
    name: 'rows without names (JSON compact)',
    messages: sample(({ index, text, handle, person, count, iso }) => ({
      row: [`m${90_115 + index * 17}`, 'chirper', iso.slice(0, 19).replace('T', ' '), handle, person, text, count, 'en'],
    })),
    expected: { id: 'row.0', text: 'row.5', createdAt: 'row.2' },
    optional: { authorHandle: 'row.3', authorId: 'row.3', authorName: 'row.4', lang: 'row.7', platform: 'row.1' },
  },
  {
    name: 'records of a mainframe, abbreviated, compact date and time',
    messages: sample(({ index, text, person, at }) => {
      const compact = new Date(at).toISOString().replace(/[-:]/g, '');
      return {
        SATZART: 'K',
        LFD_NR: String(index + 1).padStart(6, '0'),
        VORG_NR: `V${4_410_982 + index * 31}`,
        KD_NR: String(70_000_118 + ((index * 7) % 5) * 1_001),
        KD_NAME: person,
        KANAL: index % 2 === 0 ? 'MAIL' : 'WEB',
        SPR: 'DE',
        ERF_DAT: compact.slice(0, 8),
        ERF_ZEIT: compact.slice(9, 15),
        SB_KZ: ['HUBM', 'KRAL'][index % 2],
        TXT: text,
        STAT: '10',
      };
    }),
    expected: {
      id: ['VORG_NR', 'LFD_NR'],
      text: 'TXT',
      createdAt: ['{ERF_DAT}T{ERF_ZEIT}', ['{ERF_DAT}T{ERF_ZEIT}', 'ERF_DAT']],
    },
    optional: { authorId: 'KD_NR', authorName: 'KD_NAME', lang: 'SPR', platform: 'KANAL' },
  },
  {
    name: 'answers to numbered questions of a survey',
    messages: sample(({ index, text, iso, at }) => ({
      StartDate: new Date(at - 240_000).toISOString().slice(0, 19).replace('T', ' '),
      EndDate: iso.slice(0, 19).replace('T', ' '),
      Status: 0,
      Progress: 100,
      Duration: 240 - index,
      Finished: 1,
      ResponseId: `R_2k${index}QxW0mZp${7 - index}aLrT`,
      DistributionChannel: 'email',
      UserLanguage: 'EN',
      Q1: index % 11,
      Q1_GROUP: index % 11 > 8 ? 'Promoter' : 'Detractor',
      Q2: ['Kettle', 'Grinder', 'Toaster'][index % 3],
      Q3_1: (index % 5) + 1,
      Q3_2: ((index * 3) % 5) + 1,
      Q4: text,
      Q5: index % 3 === 0 ? 'A longer cable' : null,
    })),
    expected: { id: 'ResponseId', text: 'Q4', createdAt: ['StartDate', 'EndDate'] },
    optional: { lang: 'UserLanguage' },
  },
  {
    name: 'messages with numbers for keys',
    messages: sample(({ index, text, handle, person, count, at }) => ({
      1: { 1: `7f3a${(index * 4_099 + 4_096).toString(16)}c0de`, 2: at, 3: index % 4 === 1 ? at + 95_000 : undefined, 4: 'en' },
      2: {
        1: 5_500_210 + index * 13,
        2: handle,
        3: person,
        4: ['Collects kettles and old radios, mostly broken ones.', 'Tea first.', undefined][index % 3],
        5: Date.UTC(2015 + (index % 7), index, 3),
      },
      3: { 1: text, 2: { 1: count, 2: index } },
      9: seconds(at) + 40 + index,
    })),
    expected: { id: '1.1', text: '3.1', createdAt: '1.2' },
    optional: { updatedAt: '1.3', lang: '1.4', authorId: '2.1', authorHandle: '2.2', authorName: '2.3' },
  },
  {
    name: 'posts of a forum, Polish keys',
    messages: sample(({ index, text, handle, person, count, iso, at }) => ({
      dzial: { numer: 4, tytul: 'Sprzęt do kuchni', opis: 'Rozmowy o czajnikach, młynkach i innych urządzeniach.' },
      watek: { numer: 8_814 + (index % 2), tytul: ['Który czajnik kupić w tym roku?', 'Brixomel nie działa po aktualizacji'][index % 2] },
      wpis: {
        numer: 551_020 + index * 2,
        odnosnik: `https://forum.kuchnia.example/w/${8_814 + (index % 2)}#${551_020 + index * 2}`,
        tresc: `<p>${text}</p>`,
        dodano: iso,
        zmieniono: index % 3 === 2 ? new Date(at + 600_000).toISOString() : null,
        polubienia: count,
        odpowiedz_na: index > 4 ? 551_020 + (index - 3) * 2 : null,
      },
      uzytkownik: {
        numer: 3_120 + ((index * 5) % 6),
        login: handle,
        imie: person,
        podpis: 'Pozdrawiam wszystkich miłośników dobrej herbaty',
        od: `20${10 + index}-03-01T00:00:00.000Z`,
      },
    })),
    expected: { html: true, id: 'wpis.numer', text: 'wpis.tresc', createdAt: 'wpis.dodano', url: 'wpis.odnosnik' },
    optional: {
      updatedAt: 'wpis.zmieniono',
      inReplyTo: 'wpis.odpowiedz_na',
      authorHandle: 'uzytkownik.login',
      authorId: 'uzytkownik.numer',
      authorName: 'uzytkownik.imie',
    },
  },
];
