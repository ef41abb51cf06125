import { expect, test } from 'vitest';
import { brandHistory, historyBrands, historyConfig } from '../support/brand-history.ts';
import { browserSuite } from '../support/browser-suite.ts';
import { download, openPage, pageQuery } from '../support/open-page.ts';
import { startWithHistory } from '../support/stored-history.ts';

const [first, second] = historyBrands;

/** The browser, the model and the database share two cores. */
const waitLonger = { timeout: 20_000 };

const suite = browserSuite((dir) => startWithHistory(dir, { posts: brandHistory(), config: historyConfig }));

test('arrow keys move through a chart, Enter opens its posts, and a refresh does not take the focus', async () => {
  const { page } = await suite.open('/?range=1h');
  const chart = page.getByRole('slider', { name: 'Posts over time, by label' });
  await chart.focus();
  await page.keyboard.press('Home');
  await expect.poll(() => chart.getAttribute('aria-valuenow')).toBe('0');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => chart.getAttribute('aria-valuenow')).toBe('1');
  await page.keyboard.press('End');
  const said = await chart.getAttribute('aria-valuetext');
  expect(said).toMatch(/posts/);
  await page.locator('.brand-table').getByRole('link', { name: second }).focus();
  await page.waitForResponse(/api\/v1\/trends/);
  await page.waitForResponse(/api\/v1\/brands/);
  expect(await page.evaluate('document.activeElement.textContent')).toBe(second);
  await chart.focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await expect.poll(() => pageQuery(page).get('view')).toBe('posts');
  expect(Date.parse(pageQuery(page).get('to') ?? '') - Date.parse(pageQuery(page).get('from') ?? '')).toBe(60_000);
  await page.context().close();
});

test('a click on a bar segment opens the posts of that label and minute', async () => {
  const { page, errors } = await suite.open('/?range=1h');
  const chart = page.getByRole('slider', { name: 'Posts over time, by label' });
  await expect.poll(() => page.locator('.history canvas').count()).toBe(2);
  // The negative posts are at the bottom of the bars.
  await expect
    .poll(async () => {
      const box = await chart.boundingBox();
      if (box) await chart.click({ position: { x: 0.6 * box.width, y: 170 - 26 - 4 } });
      return pageQuery(page).get('view');
    }, waitLonger)
    .toBe('posts');
  expect(pageQuery(page).get('label')).toBe('negative');
  await expect.poll(() => page.locator('.cards .post').count()).toBeGreaterThan(0);
  expect(new Set(await page.locator('.cards .post .tag').allTextContents())).toEqual(new Set(['▼ negative']));
  expect(errors).toEqual([]);
  await page.context().close();
});

test('compares brands side by side, with shares of voice that add up to 100%', async () => {
  const { page, errors } = await suite.open(`/?view=compare&range=1h&brand=${first}&brand=${second}`);
  await expect.poll(() => page.locator('.comparison tbody th').allTextContents(), waitLonger).toHaveLength(2);
  expect((await page.locator('.comparison tbody th').allTextContents()).sort()).toEqual([first, second].sort());
  await page.getByLabel('Sort by').selectOption('brand');
  expect(await page.locator('.comparison tbody th').allTextContents()).toEqual([first, second].sort());
  const voice = page.locator('.comparison tbody tr > :nth-child(3) .metric-value');
  await expect
    .poll(async () => (await voice.allTextContents()).reduce((sum, text) => sum + Number.parseFloat(text.replace(',', '.')), 0))
    .toBeCloseTo(100, 0);
  await expect.poll(() => page.locator('.chart.lines canvas').count()).toBe(2);
  const { name, bytes } = await download(page, 'Save Share of voice as PNG');
  expect(name).toMatch(/\.png$/);
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  const csv = await download(page, 'Save the comparison as CSV');
  expect(
    csv.bytes
      .toString()
      .split('\r\n')
      .slice(1, 3)
      .map((line) => line.split(',')[0]),
  ).toEqual([first, second]);
  expect(errors).toEqual([]);
  await page.context().close();
});

