import { expect, test } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../../src/config/load-config.ts';
import { configSchema } from '../../src/config/schema.ts';
import { demoBrands } from '../../src/ingest/sources/demo/demo-brands.ts';
import { readText, repository } from '../support/repository.ts';

test('config.schema.json is up to date (`npm run schema`)', () => {
  expect(JSON.parse(readText('config.schema.json'))).toEqual(JSON.parse(JSON.stringify(z.toJSONSchema(configSchema, { io: 'input' }))));
});

test('the example config is valid and matches the demo brands', () => {
  const config = loadConfig({ file: `${repository}feedpulse.example.yaml`, env: {} });
  expect(config.brands.length).toBeGreaterThan(1);
  // An unchanged copy must match posts of the demo source.
  for (const brand of config.brands) expect(demoBrands).toContainEqual(brand);
  expect(config.kafka).toEqual(configSchema.parse({}).kafka);
});
