import { readFileSync, statSync } from 'node:fs';

/**
 * The content of files, read now and again whenever one of them has changed: secrets and certificates are replaced while the
 * process runs. If they cannot be read or parsed then, such as between the replacement of two files that belong together, the
 * earlier content holds.
 * What is not a regular file, such as a pipe, gives its content only once, and is not read again.
 * @param parse gets the contents in the order of the paths
 * @throws, only from this call, the errors of the file system and of `parse`
 */
export function watchFiles<T>(paths: readonly string[], parse: (contents: readonly Buffer[]) => T): () => T {
  let version = versionOf(paths);
  let current = parse(paths.map((path) => readFileSync(path)));
  return () => {
    try {
      const latest = versionOf(paths);
      if (latest === version) return current;
      current = parse(paths.map((path) => readFileSync(path)));
      version = latest;
    } catch {
      // Tried again with the next call.
    }
    return current;
  };
}

const versionOf = (paths: readonly string[]): string =>
  paths
    .map((path) => statSync(path, { bigint: true }))
    .map((stats) => (stats.isFile() ? `${stats.ino} ${stats.size} ${stats.mtimeNs}` : 'read once'))
    .join();
