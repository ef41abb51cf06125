// Runs a statement on an embedded database in a separate process: the engine allows one data directory per process.
import { loadConfig } from '../../dist/config/load-config.js';
import { openDatabase } from '../../dist/sink/client/connection.js';

const [dataDir, query, mode] = process.argv.slice(2);
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const { clickhouse } = loadConfig({ env: {} });
const db = await openDatabase({ clickhouse, dataDir, log: silent });
if (mode === '--write') await db.maintenance.command({ query });
// The reader's row limit is too low for an audit.
else process.stdout.write(JSON.stringify(await (await db.maintenance.query({ query, format: 'JSONEachRow' })).json()));
await db.close();