test("a line leads to the brand's posts, by mouse and by keyboard", async () => {
  const { page, errors } = await suite.open(`/?view=compare&range=1h&brand=${first}&brand=${second}`);
  const shares = page.getByRole('slider', { name: `Share of voice of ${first}, ${second} over time` });
  await expect.poll(() => page.locator('.chart.lines canvas').count(), waitLonger).toBe(2);
  const net = page.getByRole('slider', { name: /^Net sentiment of/ });
  await net.focus();
  await page.keyboard.press('End');
  await expect.poll(() => net.getAttribute('aria-valuetext')).toContain(`${first}: `);
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => net.getAttribute('aria-valuetext')).toContain(`${second}: `);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await expect.poll(() => pageQuery(page).getAll('brand')).toEqual([second]);
  expect(Date.parse(pageQuery(page).get('to') ?? '') - Date.parse(pageQuery(page).get('from') ?? '')).toBe(60_000);
  await page.goBack();
  await expect.poll(() => page.locator('.chart.lines canvas').count(), waitLonger).toBe(2);
  // The first brand is on top.
  await expect
    .poll(async () => {
      const box = await shares.boundingBox();
      if (box) await shares.click({ position: { x: box.width - 100, y: 12 } });
      return pageQuery(page).get('view');
    })
    .toBe('posts');
  expect(pageQuery(page).getAll('brand')).toEqual([first]);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('the axis of a line chart has its ticks on full hours of the selected time zone', async () => {
  const { page } = await openPage(suite.browser, 'about:blank');
  await page.addInitScript(`{
    const { fillText } = CanvasRenderingContext2D.prototype;
    window.drawnText = [];
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
      window.drawnText.push(text);
      return fillText.call(this, text, ...rest);
    };
  }`);
  await page.goto(`${suite.running.url}/?view=compare&range=24h&zone=UTC&brand=${first}&brand=${second}`);
  await expect.poll(() => page.locator('.chart.lines canvas').count(), waitLonger).toBe(2);
  // Offset from UTC by half an hour.
  await page.getByLabel('Time zone').focus();
  await page.getByLabel('Time zone').selectOption('Australia/Adelaide');
  const hours = async () => (await page.evaluate<string[]>('window.drawnText')).filter((text) => /^\d\d:\d\d$/.test(text));
  // Labels drawn while the new data was loading may still use the previous zone.
  await expect.poll(() => page.locator('.stale').count(), waitLonger).toBe(0);
  await page.waitForTimeout(1_000);
  await page.evaluate('window.drawnText.length = 0');
  await expect.poll(async () => (await hours()).length, waitLonger).toBeGreaterThan(0);
  for (const hour of await hours()) expect(hour).toMatch(/:00$/);
  await page.context().close();
});

test('saves the charts as CSV and PNG', async () => {
  const { page } = await suite.open('/?range=1h');
  await expect.poll(() => page.locator('.history canvas').count()).toBe(2);
  const csv = (await download(page, 'Save the charts as CSV')).bytes.toString();
  const [header = '', ...rows] = csv.replace('\ufeff', '').trim().split('\r\n');
  expect(header).toBe('start,posts,positive,neutral,negative,unscored,net sentiment,low,high,counted net sentiment');
  for (const row of rows) {
    const [, posts, ...labels] = row.split(',').map(Number);
    expect(labels.slice(0, 4).reduce((sum, count) => sum + count, 0)).toBe(posts);
  }
  const { bytes } = await download(page, 'Save the charts as PNG');
  // A PNG has its width and height at bytes 16 and 20. It is twice as large as on the screen, with title and legend.
  const shown = await page
    .locator('.history .chart')
    .evaluateAll((charts) => charts.map((chart) => [chart.clientWidth, chart.clientHeight]));
  expect(bytes.readUInt32BE(16)).toBe(2 * ((shown[0]?.[0] ?? 0) + 40));
  expect(bytes.readUInt32BE(20)).toBeGreaterThan(2 * shown.reduce((sum, [, height = 0]) => sum + height, 0) + 150);
  await page.context().close();
});

test('dragging zooms in, a double click goes back, and the cursor has a tooltip', async () => {
  const { page, errors } = await suite.open('/?range=1h');
  const chart = page.getByRole('slider', { name: 'Net sentiment over time' });
  await expect.poll(() => page.locator('.history canvas').count(), waitLonger).toBe(2);
  const box = await chart.boundingBox();
  if (!box) throw new Error('The chart has no box.');
  const moveTo = (share: number, steps = 5) => page.mouse.move(box.x + share * box.width, box.y + 60, { steps });
  await moveTo(0.5);
  await page.locator('.chart-tooltip', { hasText: 'Net sentiment' }).waitFor();
  await moveTo(0.4);
  await page.mouse.down();
  await moveTo(0.6);
  await page.mouse.up();
  await expect.poll(() => pageQuery(page).get('from'), waitLonger).not.toBeNull();
  const [from, to] = ['from', 'to'].map((end) => Date.parse(pageQuery(page).get(end) ?? ''));
  expect((to ?? 0) - (from ?? 0)).toBeGreaterThan(8 * 60_000);
  expect((to ?? 0) - (from ?? 0)).toBeLessThan(18 * 60_000);
  expect(pageQuery(page).get('view')).toBeNull();
  await page.getByRole('button', { name: 'Zoom out' }).waitFor();
  await expect.poll(() => page.locator('.stale').count(), waitLonger).toBe(0);
  await chart.dblclick({ position: { x: box.width / 2, y: 60 } });
  await expect.poll(() => new URL(page.url()).search, waitLonger).toBe('?range=1h');
  expect(errors).toEqual([]);
  await page.context().close();
});

test('a brand or a label of a legend can be shown alone', async () => {
  const { page, errors } = await suite.open(`/?view=compare&range=1h&brand=${first}&brand=${second}`);
  const net = page.getByRole('slider', { name: /^Net sentiment of/ });
  await expect.poll(() => page.locator('.chart.lines canvas').count(), waitLonger).toBe(2);
  const toggle = page.locator('.legend.series').first().getByRole('button', { name: second });
  await toggle.click();
  await expect.poll(() => net.getAttribute('aria-label')).toBe(`Net sentiment of ${second} over time`);
  await toggle.click();
  await expect.poll(() => net.getAttribute('aria-label')).toBe(`Net sentiment of ${first}, ${second} over time`);
  await page.goto(`${suite.running.url}/?range=1h`);
  const negative = page.getByLabel('Legend').getByRole('button', { name: 'negative' });
  await negative.click();
  expect(await negative.getAttribute('aria-pressed')).toBe('true');
  expect(errors).toEqual([]);
  await page.context().close();
});
