import type { Driver, Drivers } from './api.ts';
import { byId, element } from './dom.ts';
import { formatCount } from './format.ts';

const sides = [
  { label: 'negative', title: '▼ Negative posts', nothing: 'No word sets the negative posts apart.' },
  { label: 'positive', title: '▲ Positive posts', nothing: 'No word sets the positive posts apart.' },
] as const;

export interface DriversPanel {
  show(drivers: Drivers): void;
  /** There are none to show, and why. */
  say(why: string): void;
}

/** The words that set the negative and the positive posts of the range apart; a click on one shows posts that have it. */
export function createDriversPanel(): DriversPanel {
  const panel = byId('drivers');
  let opened: string | undefined;

  const draw = (drivers: Drivers): void => {
    const columns = sides.map(({ label, title, nothing }) => {
      const items = drivers[label].map((driver) => {
        const key = `${label} ${driver.term}`;
        return driverItem(driver, label, key === opened, () => {
          opened = key === opened ? undefined : key;
          draw(drivers);
        });
      });
      const list = items.length > 0 ? element('ul', 'driver-list', ...items) : element('p', 'quiet', nothing);
      return element('div', '', element('h3', `tag ${label}`, title), list);
    });
    const focused = document.activeElement?.id;
    panel.replaceChildren(...columns);
    if (focused) document.getElementById(focused)?.focus();
  };
  return {
    show: draw,
    say: (why) => panel.replaceChildren(element('p', 'quiet', why)),
  };
}

function driverItem({ term, n, examples }: Driver, label: string, isOpen: boolean, toggle: () => void): HTMLElement {
  // A term is what strangers wrote: <bdi> keeps its direction to itself.
  const button = element('button', 'driver', element('bdi', 'term', term), element('span', 'quiet', `${formatCount(n)} posts`));
  button.type = 'button';
  button.id = `driver-${label}-${[...term].map((sign) => sign.codePointAt(0)?.toString(36)).join('-')}`;
  button.setAttribute('aria-expanded', String(isOpen));
  button.addEventListener('click', toggle);
  const quotes = isOpen ? examples.map(({ text }) => quote(text)) : [];
  return element('li', '', button, ...quotes);
}

function quote(text: string): HTMLElement {
  const node = element('blockquote', '', text);
  node.dir = 'auto';
  return node;
}
