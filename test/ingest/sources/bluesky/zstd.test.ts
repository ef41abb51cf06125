import { readFileSync } from 'node:fs';
import { compressUsingDict, createCCtx } from '@bokuweb/zstd-wasm';
import { expect, it } from 'vitest';
import { createDecompress, loadZstd } from '../../../../src/ingest/sources/bluesky/zstd.ts';
import { dictionaryFile } from '../../../support/jetstream/server.ts';

it('needs no more memory for another dictionary, however often a server changes it', async () => {
  await loadZstd();
  const dictionary = readFileSync(dictionaryFile);
  const text = Buffer.from('{"did":"did:plc:a"}'.repeat(20));
  const frame = Buffer.from(compressUsingDict(createCCtx(), text, dictionary, 3));
  const decompress = async (): Promise<Buffer> => (await createDecompress(dictionary))(frame);
  expect(await decompress()).toEqual(text);
  const before = process.memoryUsage().external;
  for (let change = 0; change < 1_000; change += 1) await decompress();
  expect(process.memoryUsage().external - before).toBeLessThan(20_000_000);
});
