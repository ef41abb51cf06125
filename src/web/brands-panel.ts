import type { Brand } from './api.ts';
import { byId, element } from './dom.ts';
import { formatCount, formatNet } from './format.ts';
import { shareBar } from './share-bar.ts';

export const brandTitle = (brand: string): string => (brand === '*' ? 'All posts' : brand);

export interface BrandsPanel {
  show(brands: readonly Brand[], chosen: string): void;
}

/** The picker on top and the table below: every brand with its figures; a click on a name chooses it. */
export function createBrandsPanel(choose: (brand: string) => void): BrandsPanel {
  const picker = byId<HTMLSelectElement>('brand');
  const body = byId('brand-rows');
  picker.addEventListener('change', () => choose(picker.value));
  const rows = new Map<string, HTMLTableRowElement>();
  const rowOf = (brand: string): HTMLTableRowElement => {
    const row = rows.get(brand) ?? newRow(brand, choose);
    rows.set(brand, row);
    return row;
  };

  return {
    show: (brands, chosen) => {
      const names = brands.map(({ brand }) => brand);
      if (names.join('\n') !== Array.from(picker.options, ({ value }) => value).join('\n')) {
        picker.replaceChildren(...names.map((name) => new Option(brandTitle(name), name)));
      }
      picker.value = chosen;
      const sorted = brands.filter(({ brand }) => brand !== '*').sort((a, b) => b.volume - a.volume);
      for (const brand of sorted) fillRow(rowOf(brand.brand), brand, brand.brand === chosen);
      putInOrder(
        body,
        sorted.map(({ brand }) => rowOf(brand)),
      );
    },
  };
}

function newRow(brand: string, choose: (brand: string) => void): HTMLTableRowElement {
  const button = element('button', 'link', brand);
  button.type = 'button';
  button.addEventListener('click', () => choose(brand));
  const name = element('th', '', button);
  name.scope = 'row';
  return element('tr', '', name, element('td', 'number'), element('td', 'number net'), element('td', 'wide'));
}

/** Rows stay and their figures change, so that what has the keyboard's focus keeps it. */
function fillRow(row: HTMLTableRowElement, figures: Brand, isChosen: boolean): void {
  const [name, volume, net, shares] = row.cells;
  const { positive, neutral, negative, netSentiment } = figures;
  const scored = positive + neutral + negative;
  const tone = netSentiment === null || Math.abs(netSentiment) < 3 ? '' : netSentiment > 0 ? 'positive' : 'negative';
  row.classList.toggle('chosen', isChosen);
  name?.firstElementChild?.setAttribute('aria-pressed', String(isChosen));
  if (volume) volume.textContent = formatCount(figures.volume);
  if (net) net.textContent = formatNet(netSentiment);
  if (net) net.className = `number net ${tone}`;
  if (scored > 0) shares?.replaceChildren(shareBar(figures, '', `${positive} positive, ${neutral} neutral, ${negative} negative`));
  else shares?.replaceChildren();
}

function putInOrder(body: HTMLElement, rows: readonly HTMLElement[]): void {
  if (rows.length === body.children.length && rows.every((row, index) => row === body.children[index])) return;
  const focused = document.activeElement;
  body.replaceChildren(...rows);
  if (focused instanceof HTMLElement && body.contains(focused)) focused.focus();
}
