import type { ShownPost } from './api.ts';
import { element } from './dom.ts';
import { formatAge } from './format.ts';
import { shareBar } from './share-bar.ts';

const marks = { positive: '▲', neutral: '●', negative: '▼', unscored: '○' } as const;

/** One post as an item of a list. All that strangers wrote arrives as text. */
export function postItem(post: ShownPost): HTMLElement {
  const who = post.author?.handle ? `@${post.author.handle}` : (post.author?.name ?? 'somebody');
  const time = element('time');
  time.dateTime = post.createdAt;
  time.title = new Date(post.createdAt).toLocaleString('en-GB');
  // Names may hold marks that turn the direction of writing: <bdi> keeps that to the name.
  const origin = element('span', 'origin', element('bdi', 'who', who), ' on ', element('bdi', '', post.platform), ' · ', time);
  const head = element('p', 'post-head', origin, ...sourceLink(post.url));
  const text = element('p', 'post-text', post.text);
  text.dir = 'auto';
  if (post.lang !== 'und') text.lang = post.lang;
  return element('li', `post ${post.label}`, head, text, verdictLine(post));
}

/** Writes how old a post is into its item. */
export function ageOf(item: HTMLElement, { createdAt }: ShownPost, now: number): void {
  const time = item.querySelector('time');
  const age = formatAge(createdAt, now);
  if (time && time.textContent !== age) time.textContent = age;
}

function verdictLine(post: ShownPost): HTMLElement {
  const line = element('p', 'verdict', element('span', `tag ${post.label}`, `${marks[post.label]} ${post.label}`));
  if (post.label === 'unscored') line.append(element('span', 'sure', `language ${post.lang}`));
  else line.append(shareBar(post, 'small'), element('span', 'sure', `${Math.round(100 * post.confidence)} % sure`));
  for (const brand of post.brands) line.append(element('span', 'brand-tag', brand));
  return line;
}

/** Addresses come from strangers: only the web's, in a tab that knows nothing of this one. */
function sourceLink(url: string | undefined): HTMLElement[] {
  if (!url || !/^https?:\/\//i.test(url)) return [];
  const anchor = element('a', 'source', 'open');
  anchor.href = url;
  anchor.target = '_blank';
  anchor.rel = 'noopener noreferrer';
  return [anchor];
}
