import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of this repository, with a slash at its end. */
export const repository = fileURLToPath(new URL('../../', import.meta.url));

export function readText(path: string): string {
  return readFileSync(`${repository}${path}`, 'utf8');
}

/** Rows of a Markdown table whose first cell is `code`, as cells without that markup; in the order of the file. */
export function codeRows(markdown: string): string[][] {
  return markdown
    .split('\n')
    .filter((line) => /^\| `[^`]+` \|/.test(line))
    .map((line) => line.slice(2, -2).split(' | '))
    .map(([first = '', ...rest]) => [first.replaceAll('`', ''), ...rest]);
}

/** Every file of the documentation, by its path in the repository. */
export function documents(): string[] {
  const inDocs = readdirSync(`${repository}docs`, { recursive: true, encoding: 'utf8' }).map((path) => `docs/${path}`);
  return [...inDocs, 'README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].filter((path) => path.endsWith('.md'));
}
