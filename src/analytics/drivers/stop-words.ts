import * as lists from 'stopword';
import { foldText } from '../../lib/fold-text.ts';

/** By BCP 47 primary subtag. */
const baseLists: Readonly<Record<string, readonly string[]>> = {
  ar: lists.ara,
  bg: lists.bul,
  bn: lists.ben,
  ca: lists.cat,
  cs: lists.ces,
  da: lists.dan,
  de: lists.deu,
  el: lists.ell,
  en: lists.eng,
  es: lists.spa,
  fa: lists.fas,
  fi: lists.fin,
  fr: lists.fra,
  he: lists.heb,
  hi: lists.hin,
  hr: lists.hrv,
  hu: lists.hun,
  id: lists.ind,
  it: lists.ita,
  ja: lists.jpn,
  ko: lists.kor,
  nl: lists.nld,
  no: lists.nob,
  pl: lists.pol,
  pt: lists.por,
  ro: lists.ron,
  ru: lists.rus,
  sk: lists.slk,
  sv: lists.swe,
  th: lists.tha,
  tr: lists.tur,
  uk: lists.ukr,
  ur: lists.urd,
  vi: lists.vie,
  zh: lists.zho,
};

/** Additions to the English list: contractions without apostrophe, pronouns, fillers. */
const english = `
  am not no nor yes my me your yours his hers its our ours their them us you we he she they i so just too very really
  im ive id ill youre youve youll hes shes theyre weve were isnt arent wasnt werent dont doesnt didnt cant couldnt
  wont wouldnt shouldnt hasnt havent hadnt aint ca wo thats theres whats lets gonna wanna gotta ur u rt via amp
  again always every much more most even still only now then here there out up down off over do does did doing done
  have has had having get gets got getting go goes going went one two some any all
`;
/** Additions to the Spanish and Portuguese lists, which are short. */
const spanish = `
  es son era eran fue fueron ser soy eres somos esta estan este esto estos estas estoy estaba ese eso esa esos esas ha han he hay
  tiene tengo tienen mi mis tu tus su sus me te se lo la los las le les nos al del un una unos unas y o u pero si no ni que
  porque cuando como donde quien muy mas menos ya hoy todo toda todos todas otra otro vez hasta desde sobre entre sin tan solo q xq
`;
const portuguese = `
  e ou mas nem se sim nao que porque pq quando como onde quem muito muita mais menos ja hoje tudo todo toda todos todas
  ser era eram foi foram sou esta estao estou estava isso isto esse essa este ha tem tenho um uma uns umas meu minha seu sua
  me te lhe nos vos eles elas ele ela voce vc vcs pra pro ate so tambem de do da dos das em no na ao aos
`;
const splitWords = (text: string): string[] => text.trim().split(/\s+/);
const additions: Readonly<Record<string, readonly string[]>> = {
  en: splitWords(english),
  es: splitWords(spanish),
  pt: splitWords(portuguese),
};

const cache = new Map<string, ReadonlySet<string>>();

/**
 * Folded stop words of a language (BCP 47 primary subtag), based on the package `stopword`. Other languages fall
 * back to English, which appears in posts of every language.
 */
export function getStopWords(language: string): ReadonlySet<string> {
  const listed = Object.hasOwn(baseLists, language) ? language : 'en';
  const words = cache.get(listed) ?? new Set([...(baseLists[listed] ?? []), ...(additions[listed] ?? [])].map(foldText));
  cache.set(listed, words);
  return words;
}
