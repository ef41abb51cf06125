import { expect, test } from 'vitest';
import { browserSuite } from '../support/browser-suite.ts';
import { statValue } from '../support/open-page.ts';
import { scoredPost } from '../support/scored-post.ts';
import { startWithHistory } from '../support/stored-history.ts';

const minute = 60_000;
const now = Date.now();
/** Negative posts, of which the model found half. */
const posts = Array.from({ length: 60 }, (_, index) =>
  scoredPost({
    ...{ id: `${index}`, brands: ['Kestrel'], label: index % 2 === 0 ? 'negative' : 'neutral', modelVersion: 'tiny@1.0.0' },
    text: `<b>Kettle ${index}</b> leaks`,
    createdAt: new Date(now - (index + 5) * minute).toISOString(),
  }),
);
const suite = browserSuite((dir) => startWithHistory(dir, { posts, config: { brands: [{ name: 'Kestrel' }] } }));

test('posts are labeled with the keyboard, undone, and calibrate net sentiment', async () => {
  const { page, errors } = await suite.open('/?brand=Kestrel');
  await expect.poll(() => statValue(page, 'Net sentiment'), { timeout: 40_000 }).toBe('−50');
  await page.getByRole('link', { name: 'Label posts to calibrate it' }).click();
  const text = page.locator('.label-post .text');
  await text.waitFor();
  expect(await text.textContent()).toMatch(/^<b>Kettle \d+<\/b> leaks$/);
  const labels = (count: number) =>
    page
      .getByRole('status')
      .filter({ hasText: `${count} label` })
      .waitFor();
  const [first] = await text.allTextContents();
  await page.keyboard.press('3');
  await labels(1);
  await page.keyboard.press('u');
  await labels(0);
  expect(await text.textContent()).toBe(first);
  await page.keyboard.press('ArrowUp'); // skips it
  for (let count = 1; count <= 40; count += 1) await page.keyboard.press(count % 2 === 0 ? '1' : 'ArrowLeft');
  await labels(40);
  await page.getByText(/error of net sentiment ±/).waitFor();
  await page.getByRole('button', { name: 'Calibrate with 40 labels' }).click();
  await page.getByText(/Net sentiment of these weeks is −100/).waitFor();
  await page.getByRole('button', { name: 'Back to the overview' }).click();
  await expect.poll(() => statValue(page, 'Net sentiment'), { timeout: 20_000 }).toBe('−100');
  await page.getByText('calibrated on 40 labeled posts of this feed').waitFor();
  expect(errors).toEqual([]);
  await page.context().close();
});
