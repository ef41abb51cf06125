import { FeedpulseError } from '../../../lib/errors.ts';
import { modelFiles } from '../model.ts';
import { isPlainPath } from './repository.ts';

/** {path in the repository: SHA-256 in hexadecimal} of every file that is to be fetched. */
export type Pins = ReadonlyMap<string, string>;

/** What says which class is which. */
export const configFile = 'config.json';

const needed = [configFile, ...Object.values(modelFiles)];

/** Checks pins and answers with the ONNX file among them. Throws USAGE. */
export function weightsOf(pins: Pins): string {
  for (const [file, sha256] of pins) {
    if (!isPlainPath(file) || file === 'manifest.json')
      throw new FeedpulseError(
        'USAGE',
        `A file to fetch is named by its path in the repository, in plain letters, and is not manifest.json.`,
      );
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new FeedpulseError('USAGE', `The SHA-256 of ${file} has 64 hexadecimal digits.`);
  }
  const unpinned = needed.filter((file) => !pins.has(file));
  const [weights, ...more] = [...pins.keys()].filter((file) => file.endsWith('.onnx'));
  if (unpinned.length > 0 || weights === undefined) {
    const missing = [...unpinned, ...(weights === undefined ? ['one .onnx file'] : [])];
    throw new FeedpulseError('USAGE', `Pin each file with --sha256 FILE=HEX; missing: ${missing.join(', ')}.`);
  }
  if (more.length > 0) throw new FeedpulseError('USAGE', `Pin the one ONNX file that is to run, not ${more.length + 1}.`);
  return weights;
}
