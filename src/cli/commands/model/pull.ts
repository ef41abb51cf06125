import { Command, InvalidArgumentError } from 'commander';
import { modelsDir } from '../../../app/local-models.ts';
import { type Label, labels } from '../../../domain/post.ts';
import { isPartialDownload, pullModel } from '../../../infer/model/hub/pull-model.ts';
import { smokeTest } from '../../../infer/model/smoke-test.ts';
import { systemClock } from '../../../lib/clock.ts';
import { createLog } from '../../../lib/log.ts';
import { type FormatOptions, loadCommandConfig, parseNumber, withFormat, withSharedOptions } from '../../options.ts';
import { escapeTerminal, printableJson } from '../../output/escape-terminal.ts';
import { createProgress, type Progress } from '../../output/progress.ts';

interface Options extends FormatOptions {
  readonly hub: string;
  readonly revision: string;
  readonly sha256: ReadonlyMap<string, string>;
  readonly as?: { readonly name: string; readonly version?: string };
  readonly labels?: readonly Label[];
  readonly languages: readonly string[];
  readonly maxLength: number;
}

const help = `
Each file is pinned by the SHA-256 you expect: config.json, tokenizer.json, tokenizer_config.json and one .onnx file. The
hub shows the SHA-256 of large files; compute the others from a copy that you have reviewed. If a checksum differs, the
file is removed and nothing is installed. An interrupted download resumes with the same command.

  $ feedpulse model pull OWNER/NAME --revision COMMIT \\
      --sha256 config.json=HEX --sha256 tokenizer.json=HEX --sha256 tokenizer_config.json=HEX \\
      --sha256 onnx/model_quantized.onnx=HEX

config.json must name the classes negative, neutral and positive; if it calls them LABEL_0, LABEL_1 …, name them in order:
--labels negative,positive. A model without a neutral class never predicts neutral.
`;

export function createPullCommand(): Command {
  return withFormat(withSharedOptions(new Command('pull'), ['config', 'dataDir']), ['table', 'json'])
    .description('download an ONNX text-classification model from a hub, each file pinned by its SHA-256')
    .argument('<repo>', 'OWNER/NAME on the hub')
    .requiredOption('--sha256 <file=hex>', 'a file to download and its SHA-256; repeat for each file', collectChecksum)
    .option('--revision <revision>', 'a branch, a tag or, preferably, a commit', 'main')
    .option('--hub <url>', 'Hugging Face-compatible hub; HTTPS, or HTTP on loopback', 'https://huggingface.co')
    .option('--as <name@version>', 'local name and version (default: the name on the hub, a version derived from the checksums)', parseName)
    .option('--labels <list>', 'classes in order (default: from config.json)', parseLabels)
    .option('--languages <list>', 'languages of the model, the main one first', (list) => list.split(','), ['en'])
    .option('--max-length <tokens>', 'maximum length; longer posts are truncated', parseNumber, 128)
    .addHelpText('after', help)
    .action(pull);
}

async function pull(repo: string, options: Options): Promise<void> {
  const { hub, revision, sha256: checksums, as, labels: classes, languages, maxLength } = options;
  const bars = createProgressPerFile();
  const pullOptions = {
    from: { hub, repo, revision },
    checksums,
    modelsDir: modelsDir(loadCommandConfig(options)),
    name: as?.name ?? defaultName(repo),
    version: as?.version,
    labels: classes,
    languages,
    maxLength,
  };
  const deps = {
    clock: systemClock,
    smokeTest: (dir: string): Promise<void> => smokeTest(dir, createLog('silent')), // failures are in the error
    onProgress: bars.show,
  };
  const { model, alreadyInstalled } = await pullModel(pullOptions, deps).finally(bars.stop);
  const { dir } = model;
  if (options.format === 'json') return void process.stdout.write(`${printableJson({ ...model, alreadyInstalled })}\n`);
  const state = alreadyInstalled ? 'is already installed and verified' : 'is installed';
  process.stdout.write(`${escapeTerminal(model.id)} ${state}: ${escapeTerminal(dir)}\n`);
  process.stdout.write(`Use it with --model ${escapeTerminal(dir)}, or set \`model.path\`.\n`);
}

/** One progress bar per file, because each has its own size. */
function createProgressPerFile(): { show: (file: string, received: number, total: number) => void; stop: () => void } {
  let shown: { readonly file: string; readonly progress: Progress } | undefined;
  const stop = (): void => {
    shown?.progress.stop();
    shown = undefined;
  };
  return {
    stop,
    show: (file, received, total) => {
      if (shown?.file !== file) {
        stop();
        shown = { file, progress: createProgress(`Downloading ${file} (bytes)`) };
      }
      shown.progress.update(received, total);
    },
  };
}

function defaultName(repo: string): string {
  const last = repo.split('/').at(-1) ?? '';
  return last.toLowerCase().replace(/[^a-z0-9._-]/g, '-');
}

function collectChecksum(value: string, previous: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const at = value.lastIndexOf('=');
  if (at < 1) throw new InvalidArgumentError('Expected FILE=HEX.');
  return new Map([...previous, [value.slice(0, at), value.slice(at + 1).toLowerCase()]]);
}

function parseName(value: string): { name: string; version?: string } {
  const parts = /^([a-z0-9][a-z0-9._-]*?)(?:@(\d+\.\d+\.\d+(?:-[0-9a-z]+)?))?$/.exec(value);
  if (!parts?.[1] || isPartialDownload(parts[1])) throw new InvalidArgumentError('Expected a name such as ours, or ours@1.0.0.');
  return { name: parts[1], ...(parts[2] !== undefined && { version: parts[2] }) };
}

function parseLabels(value: string): Label[] {
  return value.split(',').map((name) => {
    const label = labels.find((known) => known === name);
    if (!label) throw new InvalidArgumentError(`Expected ${labels.join(', ')}, separated by commas.`);
    return label;
  });
}
