/**
 * A ClickHouse server for tests: HTTP in front of the embedded engine, in a process of its own. Like a server, it
 * takes statements and data in the body, parameters in the address or as form data, settings in the address, and
 * forgets them with the request; unlike one, it answers whole and uncompressed. Its parent tells it over IPC which
 * faults to play.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Session } from 'chdb';

/** Parts of an address that are no settings of the engine. */
const ofTheProtocol = new Set(['database', 'default_format', 'query', 'query_id', 'session_id', 'role', 'wait_end_of_query']);
const ofHttp = /^(enable_http_compression|http_|send_progress_in_http)/;
/** Statuses that a server gives for ClickHouse's codes; 500 for all others. */
const statuses = { 62: 400, 60: 404, 81: 404, 516: 403 };

const [folder, port, users] = process.argv.slice(2);
/** By name: the password, and whether the user may only read. */
const accounts = new Map(Object.entries(JSON.parse(users)));
const engine = new Session(folder);
/** Faults to play, oldest first: `statement` is a part of the SQL, `when` before or after it is carried out. */
const faults = [];

class Refusal extends Error {
  constructor(code, message) {
    super(`Code: ${code}. DB::Exception: ${message}`);
  }
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
    if (user.readOnly) await connection.queryAsync('SET readonly = 2');
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
function play(fault, request, response) {
  if (!fault) return false;
  if (fault.how === 'reset') request.socket.resetAndDestroy();
  else answerError(response, new Refusal(fault.code, 'A fault for tests. (FAULT)'));
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
    if (play(takeFault(text, 'before'), request, response)) return;
    const result = await carryOut({ user, url, text, parameters });
    if (play(takeFault(text, 'after'), request, response)) return;
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

const server = createServer(answer).listen(Number(port), '127.0.0.1');
await once(server, 'listening');
await engine.queryAsync('SELECT 1');
process.send('ready');
