import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchChromium } from './chromium.ts';
import type { RunningFeedpulse } from './feedpulse.ts';
import { type OpenPage, openView } from './open-page.ts';

/** The browser and the feedpulse process shared by all tests of a file. */
export interface BrowserSuite {
  readonly browser: Browser;
  running: RunningFeedpulse;
  /** A temporary directory, deleted after the last test. */
  readonly dir: string;
  /** Opens a path in a fresh browser context; resolves when the page has loaded. */
  open(path: string, options?: BrowserContextOptions): Promise<OpenPage>;
}

/** Starts feedpulse and Chromium before the first test of a file, and stops both after the last one. */
export function browserSuite(start: (dir: string) => Promise<RunningFeedpulse>): BrowserSuite {
  let browser: Browser | undefined;
  let running: RunningFeedpulse | undefined;
  let dir = '';
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'feedpulse-browser-'));
    [browser, running] = await Promise.all([launchChromium(), start(dir)]);
  });
  afterAll(async () => {
    await browser?.close();
    await running?.stop();
    await rm(dir, { recursive: true, force: true });
  });
  const requireStarted = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('The suite is not started: use it inside a test.');
    return value;
  };
  const suite: BrowserSuite = {
    get browser() {
      return requireStarted(browser);
    },
    get running() {
      return requireStarted(running);
    },
    set running(next) {
      running = next;
    },
    get dir() {
      return dir;
    },
    open: (path, options) => openView(suite.browser, `${suite.running.url}${path}`, options),
  };
  return suite;
}
