import type { Brand } from './api.ts';
import { byId, element } from './dom.ts';
import { formatCount, formatNet } from './format.ts';

export const brandTitle = (brand: string): string => (brand === '*' ? 'All posts' : brand);

/** The picker on top and the table below: every brand with its figures; a click on a row chooses the brand. */
export function showBrands(brands: readonly Brand[], chosen: string, choose: (brand: string) => void): void {
  const picker = byId<HTMLSelectElement>('brand');
  const names = brands.map(({ brand }) => brand);
  if (names.join('\n') !== Array.from(picker.options, ({ value }) => value).join('\n')) {
    picker.replaceChildren(...names.map((name) => new Option(brandTitle(name), name)));
  }
  picker.value = chosen;
  const body = byId('brands').querySelector('tbody');
  body?.replaceChildren(
    ...brands
      .filter(({ brand }) => brand !== '*')
      .sort((a, b) => b.volume - a.volume)
      .map((brand) => row(brand, brand.brand === chosen, choose)),
  );
}

function row(figures: Brand, isChosen: boolean, choose: (brand: string) => void): HTMLElement {
  const button = element('button', 'link', figures.brand);
  button.type = 'button';
  button.addEventListener('click', () => choose(figures.brand));
  const tone = figures.netSentiment === null ? '' : figures.netSentiment >= 0 ? 'positive' : 'negative';
  return element(
    'tr',
    isChosen ? 'chosen' : '',
    element('th', '', button),
    element('td', 'number', formatCount(figures.volume)),
    element('td', `number net ${tone}`, formatNet(figures.netSentiment)),
    element('td', 'wide', shareBar(figures)),
  );
}

function shareBar({ positive, neutral, negative }: Brand): HTMLElement {
  const total = Math.max(1, positive + neutral + negative);
  const parts = Object.entries({ positive, neutral, negative }).map(([label, count]) => {
    const part = element('i', `key ${label}`);
    part.style.width = `${(100 * count) / total}%`;
    return part;
  });
  const bar = element('span', 'share-bar', ...parts);
  bar.setAttribute('role', 'img');
  bar.setAttribute('aria-label', `${positive} positive, ${neutral} neutral, ${negative} negative`);
  return bar;
}
