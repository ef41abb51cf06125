import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { asError, errorCodeOf, FeedpulseError } from '../../../lib/errors.ts';
import { makeDirectories } from '../../../lib/make-directories.ts';
import type { CursorStore } from '../cursor-store.ts';

/** Keeps a cursor in a file, which is replaced atomically. `load` and `save` reject with FILE_INACCESSIBLE. */
export function createFileCursorStore(path: string): CursorStore {
  const temporary = `${path}.new`;
  return {
    load: () =>
      readFile(path, 'utf8').catch((thrown) => {
        if (errorCodeOf(thrown) === 'ENOENT') return undefined;
        throw inaccessible(thrown);
      }),
    save: async (cursor) => {
      try {
        await makeDirectories(dirname(path));
        const file = await open(temporary, 'w');
        try {
          await file.writeFile(cursor);
          await file.datasync();
        } finally {
          await file.close();
        }
        await rename(temporary, path);
      } catch (thrown) {
        throw inaccessible(thrown);
      }
    },
  };
}

function inaccessible(thrown: unknown): FeedpulseError {
  return new FeedpulseError('FILE_INACCESSIBLE', `${asError(thrown).message}.`, { cause: thrown });
}
