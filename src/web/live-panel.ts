import type { ShownPost } from './api.ts';
import { byId, element } from './dom.ts';
import { ageOf, postItem } from './post-item.ts';

const mostShown = 40;
/** Posts come in bursts: a few drawings a second are calm, and enough. */
const drawEveryMs = 400;

export interface LivePanel {
  /** Posts of any brand, in any order. */
  add(posts: readonly ShownPost[]): void;
  /** Empties the list, for the posts of another brand. */
  show(brand: string): void;
}

const keyOf = ({ platform, id }: ShownPost): string => JSON.stringify([platform, id]);

/** The newest posts of the chosen brand, newest first; older ones fall out at the end. */
export function createLivePanel(): LivePanel {
  const list = byId<HTMLOListElement>('posts');
  const pause = byId<HTMLButtonElement>('pause');
  const nothing = element('li', 'empty', 'No post yet. New ones appear here as they are scored.');
  let brand = '*';
  let paused = false;
  let missed = 0;
  /** Newest first. */
  let shown: ShownPost[] = [];
  const items = new Map<ShownPost, HTMLElement>();

  const draw = (): void => {
    const now = Date.now();
    for (const post of items.keys()) if (!shown.includes(post)) items.delete(post);
    const wanted = shown.map((post) => {
      const item = items.get(post) ?? postItem(post);
      items.set(post, item);
      ageOf(item, post, now);
      return item;
    });
    settle(list, wanted.length > 0 ? wanted : [nothing]);
  };
  const write = (): void => {
    pause.textContent = paused ? (missed > 0 ? `Go on · ${missed} new` : 'Go on') : 'Pause';
  };
  pause.addEventListener('click', () => {
    paused = !paused;
    missed = 0;
    pause.setAttribute('aria-pressed', String(paused));
    write();
  });
  setInterval(() => paused || document.hidden || draw(), drawEveryMs);

  return {
    add: (posts) => {
      const fitting = posts.filter((post) => brand === '*' || post.brands.includes(brand));
      if (fitting.length === 0) return;
      const replaced = new Set(fitting.map(keyOf));
      const others = shown.filter((post) => !replaced.has(keyOf(post)));
      shown = [...fitting, ...others].sort((a, b) => b.createdAt.localeCompare(a.createdAt)).slice(0, mostShown);
      missed += fitting.length;
      if (paused) write();
    },
    show: (chosen) => {
      if (chosen === brand) return;
      brand = chosen;
      shown = [];
      missed = 0;
    },
  };
}

/** Makes the children be these, touching only what differs: a link that has the focus keeps it. */
function settle(list: HTMLElement, wanted: readonly HTMLElement[]): void {
  const keep = new Set(wanted);
  for (const child of [...list.children]) if (child instanceof HTMLElement && !keep.has(child)) child.remove();
  for (const [index, item] of wanted.entries()) if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
}
