/** Combining marks of Latin, Greek and Cyrillic; vowel signs, hamza and tatweel of Arabic. */
const diacritics = /[\u0300-\u036f\u0640\u064b-\u065f\u0670]/g;
/** Soft hyphens, zero-width characters and variation selectors. */
const invisible = /\u00ad|[\u200b-\u200d]|\u2060|[\ufe00-\ufe0f]|\ufeff/g;

/**
 * Folds a text for matching: ignores case, diacritics, full-width forms, and the kind of apostrophes and white space. Keeps
 * marks that distinguish letters in their script (Thai vowels, Japanese voicing marks).
 */
export function foldText(text: string): string {
  if (isAscii(text)) return text.toLowerCase().replace(/\s+/g, ' ');
  return (
    text
      .normalize('NFKD')
      .replace(diacritics, '')
      .replace(invisible, '')
      .replace(/[\u2018\u2019\u02bc]/g, "'")
      // Upper case first, so that ß becomes ss and a dotless ı becomes i.
      .toUpperCase()
      .toLowerCase()
      .replaceAll('ς', 'σ')
      .replaceAll('\u0671', '\u0627') // alef with wasla
      .normalize('NFC')
      .replace(/\s+/g, ' ')
  );
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 0x7f) return false;
  }
  return true;
}
