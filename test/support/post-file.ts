import { writeFile } from 'node:fs/promises';
import { createDemoPost } from '../../src/ingest/sources/demo/demo-post.ts';

/** Writes distinct demo posts of the last day as NDJSON, in the format of the source. */
export async function writePosts(path: string, count: number): Promise<void> {
  const start = Date.now() - 86_400_000;
  const lines = Array.from({ length: count }, (_, index) => JSON.stringify(createDemoPost(3, start + index * 4_000, index)));
  await writeFile(path, `${lines.join('\n')}\n`);
}
