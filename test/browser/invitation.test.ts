import { expect, test } from 'vitest';
import { browserSuite } from '../support/browser-suite.ts';
import { openPage } from '../support/open-page.ts';
import { scoredPost } from '../support/scored-post.ts';
import { startWithHistory } from '../support/stored-history.ts';

const suite = browserSuite((dir) => startWithHistory(dir, { posts: [scoredPost()], config: { brands: [{ name: 'Kestrel' }] } }));

test('an admin invites a colleague by a link that signs in and leaves no trace of the token', async () => {
  const { page } = await suite.open('/?view=settings');
  await page.getByText('Nobody has to sign in yet').waitFor();
  await page.getByLabel('Name of the person or script').fill('ines');
  await page.getByRole('button', { name: 'Create an invitation' }).click();
  // The first token signs its creator in.
  await page.getByText('ines · admin').first().waitFor();
  await page.getByLabel('Name of the person or script').fill('otto');
  await page.getByLabel('Role').selectOption('editor');
  await page.getByRole('button', { name: 'Create an invitation' }).click();
  await page.getByText('signed in as otto').waitFor();
  const link = await page.getByLabel('Invitation link').inputValue();
  expect(link).toMatch(/\/#invitation=fp_[\w-]{43}$/);

  const guest = await openPage(suite.browser, 'about:blank');
  const requests: string[] = [];
  guest.page.on('request', (request) => requests.push(`${request.url()} ${request.headers()['referer'] ?? ''}`));
  await guest.page.goto(link);
  await guest.page.getByText('otto · editor').waitFor();
  const [, token = ''] = link.split('=');
  expect(guest.page.url()).not.toContain(token);
  expect(requests.length).toBeGreaterThan(3);
  expect(requests.filter((request) => request.includes(token) && !request.includes('#invitation='))).toEqual([]);
  await guest.page.getByRole('link', { name: 'Settings' }).click();
  await guest.page.locator('.brand-settings li').first().waitFor();
  expect(await guest.page.getByRole('heading', { name: 'People and tokens' }).count()).toBe(0);

  page.once('dialog', (dialog) => void dialog.accept());
  await page.getByRole('button', { name: 'Revoke otto' }).click();
  await guest.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await guest.page.goto('about:blank');
  await guest.page.goto(link);
  await guest.page.getByText('This invitation is not valid any more').waitFor();
  expect(suite.running.log()).not.toContain(token);
  await guest.page.context().close();
  await page.context().close();
});
