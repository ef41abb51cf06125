/** Combining marks of Latin, Greek and Cyrillic. */
const diacritics = /[\u0300-\u036f]/g;
/** Soft hyphens, what has no width, and choices between forms of one character. */
const invisible = /\u00ad|[\u200b-\u200d]|\u2060|[\ufe00-\ufe0f]|\ufeff/g;

/**
 * Text as brands are looked for: without regard to case, diacritics, width, kinds of apostrophe and white
 * space. Marks of scripts where they are letters of their own (Thai vowels, Japanese voicing) stay.
 */
export function foldText(text: string): string {
  if (isAscii(text)) return text.toLowerCase().replace(/\s+/g, ' ');
  return (
    text
      .normalize('NFKD')
      .replace(diacritics, '')
      .replace(invisible, '')
      .replace(/[\u2018\u2019\u02bc]/g, "'")
      // By way of upper case, ß becomes ss and a dotless ı an i.
      .toUpperCase()
      .toLowerCase()
      .replaceAll('ς', 'σ')
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
