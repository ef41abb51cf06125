import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setup } from '../../scripts/setup.mjs';
import { machine, machineLine } from '../lib/machine.mjs';

const help = `Measures which posts a model for English scores: the share of English posts lost, and of posts in other languages
that pass as English.

  npm run bench:language-gate -- [FOLDER…] [--part NAME] [--json]

A folder has labeled posts as PART.LANGUAGE.tsv or PART.tsv (English): a header, then label and text. Posts are measured whole
and cut to their first words. Without folders, only the built-in posts are measured: bench/language-gate/posts.tsv has posts of
four and more words in 46 languages, names.txt foreign-sounding names for short English posts.
`;
const { values: options, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: { part: { type: 'string', default: 'validation' }, json: { type: 'boolean', default: false }, help: { type: 'boolean' } },
});
if (options.help) {
  process.stdout.write(help);
  process.exit(0);
}

/** Words that are kept; in shorter cuts, posts in other languages need not be recognized. */
const cuts = [Number.POSITIVE_INFINITY, 8, 5, 3];
const minForeignWords = 4;
const templates = [
  ...['I hate X', 'love X', 'X is great', 'wow X just wow', 'happy birthday X', 'thanks X', 'never again X', 'X sucks', 'X was late'],
  ...[
    'the X app crashed',
    'best pizza at X',
    'X again',
    'not going to X',
    'so good X',
    'avoid X',
    'X tonight',
    'new X store',
    'lunch at X',
  ],
];

await setup();
const [{ createLanguageDetector }, { maskLinks }] = await Promise.all(
  ['language', 'clean'].map((file) => import(`../../dist/infer/text/${file}.js`)),
);
const readLines = (url) => readFileSync(url, 'utf8').trim().split('\n');
const names = readLines(new URL('names.txt', import.meta.url));
const detect = createLanguageDetector(['en']);
const detectWithNames = createLanguageDetector(['en'], names);

let detections = 0;
let seconds = 0;
function isScored(text, detector = detect) {
  const masked = maskLinks(text);
  const startedAt = performance.now();
  const language = detector(masked);
  seconds += (performance.now() - startedAt) / 1000;
  detections += 1;
  return language === 'en';
}

const noise = /^(?:RT|@user|http|[^\p{L}]+)$/u;
const wordsOf = (text) =>
  maskLinks(text)
    .split(/\s+/)
    .filter((word) => word && !noise.test(word));

/** Share of texts that are scored, by number of words kept. */
function measure(texts, minWords) {
  return cuts.map((cut) => {
    const cutTexts = texts
      .map(wordsOf)
      .filter((words) => words.length >= minWords && (cut === Number.POSITIVE_INFINITY || words.length > cut));
    const scored = cutTexts.filter((words) => isScored(words.slice(0, cut).join(' '))).length;
    return { posts: cutTexts.length, scored: cutTexts.length === 0 ? 0 : scored / cutTexts.length };
  });
}

function* labeledFiles() {
  for (const folder of folders) {
    for (const file of readdirSync(folder).sort()) {
      const [part, language, extension] = file.split('.').length === 3 ? file.split('.') : [file.split('.')[0], 'en', 'tsv'];
      if (part !== options.part || extension !== 'tsv') continue;
      const texts = readLines(join(folder, file))
        .slice(1)
        .map((line) => line.slice(line.indexOf('\t') + 1));
      yield { language, file: join(folder, file), texts };
    }
  }
}

const files = [...labeledFiles()].map(({ language, file, texts }) => ({
  language,
  file,
  cuts: measure(texts, language === 'en' ? 1 : minForeignWords),
}));
const own = readLines(new URL('posts.tsv', import.meta.url)).map((line) => line.split('\t'));
const passed = own.filter(([, text]) => isScored(text));
const short = names.flatMap((name) => templates.map((template) => template.replace('X', name)));
const share = (texts, detector) => texts.filter((text) => !isScored(text, detector)).length / texts.length;
const figures = {
  files,
  ownPosts: own.length,
  ownLanguages: new Set(own.map(([language]) => language)).size,
  ownPassed: passed.length / own.length,
  shortPosts: short.length,
  shortLost: share(short),
  shortLostLowerCase: share(short.map((text) => text.toLowerCase())),
  shortLostConfigured: share(
    short.map((text) => text.toLowerCase()),
    detectWithNames,
  ),
  microsecondsPerPost: (1e6 * seconds) / detections,
};

const percent = (value) => `${(100 * value).toFixed(1)}%`;
const row = ({ language, file, cuts: shares }) => {
  const shown = shares.map(({ scored }) => percent(language === 'en' ? 1 - scored : scored).padStart(8));
  return `${language === 'en' ? 'en lost  ' : `${language} passed`} ${shown.join('')}  ${file}`;
};
process.stdout.write(
  options.json
    ? `${JSON.stringify({ machine: machine(), ...figures })}\n`
    : `${machineLine(machine())}
words         all       8       5       3
${files.map(row).join('\n')}
${figures.ownPosts} built-in posts in ${figures.ownLanguages} other languages: ${percent(figures.ownPassed)} pass as English
${figures.shortPosts} short English posts with foreign-sounding names: ${percent(figures.shortLost)} lost, ${percent(figures.shortLostLowerCase)} in lower case, ${percent(figures.shortLostConfigured)} of those if the names are configured
${figures.microsecondsPerPost.toFixed(0)} µs per post
`,
);
