import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchChromium } from './chromium.ts';
import type { RunningFeedpulse } from './feedpulse.ts';
import { type OpenPage, openView } from './open-page.ts';

/** The browser and the one feedpulse that all tests of a file share. */
export interface BrowserSuite {
  readonly browser: Browser;
  running: RunningFeedpulse;
  /** A temporary folder, deleted after the last test. */
  readonly dir: string;
  /** Opens a path in a fresh browser context; resolves when the page has loaded. */
  open(path: string, options?: BrowserContextOptions): Promise<OpenPage>;
}

/** Starts feedpulse and Chromium before the first test of a file, and stops both after the last one. */
export function browserSuite(start: (folder: string) => Promise<RunningFeedpulse>): BrowserSuite {
  let browser: Browser | undefined;
  let running: RunningFeedpulse | undefined;
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'feedpulse-browser-'));
    [browser, running] = await Promise.all([launchChromium(), start(folder)]);
  });
  afterAll(async () => {
    await browser?.close();
    await running?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const started = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('The suite is not started: use it inside a test.');
    return value;
  };
  const suite: BrowserSuite = {
    get browser() {
      return started(browser);
    },
    get running() {
      return started(running);
    },
    set running(next) {
      running = next;
    },
    get dir() {
      return folder;
    },
    open: (path, options) => openView(suite.browser, `${suite.running.url}${path}`, options),
  };
  return suite;
}
