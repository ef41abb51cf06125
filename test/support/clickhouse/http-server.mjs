/**
 * A ClickHouse server for tests: HTTP in front of the embedded engine, in a process of its own. Like a server, it
 * takes statements and data in the body, parameters in the address or as form data, settings in the address, and
 * forgets them with the request; unlike one, it answers whole and uncompressed. Users are its own: a user's
 * `readonly` is set before the settings of the request, and a `role` of the engine holds the user's grants. Its
 * parent tells it over IPC which faults to play.
 */
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Session } from 'chdb';

/** Parts of an address that are no settings of the engine. */
const ofTheProtocol = new Set(['database', 'default_format', 'query', 'query_id', 'session_id', 'role', 'wait_end_of_query']);
const ofHttp = /^(enable_http_compression|http_|send_progress_in_http)/;
/** Statuses that a server gives for ClickHouse's codes; 500 for all others. */
const statuses = { 62: 400, 60: 404, 81: 404, 516: 403 };

const [folder, port, given] = process.argv.slice(2);
/** `users` by name: password, readonly, settings of the profile, role. `roles`: grants by name. `tls`: key and certificate. */
const { users, roles, tls } = JSON.parse(given);
const accounts = new Map(Object.entries(users));
const engine = new Session(folder, roles ? { connectionArgs: [`--config-file=${writeRoles(roles)}`] } : {});
/** Faults to play, oldest first: `statement` is a part of the SQL, `when` before or after it is carried out. */
const faults = [];

class Refusal extends Error {
  constructor(code, message) {
    super(`Code: ${code}. DB::Exception: ${message}`);
  }
}

/** The engine has one user of its own, to whom every role is granted; a request narrows itself to one of them. */
function writeRoles(roles) {
  const path = join(folder, 'config');
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

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The statement and its parameters, from the address and the body. */
async function statementOf(request, url) {
  const body = await bodyOf(request);
  const type = request.headers['content-type'] ?? '';
  const form = type.startsWith('multipart/form-data')
    ? await new Response(body, { headers: { 'content-type': type } }).formData()
    : new Map();
  const text = form.get('query') ?? [url.searchParams.get('query'), body.toString('utf8')].filter(Boolean).join('\n');
  return { text, parameters: [...url.searchParams, ...form].filter(([name]) => name.startsWith('param_')) };
}

function settingsOf(url) {
  const wanted = [...url.searchParams].filter(([name]) => !name.startsWith('param_') && !ofTheProtocol.has(name) && !ofHttp.test(name));
  // After `readonly` nothing can be changed any more.
  return wanted.sort(([a], [b]) => Number(a === 'readonly') - Number(b === 'readonly'));
}

function userOf({ headers }) {
  const [name, ...rest] = Buffer.from((headers.authorization ?? '').replace(/^Basic /, ''), 'base64')
    .toString()
    .split(':');
  const user = accounts.get(name);
  if (!user || user.password !== rest.join(':')) throw new Refusal(516, 'Authentication failed. (AUTHENTICATION_FAILED)');
  return user;
}

const quoted = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** A connection of its own for each request, so that no setting outlives it. */
async function carryOut({ user, url, text, parameters }) {
  const connection = new Session(folder);
  try {
    await connection.queryAsync(`USE ${url.searchParams.get('database') ?? 'default'}`);
    for (const [name, value] of parameters) await connection.queryAsync(`SET ${name} = ${quoted(value)}`);
    if (user.role) await connection.queryAsync(`SET ROLE ${user.role}`);
    for (const [name, value] of Object.entries(user.settings ?? {})) await connection.queryAsync(`SET ${name} = ${value}`);
    if (user.readonly) await connection.queryAsync(`SET readonly = ${user.readonly}`);
    for (const [name, value] of settingsOf(url)) await connection.queryAsync(`SET ${name} = ${quoted(value)}`);
    const format = url.searchParams.get('default_format') ?? 'TabSeparated';
    return Buffer.from((await connection.queryAsync(text, { format })).bytes());
  } finally {
    connection.close();
  }
}

/** The first fault for this statement and moment, which is then used up. */
function takeFault(text, when) {
  const index = faults.findIndex((fault) => fault.when === when && text.includes(fault.statement));
  return index < 0 ? undefined : faults.splice(index, 1)[0];
}

/** True when the request has met its end. */
async function play(fault, text, request, response) {
  if (!fault) return false;
  if (fault.how === 'slow') {
    await sleep(fault.ms);
    return false;
  }
  if (fault.how === 'reset') request.socket.resetAndDestroy();
  // Like a server, it quotes what it could not carry out.
  else answerError(response, new Refusal(fault.code, `A fault for tests: ${text.slice(0, 10_000)}. (FAULT)`));
  return true;
}

function answerError(response, error) {
  const code = Number(/Code: (\d+)/.exec(error.message)?.[1] ?? 1002);
  response.writeHead(statuses[code] ?? 500, { 'x-clickhouse-exception-code': String(code), 'content-type': 'text/plain; charset=UTF-8' });
  response.end(`${error.message}\n`);
}

async function answer(request, response) {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname === '/ping') return response.end('Ok.\n');
  try {
    const user = userOf(request);
    const { text, parameters } = await statementOf(request, url);
    if (await play(takeFault(text, 'before'), text, request, response)) return;
    const result = await carryOut({ user, url, text, parameters });
    if (await play(takeFault(text, 'after'), text, request, response)) return;
    response.writeHead(200, { 'x-clickhouse-query-id': url.searchParams.get('query_id') ?? '', 'x-clickhouse-summary': '{}' });
    response.end(result);
  } catch (error) {
    answerError(response, error);
  }
}

process.on('message', (fault) => {
  faults.push(fault);
  process.send('noted');
});
process.on('disconnect', () => process.exit());

const server = (tls ? createTlsServer(tls, answer) : createServer(answer)).listen(Number(port), '127.0.0.1');
await once(server, 'listening');
await engine.queryAsync('SELECT 1');
process.send('ready');
