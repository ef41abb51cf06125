import type { ScoredPost } from '../post.ts';
import { byId, element } from './dom.ts';
import { formatAge } from './format.ts';

const mostShown = 40;
const marks = { positive: '▲', neutral: '●', negative: '▼', unscored: '○' } as const;

/** The newest posts of the chosen brand, newest first; older ones fall out at the end. */
export function createLivePanel(): { add(post: ScoredPost): void; show(brand: string): void } {
  const list = byId<HTMLOListElement>('posts');
  const pause = byId<HTMLButtonElement>('pause');
  let brand = '*';
  let paused = false;
  let shown: ScoredPost[] = [];
  let scheduled = false;

  const draw = (): void => {
    scheduled = false;
    if (paused) return;
    const now = Date.now();
    list.replaceChildren(
      ...(shown.length > 0
        ? shown.map((post) => postItem(post, now))
        : [element('li', 'empty', 'No post yet. New ones appear here as they are scored.')]),
    );
  };
  const schedule = (): void => {
    // Posts come in bursts: one drawing a quarter of a second is calm, and enough.
    if (!scheduled) setTimeout(draw, 250);
    scheduled = true;
  };
  pause.addEventListener('click', () => {
    paused = !paused;
    pause.setAttribute('aria-pressed', String(paused));
    pause.textContent = paused ? 'Go on' : 'Pause';
    schedule();
  });
  setInterval(schedule, 5_000); // ages go on while nothing comes

  return {
    add: (post) => {
      if (post.deleted || (brand !== '*' && !post.brands.includes(brand))) return;
      const others = shown.filter(({ platform, id }) => platform !== post.platform || id !== post.id);
      shown = [post, ...others].sort((a, b) => b.createdAt.localeCompare(a.createdAt)).slice(0, mostShown);
      schedule();
    },
    show: (chosen) => {
      if (chosen === brand) return;
      brand = chosen;
      shown = [];
      schedule();
    },
  };
}

function postItem(post: ScoredPost, now: number): HTMLElement {
  const who = post.author?.handle ? `@${post.author.handle}` : (post.author?.name ?? 'somebody');
  const head = element('p', 'post-head', element('b', '', who), ` on ${post.platform} · ${formatAge(post.createdAt, now)}`);
  const text = element('p', 'post-text', post.text);
  text.dir = 'auto';
  if (post.lang !== 'und') text.lang = post.lang;
  const verdict = element('p', 'verdict', element('span', `tag ${post.label}`, `${marks[post.label]} ${post.label}`));
  if (post.label === 'unscored') verdict.append(element('span', 'sure', `language ${post.lang}`));
  else verdict.append(probabilityBar(post), element('span', 'sure', `${Math.round(100 * post.confidence)} % sure`));
  if (post.brands.length > 0) verdict.append(element('span', 'sure', post.brands.join(', ')));
  return element('li', `post ${post.label}`, head, text, verdict, ...(post.url ? [link(post.url)] : []));
}

function probabilityBar(post: ScoredPost): HTMLElement {
  const bar = element('span', 'share-bar small');
  for (const label of ['positive', 'neutral', 'negative'] as const) {
    const part = element('i', `key ${label}`);
    part.style.width = `${100 * post[label]}%`;
    bar.append(part);
  }
  bar.setAttribute('aria-hidden', 'true');
  return bar;
}

/** Addresses come from strangers: only the web's, in a tab that knows nothing of this one. */
function link(url: string): HTMLElement {
  const anchor = element('a', 'source', 'open the post');
  if (/^https?:\/\//i.test(url)) anchor.href = url;
  anchor.target = '_blank';
  anchor.rel = 'noopener noreferrer';
  return anchor;
}
