import { expect, test } from 'vitest';
import { browserSuite } from '../support/browser-suite.ts';
import { openView, statValue } from '../support/open-page.ts';
import { scoredPost } from '../support/scored-post.ts';
import { startWithHistory } from '../support/stored-history.ts';

const suite = browserSuite((dir) => {
  const posts = ['1', '2', '3'].map((id) => scoredPost({ id, createdAt: new Date(Date.now() - 600_000).toISOString(), brands: [] }));
  return startWithHistory(dir, { posts, config: {} });
});
test('the overview of a config without brands shows all posts, without errors', async () => {
  const { page, errors } = await openView(suite.browser, suite.running.url);
  await page.waitForResponse((response) => response.url().includes('/api/v1/incidents') && response.ok());
  await expect.poll(() => statValue(page, 'Posts')).toBe('3');
  await page.getByText('No brands are configured, so all posts are shown together.').waitFor();
  // Longer than a failed query waits before its retry.
  await page.waitForTimeout(3_500);
  expect(await page.locator('.notice.bad').count()).toBe(0);
  expect(errors).toEqual([]);
  await page.context().close();
});
