import { expect, test } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../../src/cli/load-config.ts';
import { configSchema } from '../../src/config.ts';
import { readText, repository } from '../support/repository.ts';

test('config.schema.json is what src/config.ts says (`npm run schema` writes it)', () => {
  expect(JSON.parse(readText('config.schema.json'))).toEqual(JSON.parse(JSON.stringify(z.toJSONSchema(configSchema, { io: 'input' }))));
});

test('the example config is in order', () => {
  const config = loadConfig({ file: `${repository}feedpulse.example.yaml`, env: {} });
  expect(config.brands.map(({ name }) => name)).toContain('Velmora');
  expect(config.kafka).toEqual(configSchema.parse({}).kafka);
});
