import { readFile } from 'node:fs/promises';
import { asError, FeedpulseError } from '../errors.ts';
import { type Label, labels } from '../post.ts';

/** Labelled posts of a file; the three lists go together. */
export interface Labelled {
  readonly texts: readonly string[];
  readonly truth: readonly Label[];
  /** Where each stands in the file, counted from 1. */
  readonly lines: readonly number[];
}

/** Labels and texts of a TSV. A first line `label<TAB>text` is a header. Rejects with FILE_UNREADABLE. */
export async function readLabelled(file: string): Promise<Labelled> {
  const content = await readFile(file, 'utf8').catch((thrown: unknown) => {
    throw new FeedpulseError('FILE_UNREADABLE', `${asError(thrown).message}.`, { cause: thrown });
  });
  const texts: string[] = [];
  const truth: Label[] = [];
  const lines: number[] = [];
  for (const [index, line] of content.split('\n').entries()) {
    const tab = line.indexOf('\t');
    const name = line.slice(0, Math.max(0, tab));
    if (line === '' || (index === 0 && name === 'label')) continue;
    const label = labels.find((known) => known === name);
    if (!label) throw new FeedpulseError('FILE_UNREADABLE', `${file}:${index + 1}: expected ${labels.join(', ')}, a tab and the text.`);
    truth.push(label);
    texts.push(line.slice(tab + 1).replace(/\r$/, ''));
    lines.push(index + 1);
  }
  if (texts.length === 0) throw new FeedpulseError('FILE_UNREADABLE', `${file}: holds no labelled posts.`);
  return { texts, truth, lines };
}
