import { parseArgs } from 'node:util';
import { setup } from '../../scripts/setup.mjs';

const help = `Scores \`feedpulse alerts backtest --csv\` on series with labelled anomalies.

  npm run bench:alert-series -- FOLDER… [--windows FILE] [--detector NAME=FOLDER]… [--json]

FOLDER             series as \`timestamp,value\` CSV files, in production with the default volume rule
--windows FILE     { "SERIES.csv": [[first, last], …] } with timestamps of the series (default: windows.json in each folder); series
                   that it does not list count for alerts per week only
--detector NAME=FOLDER   outputs of another detector on the same series, to compare with: CSV files of the same names, or with the
                   detector's name and an underscore in front, with a column \`score\` or \`anomaly_score\`
--json             print one JSON object instead of the tables

The score is that of the Numenta Anomaly Benchmark (github.com/numenta/NAB): 100 is perfect, 0 never alerts. "best" uses the best
common threshold of all series of a folder, "left out" for each series the best threshold of the others, "as flagged" the column
\`alert\`, which is what a rule does. Alerts per week are those of the whole series, warm-up included. The delay is the median time
from the start of a labelled window to the first alert in it.
`;
const { values: options, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: {
    windows: { type: 'string' },
    detector: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
});
if (options.help || folders.length === 0) {
  (options.help ? process.stdout : process.stderr).write(help);
  process.exit(options.help ? 0 : 2);
}

await setup();
const { measureFolder } = await import('./measure.mjs');
const detectors = options.detector.map((text) => text.split('='));
const results = [];
for (const folder of folders) results.push(await measureFolder(folder, options.windows, detectors));
process.stdout.write(options.json ? `${JSON.stringify(results)}\n` : `${results.map(table).join('\n\n')}\n`);

function table({ folder, detectors: rows, series }) {
  const number = (value, digits = 1) => (value === null || value === undefined ? '–' : value.toFixed(digits)).padStart(11);
  const head = `${'detector'.padEnd(32)}${['best', 'left out', 'as flagged', 'found', 'alerts/week', 'delay in h'].map((title) => title.padStart(11)).join('')}`;
  const lines = rows.map(({ name, best, leftOut, flagged, found, windows, perWeek, delayHours }) =>
    [
      name.padEnd(32),
      ...[number(best), number(leftOut), number(flagged), `${found} of ${windows}`.padStart(11), number(perWeek, 2), number(delayHours)],
    ].join(''),
  );
  const own = series.map(({ name, perWeek, windows, found }) =>
    [name.padEnd(56), number(perWeek, 2), windows === 0 ? '' : `   ${found} of ${windows}`].join(''),
  );
  return [`${folder}: ${series.length} series`, '', head, ...lines, '', `${'series'.padEnd(56)}alerts/week   windows`, ...own].join('\n');
}
