import { expect, test } from 'vitest';
import { browserSuite } from '../support/browser-suite.ts';
import { statValue } from '../support/open-page.ts';
import { scoredPost } from '../support/scored-post.ts';
import { startWithHistory } from '../support/stored-history.ts';

const hour = 3_600_000;
const now = Date.now();
/** Twelve posts about herons that no brand counts yet, of which three are about fishing, and one about a kettle. */
const posts = [
  ...Array.from({ length: 12 }, (_, index) =>
    scoredPost({
      ...{ id: `heron ${index}`, brands: [], label: 'negative', modelVersion: 'tiny@1.0.0' },
      text: `<b>Heron ${index}</b> ${index < 3 ? 'while fishing' : 'broke after a week'}`,
      createdAt: new Date(now - (index + 1) * hour).toISOString(),
    }),
  ),
  scoredPost({ id: 'kettle', text: 'A kettle', createdAt: new Date(now - hour).toISOString() }),
];
const suite = browserSuite((dir) => startWithHistory(dir, { posts, config: { brands: [{ name: 'Kestrel', aliases: ['kettle'] }] } }));

test('a brand is added with a preview, applied to stored posts, counted, changed and removed', async () => {
  const { page, errors } = await suite.open('/');
  await page.getByRole('link', { name: 'Settings' }).click();
  const row = (name: string) => page.locator('.brand-settings > li', { has: page.locator('b', { hasText: name }) });
  await row('Kestrel').getByText('config file').waitFor();
  expect(await page.getByRole('button', { name: 'Edit Kestrel' }).count()).toBe(0);

  await page.getByRole('button', { name: 'Add a brand' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Ardea');
  await page.getByLabel('Also known as').fill('heron\n\n');
  await page.getByRole('button', { name: 'Preview the last 30 days' }).click();
  await page.getByText('12 posts of the last 30 days match').waitFor();
  expect(await page.locator('.brand-preview .post-text').count()).toBe(10);
  await page.getByLabel('Ignore posts with').fill('fishing');
  await page.getByRole('button', { name: 'Preview the last 30 days' }).click();
  await page.getByText('9 posts of the last 30 days match').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await row('Ardea').getByText('heron').waitFor();

  await page.getByRole('button', { name: 'Apply to stored posts' }).click();
  await page.getByText('Done: 13 stored posts checked').waitFor();
  await page.getByText('added the brand').waitFor();
  await page.goto(`${suite.running.url}/?brand=Ardea`);
  await expect.poll(() => statValue(page, 'Posts'), { timeout: 40_000 }).toBe('9');

  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Edit Ardea' }).click();
  expect(await page.getByLabel('Name', { exact: true }).isEditable()).toBe(false);
  await page.getByLabel('Time zone').fill('Mars/Olympus');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').getByText('not an IANA time zone').waitFor();
  await page.getByLabel('Time zone').fill('Europe/Berlin');
  await page.getByLabel('Ignore posts with').fill('');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('ignore posts with: − fishing').waitFor();

  page.once('dialog', (dialog) => void dialog.accept());
  await page.getByRole('button', { name: 'Remove Ardea' }).click();
  await page.getByText('Ardea is removed.').waitFor();
  await expect.poll(() => row('Ardea').count()).toBe(0);
  // The rejected time zone.
  expect(errors).toEqual([expect.stringContaining('400')]);
  await page.context().close();
});
