import { expect, test } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../../src/config/load-config.ts';
import { configSchema } from '../../src/config/schema.ts';
import { demoBrands } from '../../src/ingest/sources/demo/demo-brands.ts';
import { readText, repository } from '../support/repository.ts';

test('config.schema.json is what src/config/schema.ts says (`npm run schema` writes it)', () => {
  expect(JSON.parse(readText('config.schema.json'))).toEqual(JSON.parse(JSON.stringify(z.toJSONSchema(configSchema, { io: 'input' }))));
});

test('the example config is in order', () => {
  const config = loadConfig({ file: `${repository}feedpulse.example.yaml`, env: {} });
  expect(config.brands.length).toBeGreaterThan(1);
  // A copy of it, started as it is, has posts to show.
  for (const rule of config.brands) expect(demoBrands).toContainEqual(rule);
  expect(config.kafka).toEqual(configSchema.parse({}).kafka);
});
