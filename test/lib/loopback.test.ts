import { expect, test } from 'vitest';
import { isLoopback } from '../../src/lib/loopback.ts';

test.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.9.9.9', '::1', '[::1]'])('%s is loopback', (host) => {
  expect(isLoopback(host)).toBe(true);
});

test.each(['127.0.0.1.example', '10.0.0.1', 'localhost.example', '::2', '127.1', ''])('%s is not loopback', (host) => {
  expect(isLoopback(host)).toBe(false);
});
