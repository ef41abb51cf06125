import type { Command } from 'commander';
import { requireSource } from '../../config/load-config.ts';
import { sourceTypes } from '../../config/sources.ts';
import { createLog } from '../../lib/log.ts';
import { loadCommandConfig, parseNumber, type SharedOptions, withSharedOptions } from '../options.ts';
import { stopOnSignal } from '../stop-on-signal.ts';

interface RunOptions extends SharedOptions {
  readonly source?: string;
  readonly in?: string;
  readonly host?: string;
  readonly port?: number;
  readonly server: boolean;
}

const examples = `
  $ feedpulse run --source demo
  $ feedpulse run --config feedpulse.yaml
  $ feedpulse run --source ndjson --in posts.ndjson --config feedpulse.yaml
`;

export function defineRunCommand(command: Command): void {
  withSharedOptions(command, ['config', 'dataDir', 'model', 'logLevel'])
    .option('--source <name>', `${sourceTypes.join(', ')}, or a name in \`sources\` (required unless the config sets source or sources)`)
    .option('--in <file>', 'read this file instead of the source, under its name and with its mapping; - is standard input')
    .option('--host <address>', 'address of the web UI and API (default: 127.0.0.1)')
    .option('--port <number>', 'port; 0 picks a free one (default: 8080)', parseNumber)
    .option('--no-server', 'do not serve the web UI, API and metrics')
    .addHelpText('after', examples)
    .action(async (options: RunOptions) => {
      const flags = { source: options.source, 'ndjson.path': options.in, 'server.host': options.host, 'server.port': options.port };
      const config = requireSource(loadCommandConfig(options, { ...flags, 'server.enabled': options.server ? undefined : false }));
      const log = createLog(config.log.level);
      const { signal, release } = stopOnSignal(log);
      const { runApp } = await import('../../app/run-app.ts');
      await runApp(config, log, signal).finally(release);
      // Everything has been closed. A socket that kafkajs leaves open after a broker restart must not keep the process alive.
      setTimeout(() => process.exit(), 1_000).unref();
    });
}
