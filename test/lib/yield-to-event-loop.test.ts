import { expect, test } from 'vitest';
import { createYielder } from '../../src/lib/yield-to-event-loop.ts';

test('lets other work run during a long loop', async () => {
  const yieldToEventLoop = createYielder(4);
  let others = 0;
  const timer = setInterval(() => (others += 1), 1);
  const endsAt = performance.now() + 100;
  while (performance.now() < endsAt) await yieldToEventLoop();
  clearInterval(timer);
  expect(others).toBeGreaterThanOrEqual(3);
});
