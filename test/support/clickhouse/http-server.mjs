/**
 * A ClickHouse server for tests: the embedded engine behind HTTP, in a separate process. It supports ClickHouse's HTTP
 * interface as far as the client uses it: statement and data in the body, parameters in the URL or as form data,
 * per-request settings in the URL. Responses are neither streamed nor compressed. Users are implemented here: `readonly`
 * and the role with the user's grants are set on each session. The parent process injects faults over IPC.
 */
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Session } from 'chdb';

/** URL parameters that are not ClickHouse settings. */
const protocolParameters = new Set(['database', 'default_format', 'query', 'query_id', 'session_id', 'role', 'wait_end_of_query']);
const httpSettings = /^(enable_http_compression|http_|send_progress_in_http)/;
/** HTTP status by ClickHouse error code; 500 for all others. */
const statusByCode = { 62: 400, 60: 404, 81: 404, 516: 403 };

const [dataDir, port, options] = process.argv.slice(2);
/** `users` by name: password, readonly, settings of the profile, role. `roles`: grants by name. `tls`: key and certificate. */
const { users, roles, tls } = JSON.parse(options);
const accounts = new Map(Object.entries(users));
const engine = new Session(dataDir, roles ? { connectionArgs: [`--config-file=${writeRoles(roles)}`] } : {});
/** Faults to inject, oldest first: `statement` is a substring of the SQL, `when` is before or after its execution. */
const faults = [];

class ClickHouseError extends Error {
  constructor(code, message) {
    super(`Code: ${code}. DB::Exception: ${message}`);
  }
}

/** The engine's only user has every role; each request activates one with SET ROLE. */
function writeRoles(roles) {
  const path = join(dataDir, 'config');
  mkdirSync(path, { recursive: true });
  const all = { all_rights: ['GRANT ALL ON *.*'], ...roles };
  const roleXml = Object.entries(all).map(([name, grants]) => `<${name}><grants>${queries(grants)}</grants></${name}>`);
  const user = `<password/><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
    <grants>${queries([`GRANT ${Object.keys(all)}`])}</grants>`;
  writeFileSync(
    join(path, 'users.xml'),
    `<clickhouse><profiles><default/></profiles><quotas><default/></quotas>
    <roles>${roleXml.join('')}</roles><users><default>${user}</default></users></clickhouse>`,
  );
  writeFileSync(join(path, 'config.xml'), `<clickhouse><users_config>${join(path, 'users.xml')}</users_config></clickhouse>`);
  return join(path, 'config.xml');
}

function queries(grants) {
  return grants.map((grant) => `<query>${grant}</query>`).join('');
}

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The statement and its parameters, from the URL and the body. */
async function readStatement(request, url) {
  const body = await readBody(request);
  const type = request.headers['content-type'] ?? '';
  const form = type.startsWith('multipart/form-data')
    ? await new Response(body, { headers: { 'content-type': type } }).formData()
    : new Map();
  const text = form.get('query') ?? [url.searchParams.get('query'), body.toString('utf8')].filter(Boolean).join('\n');
  return { text, parameters: [...url.searchParams, ...form].filter(([name]) => name.startsWith('param_')) };
}

function requestSettings(url) {
  const settings = [...url.searchParams].filter(
    ([name]) => !name.startsWith('param_') && !protocolParameters.has(name) && !httpSettings.test(name),
  );
  // `readonly` must be set last: no setting can be changed after it.
  return settings.sort(([a], [b]) => Number(a === 'readonly') - Number(b === 'readonly'));
}

function authenticate({ headers }) {
  const [name, ...rest] = Buffer.from((headers.authorization ?? '').replace(/^Basic /, ''), 'base64')
    .toString()
    .split(':');
  const user = accounts.get(name);
  if (!user || user.password !== rest.join(':')) throw new ClickHouseError(516, 'Authentication failed. (AUTHENTICATION_FAILED)');
  return user;
}

const quoted = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** One session per request, so that settings do not leak. */
async function execute({ user, url, text, parameters }) {
  const connection = new Session(dataDir);
  try {
    await connection.queryAsync(`USE ${url.searchParams.get('database') ?? 'default'}`);
    for (const [name, value] of parameters) await connection.queryAsync(`SET ${name} = ${quoted(value)}`);
    if (user.role) await connection.queryAsync(`SET ROLE ${user.role}`);
    for (const [name, value] of Object.entries(user.settings ?? {})) await connection.queryAsync(`SET ${name} = ${value}`);
    if (user.readonly) await connection.queryAsync(`SET readonly = ${user.readonly}`);
    for (const [name, value] of requestSettings(url)) await connection.queryAsync(`SET ${name} = ${quoted(value)}`);
    const format = url.searchParams.get('default_format') ?? 'TabSeparated';
    return Buffer.from((await connection.queryAsync(text, { format })).bytes());
  } finally {
    connection.close();
  }
}

/** Removes and returns the first fault for this statement, before or after its execution. */
function nextFault(text, when) {
  const index = faults.findIndex((fault) => fault.when === when && text.includes(fault.statement));
  return index < 0 ? undefined : faults.splice(index, 1)[0];
}

/** True if the request was terminated. */
async function applyFault(fault, text, request, response) {
  if (!fault) return false;
  if (fault.how === 'slow') {
    await sleep(fault.ms);
    return false;
  }
  if (fault.how === 'reset') request.socket.resetAndDestroy();
  // As from a real server, the error quotes the statement.
  else sendError(response, new ClickHouseError(fault.code, `A fault for tests: ${text.slice(0, 10_000)}. (FAULT)`));
  return true;
}

function sendError(response, error) {
  const code = Number(/Code: (\d+)/.exec(error.message)?.[1] ?? 1002);
  response.writeHead(statusByCode[code] ?? 500, {
    'x-clickhouse-exception-code': String(code),
    'content-type': 'text/plain; charset=UTF-8',
  });
  response.end(`${error.message}\n`);
}

async function handleRequest(request, response) {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname === '/ping') return response.end('Ok.\n');
  try {
    const user = authenticate(request);
    const { text, parameters } = await readStatement(request, url);
    if (await applyFault(nextFault(text, 'before'), text, request, response)) return;
    const result = await execute({ user, url, text, parameters });
    if (await applyFault(nextFault(text, 'after'), text, request, response)) return;
    response.writeHead(200, { 'x-clickhouse-query-id': url.searchParams.get('query_id') ?? '', 'x-clickhouse-summary': '{}' });
    response.end(result);
  } catch (error) {
    sendError(response, error);
  }
}

process.on('message', (fault) => {
  faults.push(fault);
  process.send('ok');
});
process.on('disconnect', () => process.exit());

const server = (tls ? createTlsServer(tls, handleRequest) : createServer(handleRequest)).listen(Number(port), '127.0.0.1');
await once(server, 'listening');
await engine.queryAsync('SELECT 1');
process.send('ready');
