import type { ComponentChild } from 'preact';

/** A text with some words marked, whatever their case. Everything stays text. */
export function marked(text: string, words: readonly string[]): ComponentChild {
  // Of two names that begin alike the longer one is meant.
  const longestFirst = words.filter((word) => word.trim() !== '').sort((a, b) => b.length - a.length);
  const wanted = longestFirst.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  if (wanted.length === 0) return text;
  const pieces = text.split(new RegExp(`(${wanted.join('|')})`, 'giu'));
  return pieces.map((piece, index) => (index % 2 === 1 ? <mark key={index}>{piece}</mark> : piece));
}
