import type { ShownPost } from './api.ts';
import { byId, element } from './dom.ts';
import { ageOf, postItem } from './post-item.ts';

/** Which posts stand in the list: those that arrive, or the ones of a label that most people reacted to. */
export type PostsChoice = 'live' | 'negative' | 'positive';
const choices: readonly PostsChoice[] = ['live', 'negative', 'positive'];

export interface EngagingPanel {
  choice(): PostsChoice;
  show(posts: readonly ShownPost[]): void;
  say(why: string): void;
}

/** The switch above the posts, and the list of those that moved most. */
export function createEngagingPanel(choose: () => void): EngagingPanel {
  const list = byId('engaging');
  let chosen: PostsChoice = 'live';
  const buttons = choices.map((choice) => {
    const button = byId<HTMLButtonElement>(`posts-${choice}`);
    button.addEventListener('click', () => {
      chosen = choice;
      for (const [index, other] of buttons.entries()) other.setAttribute('aria-pressed', String(choices[index] === chosen));
      byId('posts').hidden = chosen !== 'live';
      byId('pause').hidden = chosen !== 'live';
      list.hidden = chosen === 'live';
      if (chosen !== 'live') list.replaceChildren(element('li', 'empty', 'Loading…'));
      choose();
    });
    return button;
  });
  const say = (why: string): void => list.replaceChildren(element('li', 'empty', why));
  return {
    choice: () => chosen,
    say,
    show: (posts) => {
      if (posts.length === 0) return say(`No ${chosen} post in this range.`);
      const now = Date.now();
      const items = posts.map((post) => {
        const item = postItem(post);
        ageOf(item, post, now);
        return item;
      });
      list.replaceChildren(...items);
    },
  };
}
