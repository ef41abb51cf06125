// Runs a statement on an embedded database in a process of its own: the engine allows one folder a process.
import { loadConfig } from '../../dist/config/load-config.js';
import { openDatabase } from '../../dist/sink/client/connection.js';

const [dataDir, query, changes] = process.argv.slice(2);
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const { clickhouse } = loadConfig({ env: {} });
const db = await openDatabase({ clickhouse, dataDir, log: silent });
if (changes) await db.maintenance.command({ query });
// Not the reader: an audit asks for more rows than a page may.
else process.stdout.write(JSON.stringify(await (await db.maintenance.query({ query, format: 'JSONEachRow' })).json()));
await db.close();
