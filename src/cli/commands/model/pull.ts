import { Command, InvalidArgumentError } from 'commander';
import { modelsFolder } from '../../../app/known-models.ts';
import { type Label, labels } from '../../../domain/post.ts';
import { isPartialDownload, pullModel } from '../../../infer/model/hub/pull-model.ts';
import { smokeTest } from '../../../infer/model/smoke-test.ts';
import { systemClock } from '../../../lib/clock.ts';
import { createLog } from '../../../lib/log.ts';
import { type Progress, startProgress } from '../../../lib/progress.ts';
import { configFrom, parseNumber, type SharedOptions, withSharedOptions } from '../../options.ts';
import { escapeTerminal, printableJson } from '../../output/escape-terminal.ts';

interface Options extends SharedOptions {
  readonly hub: string;
  readonly revision: string;
  readonly sha256: ReadonlyMap<string, string>;
  readonly as?: { readonly name: string; readonly version?: string };
  readonly labels?: readonly Label[];
  readonly languages: readonly string[];
  readonly maxLength: number;
  readonly json?: boolean;
}

const help = `
Every file that is fetched is pinned: config.json, tokenizer.json, tokenizer_config.json and one .onnx file, each by the
SHA-256 that you expect. A hub shows that of large files; of the others take it from a copy that you have looked at. A file
with another one is removed, and nothing is installed. What was cut off goes on with the same command.

  $ feedpulse model pull OWNER/NAME --revision COMMIT \\
      --sha256 config.json=HEX --sha256 tokenizer.json=HEX --sha256 tokenizer_config.json=HEX \\
      --sha256 onnx/model_quantized.onnx=HEX

Classes are those that config.json names negative, neutral and positive; where it calls them LABEL_0, LABEL_1 … say what
they are: --labels negative,positive. A model without neutral never says neutral.
`;

export function modelPull(): Command {
  return withSharedOptions(new Command('pull'), 'model', 'logLevel')
    .description('fetch an ONNX model for text classification from a hub, its files pinned by their SHA-256')
    .argument('<repo>', 'OWNER/NAME on the hub')
    .requiredOption('--sha256 <file=hex>', 'a file to fetch and its SHA-256; once for each file', collectPin)
    .option('--revision <revision>', 'a branch, a tag or, best, a commit', 'main')
    .option('--hub <url>', 'a hub laid out like Hugging Face; https, or this machine', 'https://huggingface.co')
    .option('--as <name@version>', 'what the model is called here (default: the name on the hub, a version from the checksums)', parseName)
    .option('--labels <list>', 'what its classes are, in their order (default: as config.json names them)', parseLabels)
    .option('--languages <list>', 'languages that it reads, the most likely first', (list) => list.split(','), ['en'])
    .option('--max-length <tokens>', 'longer posts are cut', parseNumber, 128)
    .option('--json', 'print its manifest and folder as one JSON object')
    .addHelpText('after', help)
    .action(pull);
}

async function pull(repo: string, options: Options): Promise<void> {
  const { hub, revision, sha256: checksums, as, labels: given, languages, maxLength } = options;
  const bars = createBars();
  const name = as?.name ?? nameOf(repo);
  const modelsDir = modelsFolder(configFrom(options));
  const pullOptions = {
    from: { hub, repo, revision },
    checksums,
    modelsDir,
    name,
    version: as?.version,
    labels: given,
    languages,
    maxLength,
  };
  const parts = {
    clock: systemClock,
    smokeTest: (folder: string): Promise<void> => smokeTest(folder, createLog('silent')), // the error holds the reason
    onProgress: bars.show,
  };
  const { model, alreadyInstalled } = await pullModel(pullOptions, parts).finally(bars.stop);
  if (options.json) return void process.stdout.write(`${printableJson({ ...model, alreadyInstalled })}\n`);
  const state = alreadyInstalled ? 'is already installed and verified' : 'is installed';
  process.stdout.write(`${escapeTerminal(model.id)} ${state}: ${escapeTerminal(model.folder)}\n`);
  process.stdout.write(`It runs with --model ${escapeTerminal(model.folder)}, or with that as \`model.path\`.\n`);
}

/** One bar a file, since each has its own size. */
function createBars(): { show: (file: string, received: number, total: number) => void; stop: () => void } {
  let shown: { readonly file: string; readonly progress: Progress; received: number } | undefined;
  const stop = (): void => {
    shown?.progress.stop();
    shown = undefined;
  };
  return {
    stop,
    show: (file, received, total) => {
      if (shown?.file !== file || received < shown.received) {
        stop();
        shown = { file, progress: startProgress(`Fetching ${file} (bytes)`, total), received: 0 };
      }
      shown.progress.advance(received - shown.received);
      shown.received = received;
    },
  };
}

function nameOf(repo: string): string {
  const last = repo.split('/').at(-1) ?? '';
  return last.toLowerCase().replace(/[^a-z0-9._-]/g, '-');
}

function collectPin(value: string, before: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const at = value.lastIndexOf('=');
  if (at < 1) throw new InvalidArgumentError('expected FILE=HEX.');
  return new Map([...before, [value.slice(0, at), value.slice(at + 1).toLowerCase()]]);
}

function parseName(value: string): { name: string; version?: string } {
  const parts = /^([a-z0-9][a-z0-9._-]*?)(?:@(\d+\.\d+\.\d+(?:-[0-9a-z]+)?))?$/.exec(value);
  if (!parts?.[1] || isPartialDownload(parts[1])) throw new InvalidArgumentError('expected a name such as ours, or ours@1.0.0.');
  return { name: parts[1], ...(parts[2] !== undefined && { version: parts[2] }) };
}

function parseLabels(value: string): Label[] {
  return value.split(',').map((name) => {
    const label = labels.find((known) => known === name);
    if (!label) throw new InvalidArgumentError(`expected ${labels.join(', ')}, separated by commas.`);
    return label;
  });
}
