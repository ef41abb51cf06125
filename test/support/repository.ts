import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The repository root, with a trailing slash. */
export const repository = fileURLToPath(new URL('../../', import.meta.url));

export function readText(path: string): string {
  return readFileSync(`${repository}${path}`, 'utf8');
}

/** The rows of Markdown tables whose first cell is `code`, as plain cells in file order. */
export function codeRows(markdown: string): string[][] {
  return markdown
    .split('\n')
    .filter((line) => /^\| `[^`]+` \|/.test(line))
    .map((line) => line.slice(2, -2).split(' | '))
    .map(([first = '', ...rest]) => [first.replaceAll('`', ''), ...rest]);
}

/** The paths of all Markdown documents. */
export function documents(): string[] {
  const inDocs = readdirSync(`${repository}docs`, { recursive: true, encoding: 'utf8' }).map((path) => `docs/${path}`);
  return [...inDocs, 'README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].filter((path) => path.endsWith('.md'));
}
