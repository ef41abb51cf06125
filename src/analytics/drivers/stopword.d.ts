/** The package has no types. It exports one list of words per ISO 639-3 code. */
declare module 'stopword' {
  type Words = readonly string[];
  export const ara: Words, ces: Words, dan: Words, deu: Words, ell: Words, eng: Words, fin: Words, fra: Words, heb: Words;
  export const hun: Words, ind: Words, ita: Words, jpn: Words, kor: Words, nld: Words, nob: Words, pol: Words, por: Words;
  export const ben: Words, bul: Words, cat: Words, fas: Words, hin: Words, hrv: Words, slk: Words, urd: Words;
  export const ron: Words, rus: Words, spa: Words, swe: Words, tha: Words, tur: Words, ukr: Words, vie: Words, zho: Words;
}
